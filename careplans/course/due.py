"""When each step is due, and how a clock stands now: worked out from the course each time, and stored by nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from careplans.catalogue import DueRule, point_of, read, replacement, step, task_of
from careplans.course import left
from careplans.course.answers import facts_behind, known_now, newest_behind
from careplans.course.case_now import case_as_it_stands
from careplans.course.choices import accepted_of
from careplans.course.events import StepDone, StepNotDone
from careplans.course.left import LEFT, in_pathway, left_undecided
from careplans.course.renewing import plan_before, still_to_come
from careplans.course.state import (
    EPIKRISE,
    NOTICE,
    ClockState,
    Course,
    PlanState,
    Screening,
    Standing,
    Stay,
    StepClock,
    routing,
)
from careplans.course.waits import end_of, moved_on
from careplans.course.written import Hand
from careplans.parts import Action, Block, Corrected, Due, Plan, Step
from careplans.pathway import Clock, due, timeline
from careplans.plan import build_plan, place
from careplans.settings import PlanSettings
from rules.assessment import Assessment
from rules.case import Case
from rules.times import OSLO, oslo, oslo_day

NOON = time(12)
SCREENING = left.SCREENING
EXPECTED_SET = "expected_discharge_set"
NEED = "notice_undecided"
"""The municipality's notice, while nobody has answered what help the patient will need."""


@dataclass(frozen=True, slots=True)
class Basis:
    """The case that was assessed, and what was found; `corrected` is what a plan's grounds say otherwise by now.

    `limits` is whose the words on the level of treatment are.
    """

    case: Case
    assessment: Assessment
    corrected: Corrected | None = None
    limits: Hand = field(default_factory=Hand)


def clocks_of(course: Course, basis: Mapping[str, Basis], offsets: Mapping[str, int]) -> tuple[StepClock, ...]:
    """Return the clocks of the plan that runs or waits, then the hospital's own for a stay without a plan.

    A stay that ended without a plan keeps what is owed after it: its epikrise, and what nobody settled.

    `basis` is by assessment id, `offsets` the municipality's own. Someone dead or out of the pathway has no clocks.
    """
    if not in_pathway(course, basis):
        return ()
    plan = waiting_plan(course)
    of_plan = _of_plan(course, plan, basis, offsets=offsets) if plan else ()
    others = (stay for stay in course.stays if plan is None or plan.marks != stay.id)
    return (*of_plan, *(each for stay in others for each in _of_stay(course, stay, basis, offsets=offsets)))


def measures_of(course: Course, basis: Mapping[str, Basis]) -> tuple[StepClock, ...]:
    """Return the clocks of the running plan's measures that are open and have a day; what is a step has its own."""
    plan = course.running
    found = known_now(course, plan, basis) if plan and course.died is None else None
    if plan is None or found is None:
        return ()
    made = plan_as_it_stands(course, plan, found, settings=PlanSettings())
    steps = {step.id for step in made.timeline}
    own = {each.id: each for each in made.actions if task_of(each.id) not in steps}
    clocks = clocks_in(course, plan, own.values())
    return tuple(each for each in clocks if each.state == "open" and each.due and not each.expected)


def plan_as_it_stands(course: Course, state: PlanState, basis: Basis, *, settings: PlanSettings) -> Plan:
    """Return a plan with the dates that it has now; what is printed and what the clocks show are both from here."""
    case = case_as_it_stands(course, state, basis.case)
    accepted = accepted_of(course, state, basis.assessment)
    made = build_plan(
        _counted(case, state), basis.assessment, accepted=accepted, settings=settings, since=state.started
    )
    if state.from_its_start:
        made = _from_here(made, case, owed=_owed(course, state, made, case=case, basis=basis, settings=settings))
    if state.before:
        made = _after_another_stay(made, state)
    hand = basis.limits
    contingency = replace(made.contingency, limits_by=hand.by, limits_signed=hand.signed)
    return replace(_after_waiting(course, state, made), corrected=basis.corrected, contingency=contingency)


