"""Who wrote what down, and when: one Provenance for each event that stands."""

from __future__ import annotations

from collections.abc import Iterator

from api.fhir.about import About, task_id
from api.fhir.elements import Json, begun, instant, meta, narrative, own, person_words
from api.fhir.resources.observation import judged
from api.fhir.resources.service_request import cga_of
from careplans.course.events import (
    ClockPaused,
    ClockResumed,
    Decided,
    OwnerSet,
    PlanClosed,
    PlanPaused,
    PlanResumed,
    PlanStarted,
    Recorded,
    Screened,
    StepDone,
    StepNotDone,
)
from careplans.words import moment_words
from rules.times import oslo

OF_STEPS = StepDone | StepNotDone | ClockPaused | ClockResumed | OwnerSet


def provenances(about: About) -> Iterator[Json]:
    """Yield where each event that stands came from."""
    return (_provenance(about, each) for each in about.recorded)


def _provenance(about: About, recorded: Recorded) -> Json:
    by, kind, texts = recorded.by, recorded.event.kind, about.texts
    who = person_words(by, texts)
    return begun("Provenance", recorded.id, texts, meta(1, recorded.at)) | {
        "text": narrative([who, moment_words(oslo(recorded.at), texts)]),
        "target": [about.place.reference(*each) for each in _targets(about, recorded)],
        "recorded": instant(recorded.at),
        "activity": own("event", kind),
        "agent": [{"role": [own("role", by.role, texts(f"role.{by.role}"))], "who": {"display": who}}],
    }


def _targets(about: About, recorded: Recorded) -> list[tuple[str, str]]:
    """Return what an event made or changed, by type and id; the patient where it is none of ours."""
    event = recorded.event
    match event:
        case Screened():
            found = _of_screening(about, recorded)
        case Decided():
            found = _of_decision(about, event)
        case PlanStarted() | PlanPaused() | PlanResumed() | PlanClosed():
            found = [("CarePlan", each.id) for each in about.plans if each.state.id == event.plan]
        case StepDone() | StepNotDone() | ClockPaused() | ClockResumed() | OwnerSet():
            found = _of_step(about, event)
        case _:
            found = []
    return found or [("Patient", about.person)]


def _of_screening(about: About, recorded: Recorded) -> list[tuple[str, str]]:
    found = next((each for each in about.screenings if each.recorded.id == recorded.id), None)
    if found is None:  # an older version of one that was corrected
        return []
    kinds = ["QuestionnaireResponse", "RiskAssessment"]
    kinds += ["Observation"] if judged(found.basis.case) is not None else []
    return [(kind, found.id) for kind in kinds]


def _of_decision(about: About, event: Decided) -> list[tuple[str, str]]:
    found = next((each for each in about.screenings if each.stored.assessment == event.assessment), None)
    if found is None:
        return []
    cga = cga_of(found.basis.assessment)
    about_cga = cga is not None and cga.rule == event.rule
    return [("ServiceRequest" if about_cga else "RiskAssessment", found.id)]


def _of_step(about: About, event: OF_STEPS) -> list[tuple[str, str]]:
    return [
        ("Task", task_id(each.id, event.step))
        for each in about.plans
        if each.state.marks == event.course and any(step.id == event.step for step in each.plan.timeline)
    ]
