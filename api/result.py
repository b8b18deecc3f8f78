"""An assessment as the contract's result: plain JSON values, in one language."""

from __future__ import annotations

from typing import Any

from careplans.words import note_words
from engine.texts import Texts
from rules.assessment import Assessment, Finding, ScoreResult
from rules.burden import Amount, Burden
from rules.case import Source

SCHEMA = "retthjem/result/1"
SCORE_ORDER = (
    "cfs",
    "cfs_tree",
    "regular_medicines",
    "as_needed_medicines",
    "norgep_hits",
    "fall_risk_medicines",
    "bidiagnoses",
    "charlson",
    "charlson_1987",
    "charlson_age_adjusted",
    "hfrs",
    "chronic_groups",
    "spict_count",
)


def to_result(assessment: Assessment, texts: Texts) -> dict[str, Any]:
    """Return the result of the contract; texts are the only part that depends on the language."""
    inforce, rater, listed = assessment.ruleset, assessment.rater, assessment.on_team_list
    return {
        "schema": SCHEMA,
        "ruleset": {"version": inforce.version, "digest": inforce.digest, "overlay": inforce.overlay},
        "index_date": assessment.index_date.isoformat(),
        "scores": {name: _score(assessment.scores[name]) for name in SCORE_ORDER},
        "tracks": [{"track": t.track, "strength": t.strength, "status": t.status} for t in assessment.tracks],
        "pathway": assessment.pathway,
        "findings": [_finding(finding, texts) for finding in assessment.findings],
        "joint": [_finding(finding, texts) for finding in assessment.joint],
        "undecided": [{"rule": each.rule, "missing": list(each.missing)} for each in assessment.undecided],
        "ask_next": assessment.ask_next,
        "coordination_group": assessment.coordination_group,
        "burden": _burden(assessment.burden),
        "rater": {"role": rater.role, "time": rater.time.isoformat() if rater.time else None} if rater else None,
        "on_team_list": {"reason": listed.reason, "text": texts(f"team_list.{listed.reason}")} if listed else None,
        "proposed": {item: _source(source) for item, source in assessment.proposed.items()},
        "notes": [{"code": n.code, "where": n.where, "text": note_words(n, texts)} for n in assessment.notes],
        "errors": [{"rule": each.rule, "text": texts(f"error.{each.code}")} for each in assessment.errors],
    }


def _score(score: ScoreResult) -> dict[str, Any]:
    found: dict[str, Any] = {
        "value": _number(score.value),
        "low": _number(score.low),
        "high": _number(score.high),
        "because": dict(score.because),
    }
    if score.band:
        found["band"] = score.band
    if score.levels:
        found["levels"] = list(score.levels)
    if score.details:
        found["hits"] = [dict(each) for each in score.details]
    if score.next_question:
        found["next_question"] = score.next_question
    return found


def _burden(burden: Burden) -> dict[str, Any]:
    appointments = burden.appointments_a_year
    return {
        "medicines": _amount(burden.medicines),
        "times_a_day": _amount(burden.times_a_day),
        "doses_a_day": _amount(burden.doses_a_day),
        "daily_tasks": _amount(burden.daily_tasks),
        "appointments_a_year": {
            "low": appointments.low,
            "high": appointments.high,
            "by_kind": {kind: _amount(amount) for kind, amount in appointments.by_kind.items()},
        },
    }


def _amount(amount: Amount) -> dict[str, Any]:
    return {"low": amount.low, "high": amount.high}


def _source(source: Source) -> dict[str, Any]:
    return {"from": source.origin, "id": source.id, "time": source.time.isoformat() if source.time else None}


def _number(value: float | None) -> float | int | None:
    return int(value) if value is not None and float(value).is_integer() else value


def _finding(finding: Finding, texts: Texts) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "suggests": finding.suggests,
        "strength": finding.strength,
        "because": dict(finding.because),
        "sources": list(finding.sources),
        "limits": {name: _number(value) for name, value in finding.limits.items()},
        "confirm": finding.confirm,
        "text": texts(f"suggest.{finding.rule}"),
    }
