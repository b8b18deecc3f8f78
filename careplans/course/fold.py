"""`course_of`: what is true of a patient after the events, told from the beginning each time.

Any events in any order give a course. One about a stay, an assessment or a plan that is not known changes nothing, so
that undoing or retracting something takes with it all that rests on it, and the way back is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import reduce
from itertools import pairwise
from typing import Any

from careplans.catalogue import every_homecoming, task_of
from careplans.course.events import (
    AddressProtected,
    Admitted,
    ChoiceRecorded,
    ClockPaused,
    ClockResumed,
    Decided,
    Described,
    Died,
    Discharged,
    DischargeExpected,
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
    Screened,
    StepDone,
    StepNotDone,
    Transferred,
)
from careplans.course.stands import standing
from careplans.course.state import Course, PlanState, Rest, Screening, Stay, Why
from careplans.parts import Written
from rules.times import OSLO, oslo_day

EVALUATION = "HPH4"


def course_of(events: Iterable[Recorded]) -> Course:
    """Return the course after the events, in the order given; merged records come as one row of events."""
    held = standing(events)
    return _ended_by_death(_ended_by_the_next(reduce(_told, held, Course(signed=_signed(held)))))


def _signed(held: Sequence[Recorded]) -> dict[str, Written]:
    """Return who signed each assessment; one that is told of again is still the first one's."""
    screened = ((each.event.assessment, each) for each in reversed(held) if isinstance(each.event, Screened))
    return {assessment: Written(each.by.role, each.at, each.by.name) for assessment, each in screened}


def _told(course: Course, recorded: Recorded) -> Course:
    tell = TOLD.get(type(recorded.event))
    return tell(course, recorded.event, recorded.at) if tell else course


def _ended_by_the_next(course: Course) -> Course:
    """End a stay that nobody has told the end of where the next begins: nobody lies in two beds."""
    ended = (_ended_by(stay, later) if stay.discharged is None else stay for stay, later in pairwise(course.stays))
    return replace(course, stays=(*ended, *course.stays[-1:]))


def _ended_by(stay: Stay, later: Stay) -> Stay:
    """End a stay where the next begins; on one day and in one hospital it is the same one, written down twice."""
    same = stay.hospital == later.hospital and oslo_day(stay.admitted) == oslo_day(later.admitted)
    return replace(stay, discharged=later.admitted, told_twice=same)


def _ended_by_death(course: Course) -> Course:
    """Close every plan of someone who is dead, also one that was written down afterwards."""
    if course.died is None:
        return course
    plans = (replace(p, status="closed", why="died") if p.status != "closed" else p for p in course.plans)
    return replace(course, plans=tuple(plans))


def _admitted(course: Course, event: Admitted, at: datetime) -> Course:
    """Begin a stay, or correct the beginning of a known one; a newer stay than the plan's pauses the plan."""
    course = replace(course, municipality=event.municipality or course.municipality)
    known = next((stay for stay in course.stays if stay.id == event.stay), None)
    old = known or Stay(event.stay, event.at, event.hospital)
    stay = replace(old, hospital=event.hospital, ward=event.ward, room=event.room)
    stay = replace(stay, admitted=event.at, assumed=event.assumed)
    stay = _expected(stay, event.expected or old.expected, at)
    others = (other for other in course.stays if other.id != event.stay)
    stays = tuple(sorted((*others, stay), key=lambda each: aware(each.admitted)))
    course = replace(course, stays=stays)
    return course if known or course.stay != stay else _readmitted(course, stay)


def _readmitted(course: Course, stay: Stay) -> Course:
    """Pause the plan that runs, unless it is evaluated already or was made in this very stay.

    It has waited since the patient came in, however late that was told, but never since before it began.
    """
    plan = course.running
    if plan is None or isinstance(course.marks.get((plan.marks, EVALUATION)), StepDone):
        return course
    admitted, began = aware(stay.admitted), datetime.combine(plan.started, time.min, OSLO)
    if plan.stay is None and admitted < began:
        return course
    return _with_plan(course, _paused(plan, "readmitted", max(admitted, began)))


def _transferred(course: Course, event: Transferred, _: datetime) -> Course:
    return _with_stay(course, event.stay, hospital=event.hospital, ward=event.ward, room=event.room)


def _discharge_expected(course: Course, event: DischargeExpected, at: datetime) -> Course:
    stays = (_expected(each, event.on, at) if each.id == event.stay else each for each in course.stays)
    return replace(course, stays=tuple(stays))


def _expected(stay: Stay, on: date | None, at: datetime) -> Stay:
    """Set, move or cancel the day; a moved one was said when the first was."""
    return replace(stay, expected=on, expected_at=(stay.expected_at or at) if on else None)


def _ready(course: Course, event: ReadyForDischarge, _: datetime) -> Course:
    return _with_stay(course, event.stay, ready=event.at)