def assessments_behind(course: Course) -> frozenset[str]:
    """Return the assessments whose facts `clocks_of` and `next_step` ask for."""
    plan, here = waiting_plan(course), course.stay and screening_in(course, course.stay)
    renewed = plan and plan_before(course, plan)
    older = {each.assessment for each in course.plans} if renewed else set()
    newest = newest_behind(course, plan) if plan else None
    told = facts_behind(course, plan) if plan else ()
    return frozenset({each.assessment for each in (plan, here, course.screening, newest) if each} | older | {*told})


def waiting_plan(course: Course) -> PlanState | None:
    """Return the plan that runs, else the newest that is paused."""
    return course.waiting


def screening_in(course: Course, stay: Stay) -> Screening | None:
    """Return the newest screening made in a stay."""
    return routing([each for each in course.screenings if each.stay == stay.id])


def clocks_in(course: Course, plan: PlanState, parts: Iterable[Step | Action]) -> tuple[StepClock, ...]:
    """Return the clocks of steps or actions of a plan as it stands, also of one that is closed."""
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
    """Return an action as a step; one that is a step of the pathway goes by that step's clock."""
    return part if isinstance(part, Step) else Step(part.id, "clock", (part.owner,), part.due)


def _open_stands(due: datetime | None, now: datetime) -> Standing:
    if due is None:
        return "waiting"
    if oslo(now) > due:
        return "late"
    near = due - oslo(now) <= timedelta(hours=read("pathway")["standing"]["due_soon_hours"])
    return "due_soon" if near or oslo_day(due) == oslo_day(now) else "waiting"


def _of_plan(
    course: Course, plan: PlanState, basis: Mapping[str, Basis], *, offsets: Mapping[str, int]
) -> tuple[StepClock, ...]:
    found = known_now(course, plan, basis)
    if found is None:
        return ()
    return clocks_in(course, plan, plan_as_it_stands(course, plan, found, settings=PlanSettings(offsets)).timeline)


def _counted(case: Case, state: PlanState) -> Case:
    """Return the case that the dates are counted from: a plan that renews another begins on its own day, at home."""
    if not state.from_its_start:
        return case
    began = datetime.combine(state.started, NOON, OSLO)
    return replace(case, encounter=replace(case.encounter, discharged=began, expected_discharge=None))


def _from_here(plan: Plan, case: Case, *, owed: tuple[Step, ...]) -> Plan:
    """Return a plan that renews another, without what belonged to the way home from hospital, which is over.

    `owed` are visits of the plan before that are still to come.
    """
    steps = (*owed, *(step for step in plan.timeline if step.id in read("pathway")["renewal"]["steps"]))
    blocks = _only(plan, _still_comes)
    kept = {action.id for block in blocks for action in block.actions}
    conflicts = tuple(each for each in plan.conflicts if kept.issuperset(each.actions))
    home = case.encounter.discharged
    discharge = oslo_day(home) if home else plan.discharge
    return replace(plan, timeline=steps, blocks=blocks, conflicts=conflicts, discharge=discharge)


def _owed(
    course: Course, state: PlanState, made: Plan, *, case: Case, basis: Basis, settings: PlanSettings
) -> tuple[Step, ...]:
    """Return the visits before the evaluation: those left of the plan before, else those of one that begins at home."""
    if state.renews is None:
        return tuple(step for step in made.timeline if step.id in read("pathway")["begun_at_home"]["steps"])
    accepted = accepted_of(course, state, basis.assessment)
    from_home = build_plan(case, basis.assessment, accepted=accepted, settings=settings)
    return still_to_come(course, state, from_home.timeline)


def _after_another_stay(plan: Plan, state: PlanState) -> Plan:
    """Return a resumed plan without a conflict of dates from before the newer stay, which nobody can mend.

    Where that stay was over when it went on, it has nothing of what is done in hospital either.
    """
    conflicts = tuple(each for each in plan.conflicts if each.kind != "due_before_admission")
    plan = replace(plan, conflicts=conflicts)
    if not state.resumed_home:
        return plan
    steps = tuple(step for step in plan.timeline if not _over_with_stay(step))
    return replace(plan, timeline=steps, blocks=_only(plan, lambda action: action.due.anchor != "admission"))


def _over_with_stay(step: Step) -> bool:
    """Return whether a step is of the stay alone, to the journey home; what the hospital owes after it is not."""
    before_home = step.due.anchor == "discharge" and step.due.before
    return step.due.anchor == "admission" or (before_home and step.id not in read("pathway")["before_plan"]["steps"])


