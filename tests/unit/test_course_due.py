"""When things are due, told as short stories about the contract's example patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from careplans.acceptance import Accepted
from careplans.course.due import Basis, clocks_of, plan_as_it_stands, standing
from careplans.course.events import (
    ClockPaused,
    ClockResumed,
    Described,
    Died,
    Discharged,
    DischargeExpected,
    Event,
    OwnerSet,
    PlanClosed,
    PlanPaused,
    PlanResumed,
    PlanStarted,
    RecordBlocked,
    Screened,
    StepDone,
    StepNotDone,
)
from careplans.course.state import ClockState, StepClock
from careplans.parts import Plan
from careplans.plan import build_plan
from careplans.settings import PlanSettings
from rules.assess import assess
from rules.case import Encounter
from rules.ruleset import national
from tests.unit.course_stories import DAY_HOME, START, Story, admitted, home, on_a_plan, readmitted
from tests.unit.test_careplans_example import example_case

ASSESSMENT = assess(example_case(), date(2026, 11, 16), national())
BASIS = {name: Basis(example_case(), ASSESSMENT) for name in ("A1", "A2")}
RULES = tuple(offer.rule for offer in ASSESSMENT.offers)
BEFORE_PLAN = ["expected_discharge_set", "municipal_notice", "admission_report", "control_appointments", "epikrise"]
IN_FULL = [*BEFORE_PLAN[:4], "HPH0", "epikrise", "HPH1", "HPH2", "HPH3", "HPH4", "HPH5"]


def clocks(story: Story, offsets: Mapping[str, int] | None = None) -> dict[str, StepClock]:
    """The clocks by step; a step of two courses is not looked for."""
    return {clock.step: clock for clock in clocks_of(story.course, BASIS, offsets or {})}


def end_of(day: date) -> datetime:
    """The last second of a winter day in Norway."""
    return datetime(day.year, day.month, day.day, 22, 59, 59, tzinfo=UTC)


def due(story: Story, step: str) -> datetime | None:
    """When a step is due."""
    return clocks(story)[step].due


# Before a plan


def test_a_stay_that_nobody_has_screened_is_screened_within_a_day() -> None:
    story = Story()
    story.tell(admitted())
    assert clocks_of(story.course, BASIS, {}) == (
        StepClock("S1", "screening", "ward_nurse", START + timedelta(hours=24)),
        StepClock("S1", "notice_undecided", "ward_nurse", START + timedelta(hours=24)),
    )


def test_the_notice_has_its_date_from_the_admission_while_nobody_knows_the_need() -> None:
    story = Story()
    story.tell(admitted())
    assert standing(clocks(story)["notice_undecided"], START + timedelta(hours=25)) == "late"
    story.tell(Screened("K1", "A1", "S1"))
    assert "notice_undecided" not in clocks(story)
    assert due(story, "municipal_notice") == START + timedelta(hours=24)


def test_a_notice_that_was_sent_before_the_screening_answers_whether_it_is_needed() -> None:
    story = Story()
    story.tell(admitted(), StepDone("S1", "municipal_notice", START))
    assert clocks(story)["notice_undecided"].state == "done"


def test_someone_too_young_to_be_screened_owes_no_answer_about_the_notice() -> None:
    story = Story()
    story.tell(Described(born=date(1990, 1, 1)), admitted())
    assert "notice_undecided" not in clocks(story)


def test_a_screened_stay_has_the_hospitals_own_clocks() -> None:
    story = Story()
    story.tell(admitted(), Screened("K1", "A1", "S1"))
    found = clocks(story)
    assert list(found) == BEFORE_PLAN
    assert found["municipal_notice"].due == START + timedelta(hours=24)
    assert found["epikrise"].due is None
    story.tell(DischargeExpected("S1", DAY_HOME))
    assert due(story, "epikrise") == end_of(DAY_HOME)


def test_a_screening_in_another_stay_leaves_this_one_unscreened() -> None:
    assert "screening" in clocks(readmitted())


def test_the_clock_of_the_day_to_go_home_is_done_when_there_is_one() -> None:
    story = Story()
    story.tell(admitted(), Screened("K1", "A1", "S1"))
    assert clocks(story)["expected_discharge_set"].state == "open"
    story.tell(DischargeExpected("S1", DAY_HOME))
    assert clocks(story)["expected_discharge_set"].done == story.now
    story.tell(DischargeExpected("S1", None))
    assert clocks(story)["expected_discharge_set"].state == "open"


def test_without_the_facts_behind_an_assessment_nothing_is_due() -> None:
    assert clocks_of(on_a_plan().course, {}, {}) == ()


# A plan


@pytest.mark.parametrize("rules", [(), RULES], ids=["nothing accepted", "everything accepted"])
@pytest.mark.parametrize("at_home", [False, True], ids=["in hospital", "at home"])
def test_the_clocks_are_those_of_the_plan(rules: tuple[str, ...], at_home: bool) -> None:
    story = Story()
    story.tell(admitted(), Screened("K1", "A1", "S1"), PlanStarted("P1", "A1", DAY_HOME, rules))
    story.tell(DischargeExpected("S1", date(2026, 11, 20)), *([home()] if at_home else []))
    encounter = Encounter(admitted=START)
    plan = build_plan(
        replace(example_case(), encounter=encounter),
        ASSESSMENT,
        accepted=Accepted(frozenset(rules)),
        discharge=DAY_HOME if at_home else date(2026, 11, 20),
    )
    for clock, step in zip(clocks_of(story.course, BASIS, {}), plan.timeline, strict=True):
        assert (clock.course, clock.step, clock.owner) == ("S1", step.id, step.owners[0])
        assert clock.due == (step.due.at or (step.due.on and end_of(step.due.on)))


def test_a_day_lasts_until_it_ends_in_norway_in_summer_too() -> None:
    story = on_a_plan()
    story.tell(home(at=datetime(2026, 6, 30, 22, 30, tzinfo=UTC)))  # half past midnight on 1 July
    assert due(story, "HPH2") == datetime(2026, 7, 4, 21, 59, 59, tzinfo=UTC)


def test_a_discharge_that_moves_takes_the_dates_with_it_and_a_cancelled_one_leaves_them_unknown() -> None:
    story = on_a_plan()
    assert due(story, "HPH2") == end_of(date(2026, 11, 26))
    story.tell(DischargeExpected("S1", date(2026, 11, 25)))
    assert due(story, "HPH2") == end_of(date(2026, 11, 28))
    story.tell(DischargeExpected("S1", None))
    assert due(story, "HPH2") is None


def test_the_day_the_patient_went_home_comes_before_the_expected_one() -> None:
    story = on_a_plan()
    left = story.tell(Discharged("S1", datetime(2026, 11, 20, 10, 0, tzinfo=UTC), "home"))
    assert due(story, "HPH2") == end_of(date(2026, 11, 23))
    story.undo(left)
    assert due(story, "HPH2") == end_of(date(2026, 11, 26))


def test_a_municipality_has_its_own_offsets() -> None:
    assert clocks(on_a_plan(), {"HPH2": 1})["HPH2"].due == end_of(date(2026, 11, 24))


def test_what_was_done_before_the_plan_is_done_in_it() -> None:
    story = Story()
    story.tell(admitted(), Screened("K1", "A1", "S1"), StepDone("S1", "municipal_notice", START))
    story.tell(PlanStarted("P1", "A1", DAY_HOME))
    assert list(clocks(story)) == IN_FULL
    assert (clocks(story)["municipal_notice"].state, clocks(story)["municipal_notice"].done) == ("done", START)


def test_a_plan_that_renews_another_has_the_evaluation_and_the_worsening_alone() -> None:
    story = on_a_plan()
    story.tell(home(), PlanStarted("P2", "A1", date(2026, 12, 22), renews="P1"))
    found = clocks(story)
    assert {step: (clock.course, clock.due) for step, clock in found.items()} == {
        "HPH4": ("P2", end_of(date(2027, 1, 19))),
        "HPH5": ("P2", None),
    }


def test_a_plan_that_is_renewed_early_keeps_the_visits_that_nobody_has_marked_on_their_own_days() -> None:
    story = on_a_plan()
    story.tell(home(), StepDone("S1", "HPH1", START), PlanStarted("P2", "A1", DAY_HOME, renews="P1"))
    found = clocks(story)
    assert {step: (clock.course, clock.due) for step, clock in found.items()} == {
        "HPH2": ("P2", end_of(date(2026, 11, 26))),
        "HPH3": ("P2", end_of(date(2026, 12, 7))),
        "HPH4": ("P2", end_of(date(2026, 12, 21))),
        "HPH5": ("P2", None),
    }
    story.tell(StepDone("P2", "HPH2", START), PlanStarted("P3", "A1", DAY_HOME, renews="P2"))
    assert list(clocks(story)) == ["HPH3", "HPH4", "HPH5"]


def test_a_plan_that_is_renewed_at_its_evaluation_leaves_the_visits_behind() -> None:
    story = on_a_plan()
    story.tell(home(), StepDone("S1", "HPH4", START), PlanStarted("P2", "A1", DAY_HOME, renews="P1"))
    assert list(clocks(story)) == ["HPH4", "HPH5"]


def test_a_plan_without_a_stay_counts_from_what_the_case_says() -> None:
    story = Story()
    story.tell(Screened("K1", "A1"), PlanStarted("P1", "A1", DAY_HOME))
    assert (clocks(story)["HPH2"].course, due(story, "HPH2")) == ("P1", end_of(date(2026, 11, 26)))


def test_a_readmitted_patient_has_the_old_clocks_waiting_and_the_new_stays_own() -> None:
    found = clocks_of(readmitted().course, BASIS, {})
    assert [(clock.course, clock.state) for clock in found if clock.step in {"HPH2", "screening"}] == [
        ("S1", "paused"),
        ("S2", "open"),
    ]


def test_a_paused_plans_done_steps_stay_done() -> None:
    story = on_a_plan()
    story.tell(StepDone("S1", "HPH0", START), StepNotDone("S1", "HPH1", "no_capacity"), PlanPaused("P1", "Venter"))
    states = {step: clock.state for step, clock in clocks(story).items()}
    assert (states["HPH0"], states["HPH1"], states["HPH2"]) == ("done", "not_done", "paused")


@pytest.mark.parametrize("event", [Died(DAY_HOME), PlanClosed("P1", "completed")], ids=["dead", "closed"])
def test_nobody_owes_anything_to_someone_dead_or_out_of_the_pathway_until_that_is_undone(event: Event) -> None:
    story = at_home_from(datetime(2026, 12, 20, 9, 0, tzinfo=UTC))
    ended = story.tell(event)
    assert clocks_of(story.course, BASIS, {}) == ()
    story.undo(ended)
    assert list(clocks(story)) == IN_FULL


def test_a_plan_that_was_closed_in_hospital_leaves_the_epikrise_owed_after_it() -> None:
    story = on_a_plan()
    story.tell(PlanClosed("P1", "declined"), home())
    assert clocks(story)["epikrise"].state == "open"
    story.tell(StepDone("S1", "epikrise", story.now))
    assert clocks(story) == {}


def test_a_blocked_record_keeps_its_clocks() -> None:
    story = on_a_plan()
    before = clocks(story)
    story.tell(RecordBlocked(blocked=True))
    assert clocks(story) == before


def test_someone_else_takes_a_step_over() -> None:
    story = on_a_plan()
    story.tell(OwnerSet("P1", "HPH3", "care_home_doctor"))
    assert clocks(story)["HPH3"].owner == "care_home_doctor"


# Waiting


def at_home_from(day: datetime) -> Story:
    """The patient is at home, and the story goes on that day."""
    story = on_a_plan()
    story.tell(home())
    story.now = day
    return story


def test_the_time_a_clock_waited_is_not_counted() -> None:
    story = at_home_from(datetime(2026, 11, 25, 9, 0, tzinfo=UTC))
    story.tell(ClockPaused("S1", "HPH2", "Hos datteren"))
    assert clocks(story)["HPH2"].state == "paused"
    story.tell(ClockResumed("S1", "HPH2"), after=timedelta(days=2))
    assert (clocks(story)["HPH2"].state, due(story, "HPH2")) == ("open", end_of(date(2026, 11, 28)))


def test_part_of_a_day_that_was_waited_gives_the_whole_of_it() -> None:
    story = at_home_from(datetime(2026, 11, 25, 9, 0, tzinfo=UTC))
    story.tell(ClockPaused("S1", "HPH2", "Hos datteren"), ClockResumed("S1", "HPH2"))
    assert due(story, "HPH2") == end_of(date(2026, 11, 27))


def test_a_clock_with_a_time_goes_on_from_where_it_was() -> None:
    story = Story()
    story.tell(admitted(), Screened("K1", "A1", "S1"), ClockPaused("S1", "municipal_notice", "Uavklart"))
    story.tell(ClockResumed("S1", "municipal_notice"), after=timedelta(hours=5))
    assert due(story, "municipal_notice") == START + timedelta(hours=24 + 5)


def test_a_plan_and_a_clock_that_waited_at_once_waited_once() -> None:
    story = at_home_from(datetime(2026, 11, 25, 9, 0, tzinfo=UTC))
    story.tell(PlanPaused("P1", "Reise"), ClockPaused("S1", "HPH2", "Reise"), after=timedelta())
    story.tell(PlanResumed("P1"), after=timedelta(days=2))
    story.tell(ClockResumed("S1", "HPH2"), after=timedelta())
    assert due(story, "HPH2") == end_of(date(2026, 11, 28))


def test_a_plan_that_waited_before_the_patient_went_home_loses_no_day_of_it() -> None:
    story = on_a_plan()
    story.tell(PlanPaused("P1", "Venter"))
    story.tell(PlanResumed("P1"), after=timedelta(days=3))
    assert due(story, "HPH2") == end_of(date(2026, 11, 26))


def test_what_was_done_late_is_not_excused_by_a_wait_that_came_after() -> None:
    story = at_home_from(datetime(2026, 11, 27, 9, 0, tzinfo=UTC))
    story.tell(StepDone("S1", "HPH2", story.now), PlanPaused("P1", "Reise"))
    story.tell(PlanResumed("P1"), after=timedelta(days=5))
    assert standing(clocks(story)["HPH2"], story.now) == "done_late"
    assert due(story, "HPH3") == end_of(date(2026, 12, 12))


# How a clock stands

NIGHT = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
DUE = end_of(date(2026, 11, 26))


@pytest.mark.parametrize(
    ("state", "when_due", "done", "stands"),
    [
        ("open", None, None, "waiting"),
        ("open", DUE + timedelta(days=1), None, "waiting"),
        ("open", DUE, None, "due_soon"),
        ("open", NIGHT + timedelta(hours=4), None, "due_soon"),
        ("open", NIGHT + timedelta(hours=4, seconds=1), None, "waiting"),
        ("open", NIGHT, None, "due_soon"),
        ("open", NIGHT - timedelta(seconds=1), None, "late"),
        ("done", DUE, DUE, "done"),
        ("done", None, NIGHT, "done"),
        ("done", DUE, DUE + timedelta(seconds=1), "done_late"),
        ("not_done", NIGHT - timedelta(days=1), None, "not_done"),
        ("paused", NIGHT - timedelta(days=1), None, "paused"),
    ],
)
def test_a_clock_stands_as_its_time_and_mark_say(
    state: ClockState, when_due: datetime | None, done: datetime | None, stands: str
) -> None:
    assert standing(StepClock("S1", "HPH2", "primary_nurse", when_due, state, done), NIGHT) == stands


def test_what_is_due_this_evening_is_due_soon_from_the_morning() -> None:
    morning = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)  # half past midnight in Norway
    clock = StepClock("S1", "HPH2", "primary_nurse", DUE)
    assert (standing(clock, morning), standing(clock, morning - timedelta(hours=1))) == ("due_soon", "waiting")


def test_nobody_is_late_for_a_visit_after_a_discharge_that_has_not_taken_place() -> None:
    story = on_a_plan()
    visit = next(each for each in clocks_of(story.course, BASIS, {}) if each.step == "HPH2")
    assert visit.expected
    assert visit.due is not None
    assert standing(visit, visit.due + timedelta(days=9)) == "waiting"
    story.tell(home())
    visit = next(each for each in clocks_of(story.course, BASIS, {}) if each.step == "HPH2")
    assert visit.due is not None
    assert standing(visit, visit.due + timedelta(days=9)) == "late"


# Measures before the discharge


def plan_now(story: Story) -> Plan:
    """The plan that runs, as it stands."""
    running = story.course.running
    assert running
    return plan_as_it_stands(story.course, running, BASIS["A1"], settings=PlanSettings())


def indexed(plan: Plan) -> dict[str, date]:
    """The days of what is counted from the assessment."""
    return {each.id: each.due.on for each in plan.actions if each.due.anchor == "index" and each.due.on}


def test_nobody_is_late_for_a_measure_on_a_day_when_there_was_no_plan() -> None:
    soon, late = Story(), Story()
    for story, on in ((soon, date(2026, 11, 16)), (late, date(2026, 11, 20))):
        story.tell(admitted(), Screened("K1", "A1", "S1"), PlanStarted("P1", "A1", on, RULES))
        story.tell(DischargeExpected("S1", date(2026, 12, 23)))
    assert indexed(plan_now(soon))
    four_days = timedelta(days=4)
    assert indexed(plan_now(late)) == {each: day + four_days for each, day in indexed(plan_now(soon)).items()}
    assert plan_now(late).timeline == plan_now(soon).timeline


def resumed(*before: Event) -> Story:
    """Someone in a newer stay whose plan, with everything in it, goes on after these events."""
    story = Story()
    story.tell(admitted(), Screened("K1", "A1", "S1"), PlanStarted("P1", "A1", date(2026, 11, 17), RULES), home())
    story.tell(admitted("S2", datetime(2026, 12, 1, 8, 0, tzinfo=UTC)), *before, PlanResumed("P1"))
    return story


@pytest.mark.parametrize("at_home", [False, True], ids=["in hospital", "home again"])
def test_a_resumed_plan_asks_nobody_to_mend_dates_from_before_the_newer_stay(at_home: bool) -> None:
    story = resumed(*([home("S2", datetime(2026, 12, 4, 10, 0, tzinfo=UTC))] if at_home else []))
    plan = plan_now(story)
    assert any(each.due.on and each.due.on < date(2026, 12, 1) for each in plan.actions)
    assert "due_before_admission" not in {each.kind for each in plan.conflicts}
    of_admission = [each.id for each in plan.actions if each.due.anchor == "admission"]
    assert bool(of_admission) != at_home
