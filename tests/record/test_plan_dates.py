"""What is printed of a plan has the dates that the clocks have, also after it has waited."""

from __future__ import annotations

from datetime import date

from api.record.plans import plan_in, planned
from careplans.course.due import clocks_in
from careplans.course.events import Discharged, PlanPaused, PlanResumed
from careplans.course.waits import end_of
from tests.record.hospital import EPJ, Hospital


def waited(hospital: Hospital) -> str:
    """Return a patient at home whose plan waited for ten days."""
    stored = hospital.screen()
    hospital.start_plan(stored)
    hospital.tell(stored.person, Discharged("E1", hospital.now, "home"), EPJ)
    hospital.later(hours=2)
    hospital.tell(stored.person, PlanPaused("P1", "Hos datteren"))
    hospital.later(days=10)
    hospital.tell(stored.person, PlanResumed("P1"))
    return stored.person


def test_a_printed_plan_has_waited_as_long_as_its_clocks(hospital):
    seen = hospital.read(waited(hospital))
    course, state = seen.stream.course, plan_in(seen.stream.course)
    assert state is not None
    plan = planned(course, state, seen.basis, None).plan
    assert {step.id: end_of(step.due) for step in plan.timeline} == {each.step: each.due for each in seen.clocks}
    assert next(step.due.on for step in plan.timeline if step.id == "HPH1") == date(2026, 11, 27)
    actions = {each.step: each.due for each in clocks_in(course, state, plan.actions)}
    assert {action.id: end_of(action.due) for action in plan.actions} == actions
    assert any(action.due.on and action.due.on > date(2026, 11, 26) for action in plan.actions)
