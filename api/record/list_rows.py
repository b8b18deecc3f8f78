"""What a row of a list holds: frozen values made of the rows of `listing` and `clock`, and how they stand now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from unicodedata import normalize

from sqlalchemy import Row

from api.record.found import CfsIs, TrackIs
from api.record.list_kinds import FETCH_FIRST, ListName
from careplans.course.due import SCREENING, standing
from careplans.course.left import LEFT
from careplans.course.state import NextStep, Standing, StepClock


@dataclass(frozen=True, slots=True)
class ListedClock:
    """A clock, and how it stands now."""

    clock: StepClock
    standing: Standing


@dataclass(frozen=True, slots=True)
class Listing:
    """A patient on a list; `reason` is why the patient is there, or stands where it does, as a code."""

    person: str
    name: str | None
    born: date | None
    hospital: str | None
    ward: str | None
    room: str | None
    municipality: str | None
    protected: bool
    status: str
    track: str | None
    track_is: TrackIs | None
    other_track: str | None
    pathway: str | None
    cfs_low: int | None
    cfs_high: int | None
    cfs_is: CfsIs | None
    next_step: NextStep | None
    admitted: datetime | None
    expected: date | None
    ready: datetime | None
    discharged: datetime | None
    late: bool
    reason: str | None
    clocks: tuple[ListedClock, ...] = ()
    late_measures: int = 0


@dataclass(frozen=True, slots=True)
class OnBoard:
    """A patient on the ward's board, where anyone who passes can read: initials, and nothing that was found."""

    initials: str | None
    room: str | None
    unscreened: bool
    next_what: str | None
    next_owner: str | None
    next_due: datetime | None
    expected: date | None
    ready: datetime | None
    clocks: tuple[StepClock, ...] = ()


def to_clock(row: Row[Any], now: datetime) -> ListedClock:
    """Return a clock as it stands now."""
    found = StepClock(row.course, row.step, row.owner, row.due, row.state, row.done)
    return ListedClock(found, standing(found, now))


AS_STORED = (  # what a row shows as it is stored
    "person",
    "name",
    "born",
    "hospital",
    "ward",
    "protected",
    "status",
    "track",
    "track_is",
    "other_track",
    "pathway",
    "cfs_low",
    "cfs_high",
    "cfs_is",
    "admitted",
    "expected",
    "ready",
    "discharged",
)


def to_listing(row: Row[Any], of: ListName, clocks: tuple[ListedClock, ...], *, now: datetime) -> Listing:
    """Return a patient as a list shows one; the list of what is late shows only that of the clocks."""
    shown = tuple(each for each in clocks if each.standing == "late") if of == "late" else clocks
    return Listing(
        **{each: getattr(row, each) for each in AS_STORED},
        room=None if row.protected else row.room,
        municipality=None if row.protected else row.municipality,
        next_step=_next_step(row),
        late=row.soonest < now,
        reason=_reason(row, of, clocks),
        clocks=shown,
    )


def _reason(row: Row[Any], of: ListName, clocks: tuple[ListedClock, ...]) -> str | None:
    if of == "ready":
        return FETCH_FIRST[row.list_rank]
    if of != "team":
        return None
    if any(each.clock.step == LEFT and each.clock.state in {"open", "paused"} for each in clocks):
        return LEFT
    return "unscreened" if row.next_what == SCREENING else str(row.team_list or "next_step")


def to_board(row: Row[Any], clocks: tuple[ListedClock, ...]) -> OnBoard:
    """Return a patient as the board shows one."""
    return OnBoard(
        initials=initials(row.name),
        room=row.room,
        unscreened=bool(row.unscreened),
        next_what=row.next_what,
        next_owner=row.next_owner,
        next_due=row.next_due,
        expected=row.expected,
        ready=row.ready,
        clocks=tuple(each.clock for each in clocks),
    )


def initials(full_name: str | None) -> str | None:
    """Return the first letters of the first name and of the last, also of a name written as `Prøve, Olga`."""
    last, comma, first = (full_name or "").partition(",")
    words = (f"{first} {last}" if comma else last).split()
    letters = (next(filter(str.isalpha, normalize("NFC", word)), "") for word in (*words[:1], *words[1:][-1:]))
    return "".join(letters).upper() or None


def _next_step(row: Row[Any]) -> NextStep | None:
    return NextStep(row.next_what, row.next_owner, row.next_due, row.next_about) if row.next_what else None
