"""Who may take an event back is stated in `undoing.toml`, by what is undone; and whoever wrote it may, for a day."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from api.people.access import OWN_FOR, RECORDS
from api.people.user import ROLES, Role, User
from api.record.taking_back import may_take_back
from careplans.course.events import (
    AddressProtected,
    Admitted,
    By,
    ChoiceRecorded,
    ClockPaused,
    ClockResumed,
    Decided,
    Described,
    Died,
    Discharged,
    DischargeExpected,
    Event,
    Merged,
    Moved,
    OwnerSet,
    PlanClosed,
    PlanPaused,
    PlanResumed,
    PlanStarted,
    PracticeSet,
    ReadyForDischarge,
    RecordBlocked,
    Recorded,
    Retracted,
    Screened,
    StepDone,
    StepNotDone,
    Transferred,
    Undone,
)

STATED: dict[str, str] = tomllib.loads((Path(__file__).parent / "undoing.toml").read_text("utf-8"))
NOW = datetime(2026, 11, 16, 13, 10, tzinfo=UTC)
TODAY = date(2026, 11, 16)
PLAIN: tuple[Event, ...] = (
    Admitted("E1", NOW, "STO"),
    Transferred("E1", "STO", "MED1"),
    DischargeExpected("E1", TODAY),
    ReadyForDischarge("E1", NOW),
    Discharged("E1", NOW),
    Screened("S1", "A1"),
    Retracted("stay", "E1", "Feil pasient"),
    Decided("A1", "cga_team", "accepted"),
    ChoiceRecorded("A1", "cga_team", ("patient",)),
    PlanStarted("P1", "A1", TODAY),
    PlanPaused("P1", "Ferie"),
    PlanResumed("P1"),
    PlanClosed("P1", "completed"),
    StepDone("E1", "HPH0", NOW),
    StepNotDone("E1", "HPH0", "declined"),
    ClockPaused("E1", "HPH0", "Ferie"),
    ClockResumed("E1", "HPH0"),
    OwnerSet("E1", "HPH0", "gp"),
    Described("Olga Prøve"),
    Moved("5001"),
    PracticeSet("Torget"),
    Died(TODAY),
    RecordBlocked(blocked=True),
    AddressProtected(protected=True),
    Merged("other"),
)
EVENTS = {each.kind: each for each in PLAIN} | {"plan_renewed": PlanStarted("P2", "A1", TODAY, renews="P1")}
MAY_UNDO = [role for role in ROLES if role in RECORDS["undone"]]


def someone(role: Role) -> User:
    """Return a person of a role."""
    return User(f"{role}-1", role)


def written(event: Event, id: str = "e1", *, by: str = "somebody", ago: timedelta = timedelta()) -> Recorded:
    """Return an event as somebody wrote it down."""
    return Recorded(id, event, NOW - ago, By(by, "nurse"))


def test_every_kind_that_can_be_undone_has_a_row():
    assert set(STATED) == set(EVENTS)
    assert set(STATED) == (set(RECORDS) - {"undone"}) | {"plan_renewed"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", STATED)
def test_a_role_takes_back_what_the_table_states_and_brings_back_the_same(kind: str, role: Role):
    first = written(EVENTS[kind])
    again = written(Undone("e1", "Feil"), "e2")
    expected = role in STATED[kind].split()
    assert may_take_back(someone(role), Undone("e1", "Feil"), [first], now=NOW) is expected
    assert may_take_back(someone(role), Undone("e2", "Feil"), [first, again], now=NOW) is expected


@pytest.mark.parametrize("role", MAY_UNDO)
@pytest.mark.parametrize("kind", sorted(set(STATED) - {"retracted"}))
def test_whoever_wrote_an_event_may_take_it_back_for_a_day(kind: str, role: Role):
    mine = written(EVENTS[kind], by=f"{role}-1", ago=OWN_FOR)
    old = written(EVENTS[kind], by=f"{role}-1", ago=OWN_FOR + timedelta(seconds=1))
    assert may_take_back(someone(role), Undone("e1", "Feil"), [mine], now=NOW)
    assert may_take_back(someone(role), Undone("e1", "Feil"), [old], now=NOW) is (role in STATED[kind].split())


def test_a_doctor_who_retracted_asks_an_administrator_to_bring_it_back():
    mine = written(EVENTS["retracted"], by="doctor-1")
    assert not may_take_back(someone("doctor"), Undone("e1", "Feil"), [mine], now=NOW)


@pytest.mark.parametrize("role", [role for role in ROLES if role not in MAY_UNDO])
def test_who_only_reads_takes_back_nothing_also_of_what_has_the_same_writer(role: Role):
    mine = written(EVENTS["moved"], by=f"{role}-1")
    assert not may_take_back(someone(role), Undone("e1", "Feil"), [mine], now=NOW)


def test_what_nobody_wrote_is_taken_back_by_nobody():
    assert not may_take_back(someone("doctor"), Undone("e9", "Feil"), [written(EVENTS["moved"])], now=NOW)
