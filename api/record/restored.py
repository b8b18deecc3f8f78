"""An assessment as it was stored: where this program would find something else today, what was said then stands.

A stored rule set holds rules and limits, but of the tables behind the scores only a digest. With another table, or
another program, the same case can give another result; a plan that runs must not change with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from api.storage.said import said_by, said_in
from rules.assessment import Assessment, Finding, RuleError, ScoreResult, TeamListEntry, Track, Undecided
from rules.burden import Amount, Appointments, Burden
from rules.case import Note

STORED_STANDS = Note("assessed_otherwise_today")
FROM_THE_CASE = frozenset({"schema", "ruleset", "index_date", "rater", "proposed", "notes"})
Part = TypeVar("Part")
Made = Callable[[Mapping[str, Any]], Part]


def as_stored(today: Assessment, outcome: Mapping[str, Any]) -> Assessment:
    """Return what was stored, and a note that says so where the same case is assessed otherwise today."""
    now, then = said_by(today), said_in(outcome)
    differing = {part for part in then.keys() & now.keys() - FROM_THE_CASE if then[part] != now[part]}
    if not differing:
        return today
    found = {part: RESTORED[part](then[part], now[part], today) for part in differing}
    return replace(today, **found, notes=_notes(then, today))


def _notes(then: Mapping[str, Any], today: Assessment) -> tuple[Note, ...]:
    """Return the notes that were said then; what the engines disagreed on is told by its errors."""
    known = {(note.code, note.where): note for note in today.notes}
    said = ((each["code"], each["where"]) for each in then.get("notes", ()))
    kept = tuple(known.get(each, Note(*each)) for each in said)
    return kept if then.get("errors") else (*kept, STORED_STANDS)


def _scores(then: Mapping[str, Any], now: Mapping[str, Any], today: Assessment) -> dict[str, ScoreResult]:
    """Return each score as it was stored; one that there was not then is today's."""
    changed = {name: _score(each) for name, each in then.items() if each != now.get(name)}
    return {**today.scores, **changed}


def _score(said: Mapping[str, Any]) -> ScoreResult:
    return ScoreResult(
        value=said["value"],
        low=said["low"],
        high=said["high"],
        because=said["because"],
        details=tuple(said.get("hits", ())),
        next_question=said.get("next_question"),
        levels=tuple(said.get("levels", ())),
        band=said.get("band"),
    )


def _finding(said: Mapping[str, Any]) -> Finding:
    return Finding(**{**said, "sources": tuple(said["sources"])})


def _burden(said: Mapping[str, Any]) -> Burden:
    parts = {name: Amount(**each) for name, each in said.items() if name != "appointments_a_year"}
    year = said["appointments_a_year"]
    by_kind = {kind: Amount(**each) for kind, each in year["by_kind"].items()}
    return Burden(**parts, appointments_a_year=Appointments(year["low"], year["high"], by_kind))


def _each(made: Made[Part]) -> Callable[..., tuple[Part, ...]]:
    return lambda then, _now, _today: tuple(map(made, then))


def _as_it_was(then: Any, _now: object, _today: object) -> Any:
    return then


RESTORED: Mapping[str, Callable[..., Any]] = {
    "scores": _scores,
    "tracks": _each(lambda said: Track(**said)),
    "pathway": _as_it_was,
    "findings": _each(_finding),
    "joint": _each(_finding),
    "undecided": _each(lambda said: Undecided(said["rule"], tuple(said["missing"]))),
    "ask_next": _as_it_was,
    "coordination_group": _as_it_was,
    "burden": lambda then, _now, _today: _burden(then),
    "on_team_list": lambda then, _now, _today: TeamListEntry(then["reason"]) if then else None,
    "errors": _each(lambda said: RuleError(said["rule"], "engines_disagree")),
}
