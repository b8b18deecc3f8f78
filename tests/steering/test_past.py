"""How clocks of a stay ended, long after: of a plan that moved on, stopped, or began at home."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from api.record.bases import Bases
from api.steering.closing import Closing
from api.steering.stays import assessments_needed, stays_of
from careplans.course.events import Admitted, Died, Discharged, PlanClosed, PlanResumed, ReadyForDischarge, StepDone
from population.steering.facts import StayFacts
from tests.record.hospital import EPJ, MONDAY, MUNICIPAL_NURSE, Hospital, case

DAY = timedelta(days=1)


@pytest.fixture
def house(engine: Engine) -> Any:
    """Give a hospital with nobody in it."""
    made = Hospital(engine)
    yield made
    made.close()


def stays(house: Hospital, person: str) -> dict[str, StayFacts]:
    """Return a patient's stays as the figures see them."""
    stream = house.read(person).stream
    asked = Closing.of(house.record, now=house.now).reading
    with house.engine.connect() as connection:
        basis = Bases().of(connection, assessments_needed(stream.course))
    return {each.stay: each for each in stays_of(stream, basis, asked)}


def went_home(house: Hospital) -> str:
    """Let a patient be screened, have a plan and go home two days later, and return the patient."""
    stored = house.screen(case())
    house.start_plan(stored)
    house.now = MONDAY + 2 * DAY
    house.tell(stored.person, Discharged("E1", house.now, "home"))
    return stored.person


def test_a_clock_is_kept_late_or_open_as_it_was_marked(house: Hospital):
    person = went_home(house)
    house.tell(person, StepDone("E1", "HPH1", house.now))
    house.now = MONDAY + 6 * DAY
    house.tell(person, StepDone("E1", "HPH2", house.now))
    house.now = MONDAY + 60 * DAY
    clocks = stays(house, person)["E1"].clocks
    assert (clocks["HPH1"], clocks["HPH2"], clocks["HPH3"]) == ("kept", "late", "open")
    assert "HPH5" not in clocks, "nothing has got worse"


@pytest.mark.parametrize("how", ["readmitted", "closed", "died"])
def test_what_was_not_due_when_the_plan_stopped_was_owed_by_no_one(house: Hospital, how: str):
    person = went_home(house)
    house.now = MONDAY + 8 * DAY
    ends: dict[str, Any] = {
        "readmitted": Admitted("E2", house.now, "STO", "GER2"),
        "closed": PlanClosed("P1", "declined"),
        "died": Died(house.now.date()),
    }
    by = EPJ if how != "closed" else MUNICIPAL_NURSE
    house.tell(person, ends[how], by)
    house.now = MONDAY + 60 * DAY
    clocks = stays(house, person)["E1"].clocks
    assert clocks["HPH2"] == "open", "it was due before"
    assert not {"HPH3", "HPH4"} & clocks.keys()


def test_a_plan_resumed_after_a_stay_is_counted_for_each_of_its_stays(house: Hospital):
    person = went_home(house)
    house.tell(person, StepDone("E1", "HPH1", house.now))
    house.now = MONDAY + 8 * DAY
    house.tell(person, Admitted("E2", house.now, "STO", "GER2"), EPJ)
    house.now += 2 * DAY
    house.tell(person, Discharged("E2", house.now, "home"))
    house.tell(person, PlanResumed("P1"))
    house.now += 3 * DAY
    house.tell(person, StepDone("E2", "HPH2", house.now), MUNICIPAL_NURSE)
    house.now = MONDAY + 90 * DAY
    found = stays(house, person)
    assert (found["E1"].clocks["HPH1"], found["E1"].clocks["HPH2"]) == ("kept", "open")
    assert (found["E2"].clocks["HPH1"], found["E2"].clocks["HPH2"]) == ("open", "kept")


def test_days_after_ready_are_unknown_where_nobody_said_it(house: Hospital):
    assert stays(house, went_home(house))["E1"].days_after_ready is None


def test_days_after_ready_of_one_who_died_last_until_that_day(house: Hospital):
    person = house.screen(case()).person
    house.tell(person, ReadyForDischarge("E1", house.now))
    house.now += 3 * DAY
    house.tell(person, Died(house.now.date()))
    assert stays(house, person)["E1"].days_after_ready == 3