def _only(plan: Plan, keeps: Callable[[Action], bool]) -> tuple[Block, ...]:
    return tuple(replace(block, actions=tuple(filter(keeps, block.actions))) for block in plan.blocks)


def _still_comes(action: Action) -> bool:
    return comes_after_discharge(action.due)


def comes_after_discharge(due: Due) -> bool:
    """Return whether something is counted from going home, or comes when something happens."""
    return due.anchor in {"discharge", "event"} and not due.before


def _after_waiting(course: Course, state: PlanState, plan: Plan) -> Plan:
    """Return the plan with each date later by the time that was waited."""
    of = state.marks
    steps = tuple(replace(step, due=_due(course, of, step, plan=state)) for step in plan.timeline)
    blocks = tuple(
        replace(block, actions=tuple(replace(each, due=_due(course, of, each, plan=state)) for each in block.actions))
        for block in plan.blocks
    )
    return replace(plan, timeline=steps, blocks=blocks)


def _of_stay(
    course: Course, stay: Stay, basis: Mapping[str, Basis], *, offsets: Mapping[str, int]
) -> tuple[StepClock, ...]:
    """Return the hospital's own clocks of a stay: in it all of them, after it what is owed until someone gives it."""
    newest = stay.id == course.stay.id if course.stay else False
    steps = _in_hospital(course, stay, basis, offsets=offsets) if newest and course.in_hospital else ()
    if stay in course.owed:
        steps = _after_stay(course, stay, basis, offsets=offsets)
    if newest and left_undecided(course, basis):
        steps = (*steps, _settling_step(stay, offsets))
    return clocks_in_stay(course, stay, steps)


def clocks_in_stay(course: Course, stay: Stay, steps: Iterable[Step]) -> tuple[StepClock, ...]:
    """Return the clocks of the hospital's own steps of a stay, also of one that is over."""
    every = (replace(step, due=_due(course, stay.id, step)) for step in steps)
    return tuple(_clock(course, stay.id, step) for step in every)


def _in_hospital(
    course: Course, stay: Stay, basis: Mapping[str, Basis], *, offsets: Mapping[str, int]
) -> tuple[Step, ...]:
    """Return what is due in a stay, after the screening where no person has screened."""
    screening = screening_in(course, stay)
    to_screen = (_screening_step(stay),) if screening is None or screening.unjudged else ()
    found = basis.get(screening.assessment) if screening else None
    return (*to_screen, *(_before_plan(found, stay, offsets) if found else _need_step(course, stay, offsets)))


def _after_stay(
    course: Course, stay: Stay, basis: Mapping[str, Basis], *, offsets: Mapping[str, int]
) -> tuple[Step, ...]:
    """Return what is owed after the newest stay, and of an earlier or unscreened one the epikrise alone."""
    screening = screening_in(course, stay) if course.stay == stay else None
    found = basis.get(screening.assessment) if screening and not screening.unjudged else None
    if found:
        return _before_plan(found, stay, offsets)
    return (epikrise_step(stay, offsets),)


def epikrise_step(stay: Stay, offsets: Mapping[str, int]) -> Step:
    """Return what is owed after any stay, whatever is known of it."""
    template = step(EPIKRISE)
    return Step(EPIKRISE, template.kind, template.owners, due(template.due, _from(stay, offsets), owner=""))


def _settling_step(stay: Stay, offsets: Mapping[str, int]) -> Step:
    table = read("pathway")["left_undecided"]
    when = due(DueRule(anchor="discharge", days=table["days"]), _from(stay, offsets), owner=table["owner"])
    return Step(LEFT, "clock", (table["owner"],), when)


def _from(stay: Stay, offsets: Mapping[str, int]) -> Clock:
    """Return the days that are counted from a stay that has ended."""
    left = oslo_day(stay.discharged or stay.admitted)
    return Clock(index=left, admitted=stay.admitted, discharge=left, offsets=offsets)


def _screening_step(stay: Stay) -> Step:
    table = read("pathway")["screening"]
    at = oslo(stay.admitted).astimezone(UTC) + timedelta(hours=table["hours"])
    due = Due("admission", hours=table["hours"], on=oslo_day(at), at=at)
    return Step(SCREENING, "clock", (table["owner"],), due)


