"""The clocks of a stay as they ended, for counting: also of one that is long over, and of a plan that has moved on.

What nobody had marked, and what was not yet due when the plan stopped, was owed by no one: it is not among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time

from careplans.catalogue import steps
from careplans.course.due import (
    Basis,
    clocks_in,
    clocks_in_stay,
    epikrise_step,
    hospital_steps,
    plan_as_it_stands,
    screening_in,
)
from careplans.course.events import StepDone
from careplans.course.state import Course, PlanState, Stay, StepClock
from careplans.settings import PlanSettings
from rules.times import OSLO, oslo

FROM_ADMISSION = frozenset(each.id for each in steps() if each.due.anchor == "admission")


def clocks_of_past(
    course: Course, stay: Stay, basis: Mapping[str, Basis], *, offsets: Mapping[str, int]
) -> tuple[StepClock, ...]:
    """Return the clocks that were owed of a stay: those of its plan, else the hospital's own."""
    if not course.concerns(stay):
        return ()
    plan = plan_from(course, stay)
    found = basis.get(plan.assessment) if plan else None
    if plan is None or found is None:
        every = _own_clocks(course, stay, basis, offsets=offsets)
    else:
        state = _as_it_followed(plan, stay)
        made = plan_as_it_stands(course, state, found, settings=PlanSettings(offsets))
        of_plan = tuple(_with_renewals(course, plan, each) for each in clocks_in(course, state, made.timeline))
        # A plan that was resumed once the stay was over has nothing of the stay itself, which the hospital had before.
        own = _own_clocks(course, stay, basis, offsets=offsets) if state.resumed_home else ()
        every = (*(each for each in own if each.step in FROM_ADMISSION), *of_plan)
    return tuple(_owed(every, until=_stopped(course, stay, plan)))


def assessments_of_past(course: Course, stay: Stay) -> frozenset[str]:
    """Return the assessments whose facts `clocks_of_past` asks for."""
    behind = (plan_from(course, stay), screening_in(course, stay))
    return frozenset(each.assessment for each in behind if each)


def plan_from(course: Course, stay: Stay) -> PlanState | None:
    """Return the plan that a stay led to, the newest where there were several; a renewal is counted from itself."""
    followed = (plan for plan in reversed(course.plans) if plan.followed(stay.id) and not plan.from_its_start)
    return next(followed, None)


def _as_it_followed(plan: PlanState, stay: Stay) -> PlanState:
    """Return a plan as it was while it followed the stay; what it waited then is not kept once it has moved on."""
    if plan.stay == stay.id:
        return plan
    before = plan.before[: plan.before.index(stay.id)]
    return replace(plan, stay=stay.id, before=before, rests=(), resumed_home=False)


def _own_clocks(
    course: Course, stay: Stay, basis: Mapping[str, Basis], *, offsets: Mapping[str, int]
) -> tuple[StepClock, ...]:
    screening = screening_in(course, stay)
    found = basis.get(screening.assessment) if screening and not screening.unjudged else None
    if found:
        return clocks_in_stay(course, stay, hospital_steps(found, stay, offsets))
    return clocks_in_stay(course, stay, (epikrise_step(stay, offsets),)) if stay.discharged else ()


def _with_renewals(course: Course, plan: PlanState, clock: StepClock) -> StepClock:
    """Return the clock with what was said of the step in a plan that renewed this one early."""
    for each in _renewals(course, plan):
        mark = course.marks.get((each.id, clock.step))
        if clock.state in {"open", "paused"} and mark is not None:
            done = oslo(mark.at) if isinstance(mark, StepDone) else None
            return replace(clock, state="done" if done else "not_done", done=done)
    return clock


def _renewals(course: Course, plan: PlanState) -> Iterator[PlanState]:
    found = next((each for each in course.plans if each.renews == plan.id), None)
    if found:
        yield found
        yield from _renewals(course, found)


def _owed(clocks: Iterable[StepClock], *, until: datetime | None) -> Iterator[StepClock]:
    for each in clocks:
        marked = each.state in {"done", "not_done"}
        if marked or (each.due is not None and not each.expected and (until is None or each.due <= until)):
            yield each


def _stopped(course: Course, stay: Stay, plan: PlanState | None) -> datetime | None:
    """Return when what follows the stay came to an end: the next stay, the plan's own end, or death."""
    later = course.stays[course.stays.index(stay) + 1 :]
    ends = [each.admitted for each in later[:1]]
    ends += [each for each in (plan.closed, plan.since) if each] if plan and plan.stay == stay.id else []
    ends += [datetime.combine(course.died, time(), OSLO)] if course.died else []
    return min(map(oslo, ends), default=None)
