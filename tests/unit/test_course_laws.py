"""What must be true of every course, tried on random lives with undoing in between.

`RETTHJEM_PATIENTS=100000 ./dev test tests/unit/test_course_laws.py` tries as many as it says; CI tries 500.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.record.plans import planned
from careplans.catalogue import modules, read, steps, task_of
from careplans.course.due import (
    EXPECTED_SET,
    NEED,
    SCREENING,
    assessments_behind,
    clocks_of,
    standing,
    waiting_plan,
)
from careplans.course.events import (
    KINDS,
    ClockPaused,
    Died,
    Discharged,
    DischargeExpected,
    Event,
    OwnerSet,
    Recorded,
    Retracted,
    StepDone,
    Undone,
)
from careplans.course.fold import course_of
from careplans.course.left import LEFT, in_pathway
from careplans.course.next_step import REVIEW, next_step
from careplans.course.state import Course, StepClock
from careplans.course.waits import end_of
from rules.knowledge import ITEMS
from tests.spec.people import ON
from tests.unit.course_lives import BY, MADE, RUBBISH, STAYS, STEPS, Life, lives
from tests.unit.test_careplans_example import texts

LIVES = settings(
    max_examples=int(os.environ.get("RETTHJEM_PATIENTS", "500" if os.environ.get("CI") == "true" else "200")),
    suppress_health_check=[HealthCheck.too_slow],
)
LATER = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
ACTIONS = tuple(f"{module.id}.{action.id}" for module in modules() for action in module.actions)
SAME = tuple((each, task_of(each)) for each in ACTIONS if task_of(each) != each)
TASKS = {
    NEED,
    SCREENING,
    "shared_decision",
    "decide",
    "ask",
    "start_plan",
    "renew_plan",
    "resume_or_close",
    "close_or_renew",
    "discharge",
}


def then(life: Life, *events: Event) -> tuple[Recorded, ...]:
    """The life with more events at its end."""
    return (*life.events, *(Recorded(f"then{place}", event, LATER, BY) for place, event in enumerate(events)))


def clocks(life: Life, *events: Event) -> tuple[StepClock, ...]:
    """What is due after the life and what follows."""
    return clocks_of(course_of(then(life, *events)), life.basis, {})


def names(found: tuple[StepClock, ...]) -> list[tuple[str, str]]:
    """The clocks in order, by course and step."""
    return [(clock.course, clock.step) for clock in found]


def test_every_kind_of_event_is_drawn() -> None:
    assert set(MADE) == set(KINDS)


@LIVES
@given(lives(assessed=False))
def test_at_most_one_plan_runs(life: Life) -> None:
    for length in range(len(life.events) + 1):
        course = course_of(life.events[:length])
        assert sum(plan.status == "running" for plan in course.plans) <= 1


@LIVES
@given(lives())
def test_nothing_is_due_after_death(life: Life) -> None:
    course = course_of(then(life, Died(ON)))
    assert clocks_of(course, life.basis, {}) == ()
    assert next_step(course, (), life.basis) is None
    assert all(plan.status == "closed" for plan in course.plans)


@LIVES
@given(lives())
def test_whoever_is_alive_and_in_the_pathway_has_a_next_step_with_an_owner(life: Life) -> None:
    course = course_of(life.events)
    found = clocks_of(course, life.basis, {})
    step = next_step(course, found, life.basis)
    assert (step is not None) == in_pathway(course, life.basis)
    if step is not None:
        assert f"owner.{step.owner}" in texts()
        assert step.what in TASKS | {REVIEW, LEFT} | {each.id for each in steps()} - {"HPH5"}
        assert step.about is None or step.about in {*ITEMS, *life.basis, *(plan.id for plan in course.plans)}


@LIVES
@given(lives(assessed=False), st.data())
def test_undoing_an_event_is_as_if_it_had_never_been_recorded(life: Life, data: st.DataObject) -> None:
    slip = data.draw(st.sampled_from(life.events or (Recorded(RUBBISH, Died(ON), LATER, BY),)))
    without = [each for each in life.events if each.id != slip.id]
    assert course_of(then(life, Undone(slip.id, "Feil"))) == course_of(without)


@LIVES
@given(lives(assessed=False), st.integers(0, 22))
def test_undoing_an_undoing_brings_back_what_was(life: Life, which: int) -> None:
    back = then(life, Undone(f"e{which}", "Feil"), Undone("then0", "Likevel ikke"))
    assert course_of(back) == course_of(life.events)


@LIVES
@given(lives(assessed=False), st.sampled_from(STAYS))
def test_nothing_is_left_of_a_retracted_stay(life: Life, stay: str) -> None:
    before, course = course_of(life.events), course_of(then(life, Retracted("stay", stay, "Feil pasient")))
    made_there = {each.assessment for each in before.screenings if each.stay == stay}
    keys = {key for table in (course.marks, course.waits, course.owners) for key, _ in table}
    assert stay not in keys | {each.id for each in course.stays}
    left = {each.assessment for each in course.screenings} | {each.assessment for each in course.plans}
    assert made_there.isdisjoint(left)


@LIVES
@given(lives(), st.sampled_from(STAYS), st.integers(-5, 40))
def test_a_discharge_never_makes_a_done_step_undone(life: Life, stay: str, days: int) -> None:
    plan = waiting_plan(course_of(life.events))
    after = {
        names((clock,))[0]: clock for clock in clocks(life, Discharged(stay, LATER + timedelta(days=days), "home"))
    }
    for clock in clocks(life):
        (name,) = names((clock,))
        if clock.state == "done" and (name in after or (plan and clock.course == plan.marks)):
            assert (after[name].state, after[name].done) == ("done", clock.done)


@LIVES
@given(lives(), st.sampled_from(STAYS), st.sampled_from(STEPS))
def test_the_order_of_the_clocks_is_the_same_whatever_is_done_and_moved(life: Life, stay: str, step: str) -> None:
    course, expected = course_of(life.events), names(clocks(life))
    for change in (
        StepDone(stay, step, LATER),
        ClockPaused(stay, step, "Venter"),
        OwnerSet(stay, step, "coordinator"),
        DischargeExpected(stay, ON),
        DischargeExpected(stay, None),
    ):
        last = isinstance(change, StepDone) and lets_go(course, step)
        assert names(clocks(life, change)) == expected or last


@LIVES
@given(lives())
def test_the_clocks_follow_the_pathway_and_none_is_there_twice(life: Life) -> None:
    found = names(clocks(life))
    order = [SCREENING, NEED, *(table["id"] for table in read("pathway")["steps"]), LEFT]
    assert len(set(found)) == len(found)
    for (course, earlier), (other, later) in pairwise(found):
        assert course != other or order.index(earlier) < order.index(later)


@LIVES
@given(lives())
def test_every_date_of_a_plan_that_is_printed_is_that_of_its_clock(life: Life) -> None:
    course = course_of(life.events)
    plan = waiting_plan(course)
    if plan is None or plan.assessment not in life.basis:
        return
    printed = planned(course, plan, life.basis, None).plan.timeline
    due = {each.step: each.due for each in clocks_of(course, life.basis, {}) if each.course == plan.marks}
    assert {step.id: end_of(step.due) for step in printed} == {step.id: due[step.id] for step in printed}


@LIVES
@given(lives(), st.sampled_from(STEPS))
def test_a_step_can_be_marked_however_late(life: Life, step: str) -> None:
    course = course_of(life.events)
    for of in {clock.course for clock in clocks_of(course, life.basis, {}) if clock.step == step}:
        after = [each for each in clocks(life, StepDone(of, step, LATER)) if names((each,)) == [(of, step)]]
        assert [each.done for each in after] == [LATER] or lets_go(course, step) or step == EXPECTED_SET
        assert all(step == EXPECTED_SET or standing(each, LATER) in {"done", "done_late"} for each in after)


@LIVES
@given(lives(), st.sampled_from(STAYS))
def test_the_day_of_discharge_is_set_exactly_when_there_is_a_date(life: Life, of: str) -> None:
    told = (StepDone(of, EXPECTED_SET, LATER),)
    course = course_of(then(life, *told))
    dated = {stay.id: stay.expected is not None for stay in course.stays}
    for clock in clocks(life, *told):
        if clock.step == EXPECTED_SET and clock.course in dated:
            assert (clock.state == "done") is dated[clock.course] or clock.state == "paused"


@LIVES
@given(lives(), st.sampled_from(SAME))
def test_one_tick_serves_an_action_and_the_step_that_it_is(life: Life, same: tuple[str, str]) -> None:
    action, step = same
    for of in {clock.course for clock in clocks(life) if clock.step == step}:
        by_action, by_step = clocks(life, StepDone(of, action, LATER)), clocks(life, StepDone(of, step, LATER))
        assert by_action == by_step


def lets_go(course: Course, step: str) -> bool:
    """Return whether marking the step is the last that anyone owes: an epikrise after a stay without a plan."""
    return course.owes_epikrise and step == "epikrise"


@LIVES
@given(lives())
def test_the_facts_that_are_named_are_all_that_is_asked_for(life: Life) -> None:
    course = course_of(life.events)
    few = {each: life.basis[each] for each in assessments_behind(course) if each in life.basis}
    found = clocks_of(course, few, {})
    assert found == clocks_of(course, life.basis, {})
    assert next_step(course, found, few) == next_step(course, found, life.basis)
