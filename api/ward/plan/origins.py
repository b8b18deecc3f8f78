"""Which event said what of a step or a plan, so that a page can name who it was and take it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from careplans.catalogue import every_homecoming, task_of
from careplans.course.events import (
    ClockPaused,
    ClockResumed,
    OwnerSet,
    PlanClosed,
    PlanPaused,
    PlanResumed,
    Recorded,
    StepDone,
    StepNotDone,
)
from careplans.course.stands import standing
from careplans.course.state import Course

What = Literal["mark", "wait", "owner"]
OF_STEP: Mapping[type, What] = {
    StepDone: "mark",
    StepNotDone: "mark",
    ClockPaused: "wait",
    ClockResumed: "wait",
    OwnerSet: "owner",
}


@dataclass(frozen=True, slots=True)
class Origins:
    """The newest event that stands about each thing: of a step by its key, of a plan by its id."""

    steps: Mapping[tuple[str, str, What], Recorded]
    plans: Mapping[str, Recorded]

    def of_step(self, course: str, step: str, what: What) -> Recorded | None:
        """Return the event that marked, paused or handed over a step, or an action that is one."""
        return self.steps.get((course, task_of(step), what))


def origins(course: Course, recorded: Iterable[Recorded]) -> Origins:
    """Return which events hold."""
    marks = {plan.id: plan.marks for plan in course.plans}
    steps: dict[tuple[str, str, What], Recorded] = {}
    plans: dict[str, Recorded] = {}
    for each in standing(recorded):
        event = each.event
        if isinstance(event, StepDone | StepNotDone | ClockPaused | ClockResumed | OwnerSet):
            steps[marks.get(event.course, event.course), task_of(event.step), OF_STEP[type(event)]] = each
        elif isinstance(event, PlanPaused | PlanResumed | PlanClosed):
            plans[event.plan] = each
    return Origins({**_carried(course, steps), **steps}, plans)


def _carried(course: Course, steps: Mapping[tuple[str, str, What], Recorded]) -> dict[tuple[str, str, What], Recorded]:
    """Return what was said of a resumed plan's steps in the stays before, but of the way home, which is new."""
    return {
        (plan.marks, step, what): each
        for plan in course.plans
        for (of, step, what), each in steps.items()
        if of in plan.before and what != "wait" and step not in every_homecoming()
    }