def _discharged(course: Course, event: Discharged, _: datetime) -> Course:
    if not _has_stay(course, event.stay):
        return course
    course = replace(course, municipality=event.municipality or course.municipality)
    return _with_stay(course, event.stay, discharged=event.at, went_to=event.to)


def _screened(course: Course, event: Screened, at: datetime) -> Course:
    """Add a screening, or give a known one its newer assessment; one made in a stay nobody knows is still kept."""
    if _has_assessment(course, event.assessment):
        return course
    stay = event.stay if event.stay and _has_stay(course, event.stay) else None
    old = next((each for each in course.screenings if each.id == event.screening), None)
    if old is None:
        new = Screening(event.screening, event.assessment, stay, at, second=event.second, unjudged=event.unjudged)
        return replace(course, screenings=(*course.screenings, new))
    versions = (*old.versions, old.assessment)
    new = replace(old, assessment=event.assessment, stay=stay or old.stay, at=at, versions=versions)
    new = replace(new, unjudged=event.unjudged)
    return replace(course, screenings=tuple(new if each.id == new.id else each for each in course.screenings))


def _decided(course: Course, event: Decided, _: datetime) -> Course:
    """Keep the newest verdict on each suggestion."""
    if not _has_assessment(course, event.assessment):
        return course
    subject = (event.assessment, event.rule)
    others = tuple(each for each in course.decisions if (each.assessment, each.rule) != subject)
    return replace(course, decisions=(*others, event))


def _choice_recorded(course: Course, event: ChoiceRecorded, _: datetime) -> Course:
    """Keep the newest choice for each assessment."""
    if not _has_assessment(course, event.assessment):
        return course
    others = tuple(each for each in course.choices if each.assessment != event.assessment)
    return replace(course, choices=(*others, event))


def _plan_started(course: Course, event: PlanStarted, at: datetime) -> Course:
    """Start a plan: one it renews is closed, and every other that was not closed gives way."""
    if _plan(course, event.plan) or not _has_assessment(course, event.assessment):
        return course
    stay = next(s.stay for s in course.screenings if event.assessment in (s.assessment, *s.versions))
    plan = PlanState(
        event.plan,
        event.assessment,
        event.on,
        stay=stay,
        rules=event.rules,
        modules=event.modules,
        renews=event.renews,
        at_home=stay is None and course.is_home,
    )
    course = _give_way(course, to=event.plan, at=at)
    renewed = _plan(course, event.renews)
    if renewed and renewed.status != "closed":
        course = _with_plan(course, replace(renewed, status="closed"))
    return replace(course, plans=(*course.plans, plan))


def _plan_paused(course: Course, event: PlanPaused, at: datetime) -> Course:
    plan = _plan(course, event.plan)
    return _with_plan(course, _paused(plan, "by_hand", at)) if plan and plan.status == "running" else course


def _plan_resumed(course: Course, event: PlanResumed, at: datetime) -> Course:
    """Let a paused plan run, and the one that ran give way; the way back from a closed one is to undo the closing."""
    plan = _plan(course, event.plan)
    if plan is None or plan.status != "paused":
        return course
    rests = _rested(plan.rests, plan.since, at)
    running = replace(plan, status="running", why=None, since=None, rests=rests)
    course = _with_plan(_give_way(course, to=plan.id, at=at), running)
    return _after_the_newest_stay(course, running)


def _after_the_newest_stay(course: Course, plan: PlanState) -> Course:
    """Let a plan that is resumed follow the newest stay: it counts from that homecoming, and the way home is new.

    What belongs to no homecoming keeps its mark; the time waited before is not counted twice.
    """
    stay = course.stay
    if stay is None or stay.id == plan.marks or not _came_after(stay, plan):
        return course
    before, is_over = (*plan.before, plan.marks), stay.discharged is not None
    moved = replace(plan, stay=stay.id, before=before, rests=(), resumed_home=is_over)
    marks, owners = (_carried(table, plan.marks, stay.id) for table in (course.marks, course.owners))
    return _with_plan(replace(course, marks=marks, owners=owners), moved)


def _came_after(stay: Stay, plan: PlanState) -> bool:
    """Return whether the stay began after the one the plan follows, or after a plan that follows none."""
    if plan.stay and not plan.from_its_start:
        return stay.id != plan.stay
    return oslo_day(stay.admitted) >= plan.started


def _carried(table: Mapping[tuple[str, str], Any], old: str, new: str) -> dict[tuple[str, str], Any]:
    """Return the table with what was said of a step under the old id said under the new too, but of the way home."""
    kept = {(new, step): said for (of, step), said in table.items() if of == old and step not in every_homecoming()}
    return {**kept, **table}


def _plan_closed(course: Course, event: PlanClosed, at: datetime) -> Course:
    plan = _plan(course, event.plan)
    if plan is None:
        return course
    return _with_plan(course, replace(plan, status="closed", why=None, ending=event.ending, closed=at))


def _marked(course: Course, event: StepDone | StepNotDone, _: datetime) -> Course:
    """Mark a step; the newest mark stands."""
    key = _key(course, event.course, event.step)
    return replace(course, marks={**course.marks, key: event}) if key else course


