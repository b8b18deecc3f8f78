"""When each step is due, and how a clock stands now: worked out from the course each time, and stored by nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from careplans.catalogue import read, replacement
from careplans.course.choices import accepted_of
from careplans.course.events import StepDone, StepNotDone
from careplans.course.state import ClockState, Course, PlanState, Rest, Screening, Standing, Stay, StepClock, routing
from careplans.parts import Action, Due, Step
from careplans.pathway import Clock, timeline
from careplans.plan import build_plan, place
from careplans.settings import PlanSettings
from rules.assessment import Assessment
from rules.case import Case, Encounter
from rules.times import OSLO, oslo, oslo_day

END_OF_DAY = time(23, 59, 59)
NOON = time(12)
SCREENING = "screening"
EXPECTED_SET = "expected_discharge_set"


@dataclass(frozen=True, slots=True)
class Basis:
    """The case that was assessed, and what was found."""

    case: Case
    assessment: Assessment


def clocks_of(course: Course, basis: Mapping[str, Basis], offsets: Mapping[str, int]) -> tuple[StepClock, ...]:
    """Return the clocks of the plan that runs or waits, then the hospital's own for a stay without a plan.

    A stay that ended without a plan keeps what is owed after it, until its epikrise is sent.

    `basis` is by assessment id, `offsets` the municipality's own. Someone dead or out of the pathway has no clocks.
    """
    if not course.in_pathway:
        return ()
    plan = waiting_plan(course)
    of_plan = _of_plan(course, plan, basis, offsets=offsets) if plan else ()
    covered = plan is not None and course.stay is not None and plan.marks == course.stay.id
    if covered or course.stay is None or not (course.in_hospital or course.owes_epikrise):
        return of_plan
    return (*of_plan, *_of_stay(course, course.stay, basis, offsets=offsets))


def assessments_behind(course: Course) -> frozenset[str]:
    """Return the assessments whose facts `clocks_of` and `next_step` ask for."""
    plan, here = waiting_plan(course), course.stay and screening_in(course, course.stay)
    return frozenset(each.assessment for each in (plan, here, course.screening) if each)


def waiting_plan(course: Course) -> PlanState | None:
    """Return the plan that runs, else the newest that is paused."""
    return course.running or next((plan for plan in reversed(course.plans) if plan.status == "paused"), None)


def screening_in(course: Course, stay: Stay) -> Screening | None:
    """Return the newest screening made in a stay."""
    return routing([each for each in course.screenings if each.stay == stay.id])


def clocks_in(course: Course, plan: PlanState, parts: Iterable[Step | Action]) -> tuple[StepClock, ...]:
    """Return the clocks of a plan's own steps or actions, also of a plan that is closed."""
    return tuple(_clock(course, plan.marks, _as_step(part), plan=plan) for part in parts)


def standing(clock: StepClock, now: datetime) -> Standing:
    """Return how a clock stands: `waiting` is for one whose day is unknown, and for one whose day is not yet near."""
    match clock.state:
        case "paused" | "not_done":
            return clock.state
        case "done":
            late = clock.due is not None and clock.done is not None and clock.done > clock.due
            return "done_late" if late else "done"
        case "open":
            return "waiting" if clock.expected else _open_stands(clock.due, now)


def _as_step(part: Step | Action) -> Step:
    return part if isinstance(part, Step) else Step(part.id, "clock", (part.owner,), part.due)


def _open_stands(due: datetime | None, now: datetime) -> Standing:
    if due is None:
        return "waiting"
    if oslo(now) > due:
        return "late"
    near = due - oslo(now) <= timedelta(hours=read("pathway")["standing"]["due_soon_hours"])
    return "due_soon" if near or oslo_day(due) == oslo_day(now) else "waiting"


def end_of(due: Due) -> datetime | None:
    """Return the last moment in time: a day lasts until it ends in Norway."""
    if due.at is not None:
        return due.at.astimezone(UTC)
    return datetime.combine(due.on, END_OF_DAY, OSLO).astimezone(UTC) if due.on else None


def _of_plan(
    course: Course, plan: PlanState, basis: Mapping[str, Basis], *, offsets: Mapping[str, int]
) -> tuple[StepClock, ...]:
    found = basis.get(plan.assessment)
    if found is None:
        return ()
    case = replace(found.case, encounter=_encounter(course, plan, found.case))
    accepted = accepted_of(course, plan, found.assessment)
    made = build_plan(case, found.assessment, accepted=accepted, settings=PlanSettings(offsets=offsets)).timeline
    kept = read("pathway")["renewal"]["steps"] if plan.renews else [step.id for step in made]
    return tuple(_clock(course, plan.marks, step, plan=plan) for step in made if step.id in kept)


