"""Which events stand: first what is undone falls away, then what was recorded on the wrong patient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from careplans.course.events import (
    Admitted,
    ChoiceRecorded,
    Decided,
    Discharged,
    DischargeExpected,
    Event,
    PlanStarted,
    ReadyForDischarge,
    Recorded,
    Retracted,
    Screened,
    Transferred,
    Undone,
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """The ids of what was recorded on the wrong patient; the assessments are those of the screenings."""

    stays: frozenset[str]
    screenings: frozenset[str]
    assessments: frozenset[str]


def standing(events: Iterable[Recorded]) -> tuple[Recorded, ...]:
    """Return the events that still hold, in the order they were given."""
    held = _not_undone(tuple(events))
    wrong = _wrong(held)
    return tuple(each for each in held if not _concerns(each.event, wrong))


def _not_undone(events: Sequence[Recorded]) -> tuple[Recorded, ...]:
    """Read from the end: an undoing that is itself undone later has then already fallen away."""
    undone: set[str] = set()
    held: list[Recorded] = []
    for each in reversed(events):
        if each.id in undone:
            continue
        if isinstance(each.event, Undone):
            undone.add(each.event.event)
        else:
            held.append(each)
    return tuple(reversed(held))


def _wrong(events: Sequence[Recorded]) -> Wrong:
    """Gather what was retracted, with the screenings of a retracted stay and every assessment of those."""
    retracted = [each.event for each in events if isinstance(each.event, Retracted)]
    stays = frozenset(each.id for each in retracted if each.of == "stay")
    screened = [each.event for each in events if isinstance(each.event, Screened)]
    screenings = {each.id for each in retracted if each.of == "screening"}
    screenings |= {screening for screening, stay in _made_in(events).items() if stay in stays}
    assessments = frozenset(each.assessment for each in screened if each.screening in screenings)
    return Wrong(stays, frozenset(screenings), assessments)


def _made_in(events: Sequence[Recorded]) -> dict[str, str]:
    """Return the stay of each screening: the last one named that was known by then, as `fold.py` tells it."""
    known: set[str] = set()
    told: set[str] = set()  # an assessment that is told again changes nothing
    made_in: dict[str, str] = {}
    for each in events:
        match each.event:
            case Admitted(stay=stay):
                known.add(stay)
            case Screened(screening=screening, assessment=assessment, stay=stay) if assessment not in told:
                told.add(assessment)
                if stay in known:
                    made_in[screening] = str(stay)
    return made_in


def _concerns(event: Event, wrong: Wrong) -> bool:
    """Return whether the event began with what is wrong; what follows from it is then about something unknown."""
    match event:
        case Admitted() | Transferred() | DischargeExpected() | ReadyForDischarge() | Discharged():
            return event.stay in wrong.stays
        case Screened():
            return event.screening in wrong.screenings
        case Decided() | ChoiceRecorded() | PlanStarted():
            return event.assessment in wrong.assessments
    return False
