"""From a case to an assessment: scores, rules in both engines, tracks, pathway, what to ask next. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from engine.evaluation import Outcome, World, missing, reasons, truth
from engine.facts import Facts, because, joined
from engine.lockstep import SecondEngine, evaluate
from engine.rules import STRONGEST_FIRST, Ladder, Rule, RuleSet
from rules.assessment import Assessment, Finding, RuleError, RuleSetInForce, TeamListEntry, Track, Undecided
from rules.burden import burden
from rules.case import Case, Note, Source
from rules.discharge import COORDINATION_GROUPS
from rules.frailty import CGA_TEAM, PALLIATIVE_FOCUS, TRACKS, clinical_judgement, shared_decision
from rules.knowledge import ITEM_ORDER, in_form_order
from rules.ruleset import to_confirm
from rules.scoring import score

Pathway = Literal["A", "B", "C"]
PATHWAYS: tuple[Pathway, ...] = ("A", "B", "C")


def assess(case: Case, index_date: date, ruleset: RuleSet, *, second: SecondEngine | None = None) -> Assessment:
    """Return what follows from a case on a date; `second` runs beside the reference evaluator, in lock-step."""
    scoring = score(case, index_date, ruleset.limits)
    worlds, outcomes = evaluate(ruleset, scoring.ways, second)
    undecided = _undecided(ruleset, outcomes)
    tracks, joint = _tracks(ruleset, worlds, outcomes)
    ask_next = _ask_next(undecided)
    return Assessment(
        index_date=index_date,
        ruleset=RuleSetInForce(ruleset.version, ruleset.digest, ruleset.overlay),
        scores=scoring.results,
        tracks=tracks,
        pathway=_pathway(outcomes),
        findings=_findings(ruleset, outcomes),
        undecided=undecided,
        ask_next=ask_next,
        coordination_group=_first_that_holds(COORDINATION_GROUPS, outcomes),
        burden=burden(scoring.lines, case.treatment),
        rater=case.rater,
        on_team_list=_team_list(ruleset, outcomes, tracks),
        notes=(*case.notes, *_proposed_notes(case), *scoring.notes, *_guardrail_notes(outcomes)),
        errors=tuple(
            RuleError(clause, "engines_disagree") for clause, each in outcomes.items() if each.state == "error"
        ),
        proposed=_proposed(case),
        joint=joint,
    )


def _findings(ruleset: RuleSet, outcomes: Mapping[str, Outcome]) -> tuple[Finding, ...]:
    fired = [rule for rule in ruleset.rules if outcomes[rule.id].state == "fired"]
    return tuple(_finding(ruleset, rule, outcomes[rule.id].facts) for rule in fired)


def _finding(ruleset: RuleSet, rule: Rule, facts: Facts) -> Finding:
    return Finding(
        rule=rule.id,
        suggests=rule.suggest.target,
        strength=rule.suggest.strength,
        because=_in_form_order(because(facts)),
        sources=rule.sources,
        limits=ruleset.numbers_used[rule.id],
        confirm=to_confirm(ruleset, rule.id),
    )


def _undecided(ruleset: RuleSet, outcomes: Mapping[str, Outcome]) -> tuple[Undecided, ...]:
    unsettled = [rule for rule in ruleset.rules if outcomes[rule.id].state == "cannot_tell"]
    return tuple(Undecided(rule.id, in_form_order(outcomes[rule.id].missing)) for rule in unsettled)


def _ask_next(undecided: Sequence[Undecided]) -> str | None:
    times = Counter(item for each in undecided for item in each.missing)
    return min(times, key=lambda item: (-times[item], ITEM_ORDER[item]), default=None)


def _carrying(ruleset: RuleSet, worlds: Sequence[World], outcomes: Mapping[str, Outcome]) -> dict[str, list[Rule]]:
    """Return each track that is certain in every world, with the rule that carries it most strongly in each."""
    found = {}
    for target in TRACKS:
        rules = [rule for rule in ruleset.offering(target) if outcomes[rule.id].state != "error"]
        carrying = [rule for world in worlds if (rule := _strongest(rules, world))]
        if len(carrying) == len(worlds):
            found[target] = carrying
    return found


def _strongest(rules: Sequence[Rule], world: World) -> Rule | None:
    fired = [rule for rule in rules if world.truths[rule.id]]
    return min(fired, key=_rank, default=None)


def _rank(rule: Rule) -> int:
    return STRONGEST_FIRST.index(rule.suggest.strength)


def _tracks(
    ruleset: RuleSet, worlds: Sequence[World], outcomes: Mapping[str, Outcome]
) -> tuple[tuple[Track, ...], tuple[Finding, ...]]:
    """Return the suggested tracks, and a finding for each that no single rule carries over all worlds."""
    settled = outcomes[shared_decision.id].state in ("fired", "not_fired")
    tracks, joint = [], []
    for target, carrying in _carrying(ruleset, worlds, outcomes).items():
        weakest = max(carrying, key=_rank)
        final = settled and not _rests_on_tree(ruleset.offering(target), worlds)
        name, strength = target.removeprefix("track:"), weakest.suggest.strength
        tracks.append(Track(name, strength, "final" if final else "preliminary"))
        if all(outcomes[rule.id].state != "fired" for rule in carrying):
            facts = joined([reasons(rule.when, world) for rule, world in zip(carrying, worlds, strict=True)])
            joint.append(_finding(ruleset, weakest, facts))
    return tuple(tracks), tuple(joint)


def _rests_on_tree(rules: Sequence[Rule], worlds: Sequence[World]) -> bool:
    """Return whether the track rests on the tree's proposal: in some world no rule fires on answers alone."""
    return any(all(missing(rule.when, world) for rule in rules if truth(rule.when, world)) for world in worlds)


