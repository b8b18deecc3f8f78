"""The events of a patient as they may be shown: what was recorded on the wrong patient is for the access log alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from careplans.course.events import PlanStarted, Recorded, Retracted, Screened, Undone
from careplans.course.stands import standing

NAMES = ("stay", "screening", "assessment", "plan", "course", "event")
"""The fields in which one event names what another began."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event, and whether it still stands; one that was undone does not."""

    recorded: Recorded
    stands: bool


def told(recorded: Sequence[Recorded]) -> tuple[Told, ...]:
    """Return the events that may be shown, in the order they were written down."""
    undone = undone_in(recorded)
    hidden = _hidden(recorded, undone)
    return tuple(
        Told(each, each.id not in undone)
        for each in recorded
        if not isinstance(each.event, Retracted) and each.id not in hidden and not _names(each) & hidden
    )


def undone_in(recorded: Sequence[Recorded]) -> frozenset[str]:
    """Return the ids of the events that are undone now; an undoing that was itself undone undoes nothing."""
    undone: set[str] = set()
    for each in reversed(recorded):
        if isinstance(each.event, Undone) and each.id not in undone:
            undone.add(each.event.event)
    return frozenset(undone)


def retracted_in(recorded: Sequence[Recorded]) -> tuple[Recorded, ...]:
    """Return the retractions that stand."""
    return tuple(each for each in standing(recorded) if isinstance(each.event, Retracted))


def root_of(event: Undone, recorded: Iterable[Recorded]) -> Recorded | None:
    """Return what an undoing is about in the end: one may undo an undoing of an undoing."""
    by_id = {each.id: each for each in recorded}
    found = by_id.get(event.event)
    while found and isinstance(found.event, Undone):
        found = by_id.get(found.event.event)
    return found


def _hidden(recorded: Sequence[Recorded], undone: frozenset[str]) -> frozenset[str]:
    """Return every id that leads to what was retracted: stays, screenings, their assessments and plans, and events."""
    hidden = {each.event.id for each in recorded if isinstance(each.event, Retracted) and each.id not in undone}
    hidden |= {each.id for each in recorded if isinstance(each.event, Retracted)}
    for each in recorded:
        if _names(each) & hidden:
            hidden.add(each.id)
            if isinstance(each.event, Screened):
                hidden |= {each.event.screening, each.event.assessment}
            elif isinstance(each.event, PlanStarted):
                hidden.add(each.event.plan)
    return frozenset(hidden)


def _names(recorded: Recorded) -> set[str]:
    return {found for name in NAMES if (found := getattr(recorded.event, name, None))}
