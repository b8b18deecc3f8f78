"""What each list holds and in which order, as conditions on `listing` and `clock`; no other patient is on a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from api.people.user import User
from api.record.who_sees import MUNICIPAL
from api.storage.tables import clock, listing
from careplans.course.due import SCREENING
from careplans.course.left import LEFT
from careplans.course.state import EPIKRISE, RECEIPT

ListName = Literal["team", "municipality", "coordinator", "practice", "unscreened", "ready", "late"]
LISTS: tuple[ListName, ...] = get_args(ListName)
OrderCode = Literal["soonest", "fetch_first"]
Holds = ColumnElement[bool]

LONG_STAY = timedelta(days=7)  # a long-stayer is one who waits for longer (section 6 of the clinical specification)
FETCH_FIRST = ("over_a_week", "services_not_settled", "waited_longest", "left_owing")
"""Why someone ready for discharge stands where they do, the first of them first."""

TEAM = "geriatric_team"
SETTLES_SERVICES = "HPH0"
REPORT = "admission_report"
ACKNOWLEDGES = (REPORT, SETTLES_SERVICES)

OWED_AFTER = (EPIKRISE, "HPH1", "control_appointments")
"""What the hospital still owes someone who has gone home."""

in_hospital = listing.c.discharged.is_(None)
_waits_since = func.coalesce(listing.c.ready, listing.c.discharged)
high_cfs_first = -func.coalesce(case((listing.c.cfs_is == "not_valid", 0), else_=listing.c.cfs_high), 0)
name = func.coalesce(listing.c.name, "")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, for the moment that the list is made for, and from which age patients are screened."""

    user: User
    as_of: datetime
    today: date
    screened_from_age: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A list: whom it holds, and what it is sorted by before CFS and name; `order` is what texts say in words.

    Sorted by the first date that someone must keep, those who are late come first.
    """

    holds: Callable[[Asker], Holds]
    order: OrderCode = "soonest"

    def begins(self, asker: Asker) -> tuple[ColumnElement[Any], ...]:
        """Return what the list is sorted by first; the last of it is a moment."""
        return (listing.c.soonest,) if self.order == "soonest" else (_fetch_first(asker), _waits_since)


def step_is(steps: tuple[str, ...], *states: str) -> Holds:
    """Return the condition that the patient has one of these steps in one of these states."""
    mine = and_(clock.c.person == listing.c.person, clock.c.step.in_(steps), clock.c.state.in_(states))
    return exists(select(clock.c.person).where(mine))


def unscreened(asker: Asker) -> Holds:
    """Return the condition that the patient waits to be screened."""
    return to_screen(asker.today, asker.screened_from_age)


def to_screen(today: date, from_age: int) -> Holds:
    """Return the condition that nobody has screened this stay of someone old enough, or of an age nobody knows.

    A plan that a readmission paused waits for a new screening, whatever the age. Until it is done, it comes next.
    """
    old_enough = listing.c.born <= years_before(today, from_age)
    eligible = or_(listing.c.born.is_(None), old_enough, listing.c.status == "paused")
    return and_(in_hospital, eligible, listing.c.next_what == SCREENING)


def years_before(day: date, years: int) -> date:
    """Return the last birthday of someone who has lived that many whole years on a day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # born on a leap day, and it is not one that year
        return day.replace(year=day.year - years, day=28)


def _team(asker: Asker) -> Holds:
    suggested = and_(in_hospital, listing.c.team_list.is_not(None))
    return or_(unscreened(asker), suggested, listing.c.next_owner == TEAM, step_is((LEFT,), "open", "paused"))


def _municipality(asker: Asker) -> Holds:
    return and_(listing.c.municipality.in_(asker.user.of("municipality")), listing.c.shared)


def _new_to_municipality(asker: Asker) -> Holds:
    unanswered = and_(step_is((RECEIPT,), "open"), ~step_is(ACKNOWLEDGES, "done"))
    return and_(_municipality(asker), in_hospital, unanswered)


def _practice(asker: Asker) -> Holds:
    return listing.c.practice.in_(asker.user.of("practice"))


def _ready(asker: Asker) -> Holds:
    """Hold those who are ready, and for the hospital also those who left before its own last steps were done."""
    waits = and_(in_hospital, listing.c.ready.is_not(None))
    left = and_(listing.c.discharged.is_not(None), step_is(OWED_AFTER, "open"))
    return waits if asker.user.role in MUNICIPAL else or_(waits, left)


def _fetch_first(asker: Asker) -> ColumnElement[int]:
    over_a_week = listing.c.ready < asker.as_of - LONG_STAY
    return case(
        (listing.c.discharged.is_not(None), 3), (over_a_week, 0), (step_is((SETTLES_SERVICES,), "open"), 1), else_=2
    )


def _late(asker: Asker) -> Holds:
    return listing.c.soonest < asker.as_of


def late_for(owner: str, asker: Asker, *, whole: bool) -> Holds:
    """Return the condition that the owner has something late; of the whole list, who has is found once and for all."""
    late = and_(clock.c.state == "open", clock.c.owner == owner, clock.c.due < asker.as_of)
    found = select(clock.c.person).where(late)
    mine = listing.c.person.in_(found) if whole else exists(found.where(clock.c.person == listing.c.person))
    return or_(and_(listing.c.next_owner == owner, listing.c.next_due < asker.as_of), mine)


KINDS: Mapping[ListName, Kind] = {
    "team": Kind(_team),
    "municipality": Kind(_municipality),
    "coordinator": Kind(_new_to_municipality),
    "practice": Kind(_practice),
    "unscreened": Kind(unscreened),
    "ready": Kind(_ready, "fetch_first"),
    "late": Kind(_late),
}