def _pathway(outcomes: Mapping[str, Outcome]) -> Pathway | None:
    return next((name for name in PATHWAYS if outcomes[f"pathway_{name.lower()}"].state == "fired"), None)


def _first_that_holds(ladder: Ladder, outcomes: Mapping[str, Outcome]) -> int | None:
    for group, definition in ladder.rungs:
        if outcomes[definition].state != "not_fired":
            return group if outcomes[definition].state == "fired" else None
    return None


def _team_list(ruleset: RuleSet, outcomes: Mapping[str, Outcome], tracks: Sequence[Track]) -> TeamListEntry | None:
    """Return why the team should see the patient: what routing leaves to people comes first."""
    for rule in (clinical_judgement, shared_decision):
        if outcomes[rule.id].state == "fired":
            return TeamListEntry(rule.id)
    suggested = [f"track:{track.track}" for track in tracks]
    for target in (CGA_TEAM, PALLIATIVE_FOCUS):
        if target in suggested:
            return TeamListEntry(target.removeprefix("track:"))
    routing = (clinical_judgement, *(rule for target in TRACKS for rule in ruleset.suggesting(target)))
    settled = all(outcomes[rule.id].state in ("fired", "not_fired") for rule in routing)
    return None if tracks and settled else TeamListEntry("undecided")


def _proposed(case: Case) -> dict[str, Source]:
    return {item: source for item, source in case.sources.items() if source.status == "proposed"}


def _proposed_notes(case: Case) -> list[Note]:
    origins = Counter(source.origin for source in _proposed(case).values())
    return [Note("answers_proposed", "answers", {"origin": origin, "count": n}) for origin, n in origins.items()]


def _guardrail_notes(outcomes: Mapping[str, Outcome]) -> list[Note]:
    guardrails = ("cfs_not_validated", "cfs_tree_differs_by_one")
    return [Note(each, "scores.cfs") for each in guardrails if outcomes[each].state == "fired"]


def _in_form_order(facts: Mapping[str, object]) -> dict[str, object]:
    return {item: facts[item] for item in in_form_order(facts)}
