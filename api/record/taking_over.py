"""What a municipality says from its lists: that it has received a patient, and that the report is sent. Two things."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from sqlalchemy import bindparam, select

from api.people.user import User
from api.record.courses import add, visible
from api.record.list_kinds import ACKNOWLEDGES, REPORT
from api.record.record import Record
from api.record.streams import read_stream
from api.storage.tables import clock
from api.storage.writer import Change
from careplans.course.events import StepDone
from careplans.course.state import RECEIPT, ClockState

Said = Literal["receipt", "admission_report"]
SAID: tuple[Said, ...] = get_args(Said)
OWN = select(clock.c.course).where(clock.c.person == bindparam("of"), clock.c.step == REPORT, clock.c.state == "open")


def acknowledging_step(states: Iterable[tuple[str, ClockState]]) -> str | None:
    """Return the step that waits for the municipality, from steps and how they stand; None where it has answered."""
    known = dict(states)
    if any(known.get(step) == "done" for step in (RECEIPT, *ACKNOWLEDGES)):
        return None
    return next((step for step in ACKNOWLEDGES if known.get(step) == "open"), None)


def to_say(states: Iterable[tuple[str, ClockState]]) -> tuple[Said, ...]:
    """Return what the municipality has not said yet of someone in hospital."""
    known = dict(states)
    return tuple(each for each in SAID if known.get(each) == "open")


def say(record: Record, user: User, person: str, said: Said, *, change: Change) -> bool:
    """Record what the municipality says; False where another said it first.

    It is asked here, and not by the version that a list was made from: a list stands open for hours, and whatever else
    has been written about the patient since, it is true all the same.
    """
    here = visible(change.connection, user, person, now=change.now)
    course = _received(here, change) if said == RECEIPT else change.connection.execute(OWN, {"of": here}).scalar()
    if course is None:
        return False
    add(record, user, StepDone(course, said, change.now), change=change, person=here, expected=None)
    return True


def _received(person: str, change: Change) -> str | None:
    """Return the stay of someone in hospital whom the municipality is told of, and has not received yet."""
    stream = read_stream(change.connection, person)
    if stream is None or stream.course.stay is None or not stream.course.in_hospital:
        return None
    waits = stream.course.notified is not None and stream.course.received is None
    return stream.course.stay.id if waits else None