def _encounter(course: Course, plan: PlanState, case: Case) -> Encounter:
    """Return the stay as it stands now; a plan that renews another counts from the day it started instead."""
    if plan.renews:
        return Encounter(discharged=datetime.combine(plan.started, NOON, OSLO))
    stay = next((each for each in course.stays if each.id == plan.stay), None)
    if stay is None:
        return case.encounter
    return replace(
        case.encounter,
        id=stay.id,
        admitted=stay.admitted,
        expected_discharge=stay.expected,
        discharged=stay.discharged,
    )


def _of_stay(
    course: Course, stay: Stay, basis: Mapping[str, Basis], *, offsets: Mapping[str, int]
) -> tuple[StepClock, ...]:
    """Return the hospital's own clocks, after the screening's for a stay that no person has screened."""
    screening = screening_in(course, stay)
    waits = stay.discharged is None and (screening is None or screening.unjudged)
    to_screen = (_clock(course, stay.id, _screening_step(stay)),) if waits else ()
    found = basis.get(screening.assessment) if screening else None
    own = _before_plan(found, stay, offsets) if found else ()
    return (*to_screen, *(_clock(course, stay.id, step) for step in own))


def _screening_step(stay: Stay) -> Step:
    table = read("pathway")["screening"]
    at = oslo(stay.admitted).astimezone(UTC) + timedelta(hours=table["hours"])
    due = Due("admission", hours=table["hours"], on=oslo_day(at), at=at)
    return Step(SCREENING, "clock", (table["owner"],), due)


def _before_plan(found: Basis, stay: Stay, offsets: Mapping[str, int]) -> tuple[Step, ...]:
    """Return the clocks that do not wait for a plan, whatever pathway it will be."""
    clock = Clock(
        index=found.assessment.index_date,
        admitted=stay.admitted,
        discharge=oslo_day(stay.discharged) if stay.discharged else stay.expected,
        expected=stay.discharged is None and stay.expected is not None,
        offsets=offsets,
    )
    every = timeline(found.assessment, clock, pathway=None, instead=replacement(place(found.case)))
    beside = read("pathway")["before_plan"]["steps"]
    still = () if stay.discharged else ("admission",)  # what was to be done in hospital is over when the stay is
    return tuple(step for step in every if step.due.anchor in still or step.id in beside)


def _clock(course: Course, of: str, step: Step, *, plan: PlanState | None = None) -> StepClock:
    key = (of, step.id)
    mark = course.marks.get(key) or _told_by_the_stay(course, key)
    done = oslo(mark.at).astimezone(UTC) if isinstance(mark, StepDone) else None
    rests = (*(plan.rests if plan else ()), *course.rests.get(key, ()))
    waited = [rest for rest in rests if done is None or rest.since < done]
    paused = key in course.waits or (plan is not None and plan.status == "paused")
    state: ClockState = "paused" if paused else "open"
    if mark is not None:
        state = "done" if done else "not_done"
    owner = course.owners.get(key, step.owners[0])
    expected = step.due.expected and not step.due.before
    return StepClock(of, step.id, owner, _moved_on(step.due, waited), state, done, expected)


def _told_by_the_stay(course: Course, key: tuple[str, str]) -> StepDone | StepNotDone | None:
    """Return the mark that nobody has to make: a known day of discharge is set, and after the stay none is needed."""
    stay = next((each for each in course.stays if each.id == key[0]), None)
    if stay is None or key[1] != EXPECTED_SET:
        return None
    if stay.expected_at is not None:
        return StepDone(*key, stay.expected_at)
    return StepNotDone(*key, "not_needed") if stay.discharged else None


def _moved_on(due: Due, rests: Iterable[Rest]) -> datetime | None:
    """Return the last moment, later by the time that was waited; part of a day gives the whole of it."""
    end = end_of(due)
    if end is None:
        return None
    waited = _waited(rests, counted_from=_counted_from(due))
    if due.at is not None or not waited:
        return end + waited
    return datetime.combine((oslo(end) + waited).date(), END_OF_DAY, OSLO).astimezone(UTC)


def _counted_from(due: Due) -> datetime:
    """Return the moment that a due date is counted from; who waits before that loses no time."""
    if due.at is not None:
        return due.at.astimezone(UTC) - timedelta(hours=due.hours)
    day = due.moved_from or due.on
    assert day is not None, "only what has a day is counted"  # noqa: S101 for the type checker
    return datetime.combine(day - timedelta(days=0 if due.before else due.days), time.min, OSLO)


def _waited(rests: Iterable[Rest], *, counted_from: datetime) -> timedelta:
    """Return the time waited since a moment; what a plan and its clock waited at once is counted once."""
    total, reached = timedelta(), counted_from
    for rest in sorted(rests, key=lambda each: each.since):
        total += max(timedelta(), rest.until - max(rest.since, reached))
        reached = max(reached, rest.until)
    return total