def _clock_paused(course: Course, event: ClockPaused, at: datetime) -> Course:
    key = _key(course, event.course, event.step)
    if key is None:
        return course
    since = {**course.since, key: course.since.get(key, at)}
    return replace(course, waits={**course.waits, key: event.reason}, since=since)


def _clock_resumed(course: Course, event: ClockResumed, at: datetime) -> Course:
    key = _key(course, event.course, event.step)
    if key is None or key not in course.waits:
        return course
    rests = _rested(course.rests.get(key, ()), course.since[key], at)
    return replace(
        course,
        waits=_without(course.waits, key),
        since=_without(course.since, key),
        rests={**course.rests, key: rests},
    )


def _owner_set(course: Course, event: OwnerSet, _: datetime) -> Course:
    key = _key(course, event.course, event.step)
    return replace(course, owners={**course.owners, key: event.owner}) if key else course


def _described(course: Course, event: Described, _: datetime) -> Course:
    """Take what is said of the person; what is not said stays as it was."""
    who = course.who
    said = Described(event.name or who.name, event.born or who.born, event.sex or who.sex)
    return replace(course, who=said)


def _moved(course: Course, event: Moved, _: datetime) -> Course:
    return replace(course, municipality=event.municipality)


def _practice_set(course: Course, event: PracticeSet, _: datetime) -> Course:
    return replace(course, practice=event.practice)


def _died(course: Course, event: Died, _: datetime) -> Course:
    return replace(course, died=event.on)


def _blocked(course: Course, event: RecordBlocked, _: datetime) -> Course:
    return replace(course, blocked=event.blocked)


def _protected(course: Course, event: AddressProtected, _: datetime) -> Course:
    return replace(course, protected=event.protected)


TOLD: Mapping[type, Callable[[Course, Any, datetime], Course]] = {
    Described: _described,
    Admitted: _admitted,
    Transferred: _transferred,
    DischargeExpected: _discharge_expected,
    ReadyForDischarge: _ready,
    Discharged: _discharged,
    Screened: _screened,
    Decided: _decided,
    ChoiceRecorded: _choice_recorded,
    PlanStarted: _plan_started,
    PlanPaused: _plan_paused,
    PlanResumed: _plan_resumed,
    PlanClosed: _plan_closed,
    StepDone: _marked,
    StepNotDone: _marked,
    ClockPaused: _clock_paused,
    ClockResumed: _clock_resumed,
    OwnerSet: _owner_set,
    Moved: _moved,
    PracticeSet: _practice_set,
    Died: _died,
    RecordBlocked: _blocked,
    AddressProtected: _protected,
}
"""How each kind is told; `stands.py` reads undoing and retracting first, and who gathers the events reads merging."""


def aware(moment: datetime) -> datetime:
    """Return the moment with its zone, so that any two can be compared; without one it is Oslo's."""
    return moment.replace(tzinfo=OSLO) if moment.tzinfo is None else moment


def _paused(plan: PlanState, why: Why, at: datetime) -> PlanState:
    return replace(plan, status="paused", why=why, since=plan.since or at)


def _give_way(course: Course, *, to: str, at: datetime) -> Course:
    """Pause every plan that is not closed, but the one that is to run."""
    plans = (
        _paused(plan, "superseded", at) if plan.status != "closed" and plan.id != to else plan for plan in course.plans
    )
    return replace(course, plans=tuple(plans))


def _rested(rests: tuple[Rest, ...], since: datetime | None, until: datetime) -> tuple[Rest, ...]:
    """Add a time of waiting; clocks of two machines may differ, and no one has waited less than nothing."""
    if since is None or aware(until) <= aware(since):
        return rests
    return (*rests, Rest(aware(since), aware(until)))


def _plan(course: Course, plan: str | None) -> PlanState | None:
    return next((each for each in course.plans if each.id == plan), None)


def _with_plan(course: Course, plan: PlanState) -> Course:
    return replace(course, plans=tuple(plan if each.id == plan.id else each for each in course.plans))


def _has_stay(course: Course, stay: str) -> bool:
    return any(each.id == stay for each in course.stays)


def _with_stay(course: Course, stay: str, **changes: Any) -> Course:
    stays = (replace(each, **changes) if each.id == stay else each for each in course.stays)
    return replace(course, stays=tuple(stays))


def _has_assessment(course: Course, assessment: str) -> bool:
    return any(assessment in (each.assessment, *each.versions) for each in course.screenings)


def _key(course: Course, named: str, step: str) -> tuple[str, str] | None:
    """Return what a step, or an action that is one, is kept under; None where neither plan nor stay is known."""
    plan, task = _plan(course, named), task_of(step)
    if plan:
        return plan.marks, task
    return (named, task) if _has_stay(course, named) else None


def _without(table: Mapping[tuple[str, str], Any], key: tuple[str, str]) -> dict[tuple[str, str], Any]:
    return {each: value for each, value in table.items() if each != key}
