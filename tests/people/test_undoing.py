"""Who may take an event back is stated in `undoing.toml`, by what is undone and whose it is."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from api.people.access import GP, MUNICIPALITY, OWN_FOR, RECORDS, SYSTEM
from api.people.user import ROLES, Role, Unit, User
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

STATED: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "undoing.toml").read_text("utf-8"))
COLLEAGUE, HOSPITAL_RECORD = STATED["colleague"], STATED["hospital_record"]
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
HOUSES = dict.fromkeys(MUNICIPALITY, "municipality:5001") | dict.fromkeys(GP, "practice:Solsiden")
OTHERS = ("hospital:ORK", "ward:ORK/GER2", "municipality:5059", "practice:Torget")


def house(role: Role) -> str:
    """Return where a role works."""
    return HOUSES.get(role, "hospital:STO")


def someone(role: Role) -> User:
    """Return a person of a role."""
    unit = Unit.parse(house(role))
    assert unit
    return User(f"{role}-1", role, frozenset({unit}))


def written(
    event: Event, id: str = "e1", *, at: str | None, by: str = "somebody", role: Role = "nurse", ago: float = 0
) -> Recorded:
    """Return an event as somebody wrote it down, somewhere, some seconds ago."""
    return Recorded(id, event, NOW - timedelta(seconds=ago), By(by, role, at))


def test_every_kind_that_can_be_undone_has_a_row():
    assert set(COLLEAGUE) == set(EVENTS)
    assert set(COLLEAGUE) == (set(RECORDS) - {"undone"}) | {"plan_renewed"}
    assert set(HOSPITAL_RECORD) == {kind for kind, roles in RECORDS.items() if roles & SYSTEM} - {"undone"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", COLLEAGUE)
def test_a_role_takes_back_what_a_colleague_wrote_as_stated_and_brings_back_the_same(kind: str, role: Role):
    first = written(EVENTS[kind], at=house(role))
    again = written(Undone("e1", "Feil"), "e2", at=house(role))
    expected = role in COLLEAGUE[kind].split()
    assert may_take_back(someone(role), Undone("e1", "Feil"), [first], now=NOW) is expected
    assert may_take_back(someone(role), Undone("e2", "Feil"), [first, again], now=NOW) is expected


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", HOSPITAL_RECORD)
def test_what_the_hospitals_record_has_sent_is_taken_back_as_stated(kind: str, role: Role):
    sent = written(EVENTS[kind], at="hospital:STO", by="epj", role="system")
    assert may_take_back(someone(role), Undone("e1", "Feil"), [sent], now=NOW) is (
        role in HOSPITAL_RECORD[kind].split()
    )


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", COLLEAGUE)
def test_nobody_takes_back_what_another_house_wrote(kind: str, role: Role):
    elsewhere = {*OTHERS, *map(house, ROLES)} - {house(role)}
    every = [written(EVENTS[kind], at=each) for each in elsewhere]
    assert not [each for each in every if may_take_back(someone(role), Undone("e1", "Feil"), [each], now=NOW)]


def test_a_ward_is_part_of_its_hospital():
    step = written(EVENTS["step_done"], at="ward:STO/MED1")
    nurse = User("n", "nurse", frozenset({Unit("ward", "STO/GER2")}))
    assert may_take_back(nurse, Undone("e1", "Feil"), [step], now=NOW)


@pytest.mark.parametrize(("role", "expected"), [("doctor", True), ("municipal_nurse", False), ("gp", False)])
def test_where_nobody_said_the_house_the_side_of_the_door_decides(role: Role, expected: bool):
    step = written(EVENTS["step_done"], at=None, role="nurse")
    assert may_take_back(someone(role), Undone("e1", "Feil"), [step], now=NOW) is expected


@pytest.mark.parametrize("role", MAY_UNDO)
@pytest.mark.parametrize("kind", COLLEAGUE)
def test_whoever_wrote_an_event_may_take_it_back_for_a_day(kind: str, role: Role):
    day = OWN_FOR.total_seconds()
    mine = written(EVENTS[kind], at=house(role), by=f"{role}-1", ago=day)
    old = written(EVENTS[kind], at=house(role), by=f"{role}-1", ago=day + 1)
    assert may_take_back(someone(role), Undone("e1", "Feil"), [mine], now=NOW)
    assert may_take_back(someone(role), Undone("e1", "Feil"), [old], now=NOW) is (role in COLLEAGUE[kind].split())


def test_another_doctor_who_wants_a_retraction_back_asks_an_administrator():
    theirs = written(EVENTS["retracted"], at=house("doctor"), by="doctor-2", role="doctor")
    assert not may_take_back(someone("doctor"), Undone("e1", "Feil"), [theirs], now=NOW)


@pytest.mark.parametrize("role", [role for role in ROLES if role not in MAY_UNDO])
def test_who_only_reads_takes_back_nothing_also_of_what_has_the_same_writer(role: Role):
    mine = written(EVENTS["moved"], at=house(role), by=f"{role}-1")
    assert not may_take_back(someone(role), Undone("e1", "Feil"), [mine], now=NOW)


def test_what_nobody_wrote_is_taken_back_by_nobody():
    moved = written(EVENTS["moved"], at=house("doctor"))
    assert not may_take_back(someone("doctor"), Undone("e9", "Feil"), [moved], now=NOW)
