"""A plan as CarePlan, with a Task for each step of the way home: owner, last moment, and how it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from api.fhir.about import About, Planned, task_id
from api.fhir.elements import OURS, Json, begun, instant, known, meta, narrative, own
from careplans.course.events import StepDone, StepNotDone
from careplans.course.state import ClockState, PlanState, StepClock
from careplans.parts import Plan, Step
from careplans.words import action_words, due_words, owners_words, step_words
from engine.texts import Texts

TASKS: Mapping[ClockState, str] = {
    "open": "requested",
    "paused": "on-hold",
    "done": "completed",
    "not_done": "cancelled",
}
"""How a clock stands, in FHIR's words for a task; whether it is late is for the reader, who knows the moment."""

ACTIVITIES: Mapping[ClockState, str] = {**TASKS, "open": "not-started"}
"""The same for an activity of a plan."""


def care_plan(about: About, planned: Planned) -> Json:
    """Return a plan that was started; its activities are tasks of their own."""
    texts, state = about.texts, planned.state
    tasks = [about.place.reference("Task", task_id(planned.id, step.id)) for step in planned.plan.timeline]
    return begun("CarePlan", planned.id, texts, meta(about.version, about.updated)) | known(
        {
            "text": narrative([texts("fhir.plan"), *plan_lines(planned.plan, texts)]),
            "identifier": [{"system": f"{OURS}:plan", "value": state.id}],
            "status": _status(state),
            "intent": "plan",
            "title": texts("fhir.plan"),
            "subject": about.patient,
            "period": known(
                {"start": state.started.isoformat(), "end": instant(state.closed) if state.closed else None}
            ),
            "created": instant(planned.recorded.at),
            "author": {"display": _author(planned, texts)},
            "supportingInfo": _supporting(about, planned),
            "activity": [{"reference": each} for each in tasks] + activities(planned.plan, texts, planned.states),
        }
    )


def tasks_of(about: About, planned: Planned) -> Iterator[Json]:
    """Yield the task of each step."""
    for step, clock in zip(planned.plan.timeline, planned.clocks, strict=True):
        yield _task(about, planned, step=step, clock=clock)


def plan_lines(plan: Plan, texts: Texts) -> list[str]:
    """Return a plan in lines: what, who and when."""
    steps = [(step_words(step, texts), step.owners, step.due) for step in plan.timeline]
    actions = [(action_words(each, texts), (each.owner,), each.due) for each in plan.actions]
    return [
        f"{what} – {owners_words(owners, texts)} – {due_words(due, texts)}" for what, owners, due in (*steps, *actions)
    ]


def activities(plan: Plan, texts: Texts, states: Mapping[str, ClockState] | None = None) -> list[Json]:
    """Return the plan's actions beside its steps, each as it stands."""
    return [
        {
            "detail": known(
                {
                    "code": own("action", each.id, action_words(each, texts)),
                    "status": ACTIVITIES[(states or {}).get(each.id, "open")],
                    "scheduledString": due_words(each.due, texts),
                    "performer": [{"display": texts(f"owner.{each.owner}")}],
                }
            )
        }
        for each in plan.actions
    ]


def suggested_steps(plan: Plan, texts: Texts) -> list[Json]:
    """Return the steps of a plan that nobody has started."""
    return [
        {
            "detail": known(
                {
                    "code": own("step", step.id, step_words(step, texts)),
                    "status": "not-started",
                    "scheduledString": due_words(step.due, texts),
                    "performer": [{"display": texts(f"owner.{owner}")} for owner in step.owners],
                }
            )
        }
        for step in plan.timeline
    ]


def _author(planned: Planned, texts: Texts) -> str:
    by = planned.recorded.by
    return by.name or texts(f"role.{by.role}")


def _supporting(about: About, planned: Planned) -> list[Json]:
    found = next((each.id for each in about.screenings if each.stored.assessment == planned.state.assessment), None)
    return [about.place.reference("RiskAssessment", found)] if found else []


def _status(state: PlanState) -> str:
    if state.status == "closed":
        return "completed" if state.ending == "completed" else "revoked"
    return {"running": "active", "paused": "on-hold"}[state.status]


def _task(about: About, planned: Planned, *, step: Step, clock: StepClock) -> Json:
    texts, mark = about.texts, about.course.marks.get((clock.course, clock.step))
    owner = texts(f"owner.{clock.owner}")
    what = step_words(step, texts)
    closed = planned.state.status == "closed" and clock.state in {"open", "paused"}
    return begun("Task", task_id(planned.id, step.id), texts, meta(about.version, about.updated)) | known(
        {
            "text": narrative(
                [what, texts("fhir.owner", owner=owner), texts("fhir.due", due=due_words(step.due, texts))]
            ),
            "basedOn": [about.place.reference("CarePlan", planned.id)],
            "status": "cancelled" if closed else TASKS[clock.state],
            "statusReason": _reason(about, clock, mark),
            "intent": "plan",
            "code": own("step", step.id, what),
            "description": what,
            "focus": about.place.reference("CarePlan", planned.id),
            "for": about.patient,
            "executionPeriod": {"end": instant(clock.done)} if clock.done else None,
            "authoredOn": instant(planned.recorded.at),
            "lastModified": instant(about.updated),
            "performerType": [own("owner", clock.owner, owner)],
            "owner": {"display": owner},
            "note": [{"text": mark.note}] if mark and mark.note else None,
            "restriction": {"period": {"end": instant(clock.due)}} if clock.due else None,
        }
    )


def _reason(about: About, clock: StepClock, mark: StepDone | StepNotDone | None) -> Json | None:
    if isinstance(mark, StepNotDone):
        return own("not-done", mark.because)
    waits = about.course.waits.get((clock.course, clock.step))
    return {"text": waits} if waits else None