def _need_step(course: Course, stay: Stay, offsets: Mapping[str, int]) -> tuple[Step, ...]:
    """Return the notice's own date for a stay of which nobody knows the need: unknown is never none."""
    template = step(NOTICE)
    if not course.concerns(stay):
        return ()
    clock = Clock(index=oslo_day(stay.admitted), admitted=stay.admitted, discharge=None, offsets=offsets)
    return (Step(NEED, "clock", template.owners, due(template.due, clock, owner=template.owners[0])),)


def _before_plan(found: Basis, stay: Stay, offsets: Mapping[str, int]) -> tuple[Step, ...]:
    """Return the clocks that do not wait for a plan, whatever pathway it will be."""
    every = hospital_steps(found, stay, offsets)
    beside = read("pathway")["before_plan"]["steps"]
    # What was to be done in hospital is over when the stay is.
    return tuple(step for step in every if step.id in beside) if stay.discharged else every


def hospital_steps(found: Basis, stay: Stay, offsets: Mapping[str, int]) -> tuple[Step, ...]:
    """Return what the hospital owes of a stay without a plan, from its admission to its discharge."""
    clock = Clock(
        index=found.assessment.index_date,
        admitted=stay.admitted,
        discharge=oslo_day(stay.discharged) if stay.discharged else stay.expected,
        expected=stay.discharged is None and stay.expected is not None,
        offsets=offsets,
    )
    every = timeline(found.assessment, clock, pathway=None, instead=replacement(place(found.case)))
    beside = read("pathway")["before_plan"]["steps"]
    return tuple(step for step in every if step.due.anchor == "admission" or step.id in beside)


def _due(course: Course, of: str, part: Step | Action, *, plan: PlanState | None = None) -> Due:
    """Return when a step or action is due, later by the time that its plan or its clock waited before it was done."""
    key = (of, task_of(part.id))
    done = _done(course, key)
    rests = (*(plan.rests if plan else ()), *course.rests.get(key, ()))
    return moved_on(part.due, [rest for rest in rests if done is None or rest.since < done])


def _clock(course: Course, of: str, step: Step, *, plan: PlanState | None = None) -> StepClock:
    key = (of, task_of(step.id))
    mark, done = _mark(course, key), _done(course, key)
    paused = key in course.waits or (plan is not None and plan.status == "paused")
    state: ClockState = "paused" if paused else "open"
    if mark is not None:
        state = "done" if done else "not_done"
    owner = course.owners.get(key, step.owners[0])
    expected = step.due.expected and not step.due.before
    return StepClock(of, step.id, owner, end_of(step.due), state, done, expected)


def _mark(course: Course, key: tuple[str, str]) -> StepDone | StepNotDone | None:
    """Return how a step is marked; the day of discharge is set by its date alone, whoever says that it is done."""
    mark = course.marks.get(key)
    stay = next((each for each in course.stays if each.id == key[0]), None)
    if key[1] == EXPECTED_SET and stay:
        return _told_by(stay, None if isinstance(mark, StepDone) else mark)
    if key[1] == NEED and mark is None:  # who has sent the notice has answered whether it was needed
        return course.marks.get((key[0], NOTICE))
    return mark or _ticked(course, key)


def _ticked(course: Course, key: tuple[str, str]) -> StepDone | None:
    """Return the mark of an action that is a point of a step's checklist, once that point was ticked."""
    of, action = key
    step, point = point_of(action) or ("", "")
    mark = course.marks.get((of, step))
    return mark if isinstance(mark, StepDone) and point in mark.checked else None


def _done(course: Course, key: tuple[str, str]) -> datetime | None:
    mark = _mark(course, key)
    return oslo(mark.at).astimezone(UTC) if isinstance(mark, StepDone) else None


def _told_by(stay: Stay, mark: StepNotDone | None) -> StepDone | StepNotDone | None:
    """Return the mark that nobody has to make: a known day of discharge is set, and after the stay none is needed."""
    if stay.expected_at is not None:
        return StepDone(stay.id, EXPECTED_SET, stay.expected_at)
    return mark or (StepNotDone(stay.id, EXPECTED_SET, "not_needed") if stay.discharged else None)
