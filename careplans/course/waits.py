"""When something is due that has waited: the time that a plan or clock stood still is counted against nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from careplans.course.state import Rest
from careplans.parts import Due
from rules.times import OSLO, oslo

END_OF_DAY = time(23, 59, 59)


def end_of(due: Due) -> datetime | None:
    """Return the last moment in time: a day lasts until it ends in Norway."""
    if due.at is not None:
        return due.at.astimezone(UTC)
    return datetime.combine(due.on, END_OF_DAY, OSLO).astimezone(UTC) if due.on else None


def moved_on(due: Due, rests: Iterable[Rest]) -> Due:
    """Return when it is due, later by the time that was waited; part of a day gives the whole of it."""
    end = end_of(due)
    waited = _waited(rests, counted_from=_counted_from(due)) if end else timedelta()
    if end is None or not waited:
        return due
    if due.at is not None:
        at = oslo(end + waited)
        return replace(due, at=at, on=at.date(), moved_from=None)
    return replace(due, on=(oslo(end) + waited).date(), moved_from=None)


def _counted_from(due: Due) -> datetime:
    """Return the moment that a due date is counted from; who waits before that loses no time."""
    if due.at is not None:
        return due.at.astimezone(UTC) - timedelta(hours=due.hours)
    day = due.moved_from or due.on
    assert day is not None, "only what has a day is counted"  # noqa: S101 for the type checker
    return datetime.combine(day - timedelta(days=0 if due.before else due.days), time.min, OSLO)


def _waited(rests: Iterable[Rest], *, counted_from: datetime) -> timedelta:
    """Return the time waited since a moment; what a plan and its clock waited at once is counted once."""
    total, reached = timedelta(), counted_from
    for rest in sorted(rests, key=lambda each: each.since):
        total += max(timedelta(), rest.until - max(rest.since, reached))
        reached = max(reached, rest.until)
    return total
