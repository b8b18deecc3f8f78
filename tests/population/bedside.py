"""What the bedside's reference evaluator says of a case, under the names of the columns."""

from __future__ import annotations

from population.routed import NONE
from rules.assess import assess
from rules.assessment import Assessment
from rules.case import Case
from rules.frailty import TRACKS
from rules.ruleset import RULES, national
from tests.spec.people import ON

SCORES = (
    "regular_medicines", "as_needed_medicines", "norgep_hits", "fall_risk_medicines", "bidiagnoses", "charlson",
    "charlson_1987", "chronic_groups", "spict_count", "charlson_age_adjusted", "hfrs", "cfs", "cfs_tree",
)  # fmt: skip


def told(case: Case) -> dict[str, object]:
    """Return every outcome, track, pathway and score of a case, and what is asked next."""
    found = assess(case, ON, national())
    return {**_rules(found), **_tracks(found), **_scores(found), **_rest(found)}


def _rules(found: Assessment) -> dict[str, object]:
    undecided = {each.rule for each in found.undecided}
    return {
        f"rule.{rule.id}": "fired" if found.fired(rule.id) else "cannot_tell" if rule.id in undecided else "not_fired"
        for rule in RULES
    }


def _tracks(found: Assessment) -> dict[str, object]:
    tracks = {f"track.{each.track}": each for each in found.tracks}
    names = [target.replace(":", ".") for target in TRACKS]
    return {
        f"{name}.{part}": getattr(tracks[name], part) if name in tracks else NONE
        for name in names
        for part in ("strength", "status")
    }


def _rest(found: Assessment) -> dict[str, object]:
    return {
        "pathway": found.pathway or NONE,
        "coordination_group": found.coordination_group or 0,
        "on_team_list": found.on_team_list.reason if found.on_team_list else NONE,
        "undecided": len(found.undecided),
        "ask_next": found.ask_next or NONE,
    }


def _scores(found: Assessment) -> dict[str, object]:
    return {f"{name}.{end}": getattr(found.scores[name], end) for name in SCORES for end in ("low", "high")}
