"""A municipality says that it has taken over a patient: the step that says so is marked as done."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from api.people.user import User
from api.record.courses import add, visible
from api.record.list_kinds import ACKNOWLEDGES
from api.record.record import Record
from api.storage.tables import clock
from api.storage.writer import Change
from careplans.course.events import StepDone
from careplans.course.state import ClockState

OWN = select(clock.c.course, clock.c.step, clock.c.state).where(
    clock.c.person == bindparam("of"), clock.c.step.in_(ACKNOWLEDGES)
)


def acknowledging_step(states: Iterable[tuple[str, ClockState]]) -> str | None:
    """Return the step that says that a patient is taken over, from steps and how they stand; None where one is done."""
    known = dict(states)
    if any(known.get(step) == "done" for step in ACKNOWLEDGES):
        return None
    return next((step for step in ACKNOWLEDGES if known.get(step) == "open"), None)


def take_over(record: Record, user: User, person: str, change: Change) -> str | None:
    """Mark the step and return it; None where another did it first.

    It is asked here, and not by the version that a list was made from: a list stands open for hours, and whatever else
    has been written about the patient since, the municipality has taken over all the same.
    """
    here = visible(change.connection, user, person, now=change.now)
    rows = change.connection.execute(OWN, {"of": here}).all()
    step = acknowledging_step((row.step, row.state) for row in rows)
    if step is None:
        return None
    course = next(row.course for row in rows if row.step == step)
    add(record, user, StepDone(course, step, change.now), change=change, person=here, expected=None)
    return step
