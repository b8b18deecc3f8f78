"""`$screen`: a Bundle in, what the rules make of it out. Nothing is stored; `POST /api/v1/screenings` stores."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.fhir.elements import Json, Place, begun, instant, known, narrative
from api.fhir.outcome import Issue, operation_outcome
from api.fhir.resources.observation import judged, observed
from api.fhir.resources.patient import identifier
from api.fhir.resources.plans import activities, plan_lines, suggested_steps
from api.fhir.resources.response import answered
from api.fhir.resources.risk import assessed, undecided_words
from api.fhir.resources.service_request import cga_of, requested
from api.intake import to_case
from api.intake.reading import Document
from api.planning import Request as PlanRequest
from api.planning import plan_of
from api.record.streams import Naming
from api.screening import Screening
from careplans.parts import Plan
from careplans.words import note_words
from engine.errors import InputError
from engine.texts import Texts
from forms.model import read_case
from rules.assessment import Assessment
from rules.case import Case
from rules.items import cfs_clinician

KINDS = (
    "Patient",
    "QuestionnaireResponse",
    "Observation",
    "RiskAssessment",
    "ServiceRequest",
    "CarePlan",
    "OperationOutcome",
)


@dataclass(frozen=True, slots=True)
class Screened:
    """What was found of one Bundle, and the language it is told in."""

    case: Case
    found: Assessment
    plan: Plan
    texts: Texts
    place: Place
    now: datetime

    def reference(self, kind: str) -> Json:
        """Return the reference to the answer's one resource of a type."""
        return self.place.reference(kind, "")


def screen(screening: Screening, content: Mapping[str, Any], texts: Texts, *, now: datetime) -> Json:
    """Return what the rules make of a Bundle, as a Bundle whose references lead to each other."""
    case = screening.checked(read_case(to_case(Document("bundle", bundle_in(content)), now).case))
    found = screening.assess(case, None, now)
    names = {f"{kind}/": f"urn:uuid:{uuid.uuid4()}" for kind in KINDS}
    told = Screened(case, found, plan_of(screening, case, found, PlanRequest()), texts, Place(names), now)
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": instant(now),
        "entry": [{"fullUrl": names[f"{each['resourceType']}/"], "resource": each} for each in _resources(told)],
    }


def bundle_in(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the Bundle that was sent, by itself or as the only parameter."""
    if content["resourceType"] == "Parameters":
        parameters = content.get("parameter")
        sent = parameters[0] if isinstance(parameters, list) and len(parameters) == 1 else None
        content = sent.get("resource") if isinstance(sent, dict) else None  # type: ignore[assignment] # refused below
    if not isinstance(content, dict) or content.get("resourceType") != "Bundle":
        raise InputError("resourceType", "not_a_bundle")
    return content


def _resources(told: Screened) -> Iterator[Json]:
    texts, found = told.texts, told.found
    subject = {"subject": told.reference("Patient")}
    yield _patient(told)
    level = _level(told.case)
    if told.case.answers:
        version = found.ruleset.version
        yield begun("QuestionnaireResponse", None, texts) | answered(told.case, texts, version=version) | subject
    if level is not None:
        derived = {"derivedFrom": [told.reference("QuestionnaireResponse")]}
        yield begun("Observation", None, texts) | _observed(told, level) | derived
    yield begun("RiskAssessment", None, texts) | assessed(found, texts, at=told.now) | subject | _basis(told, level)
    finding = cga_of(found)
    if finding:
        yield begun("ServiceRequest", None, texts) | requested(finding, texts) | subject
    yield _care_plan(told)
    yield _notes(told)


def _patient(told: Screened) -> Json:
    patient, texts = told.case.patient, told.texts
    naming = Naming(patient.id, None if patient.id else patient.local_id)
    named = patient.id or patient.local_id
    return begun("Patient", None, texts) | known(
        {
            "text": narrative([texts("fhir.patient"), patient.name or ""]),
            "identifier": [identifier(naming)] if named else None,
            "name": [{"text": patient.name}] if patient.name else None,
            "gender": patient.sex,
            "birthDate": patient.birth_date.isoformat() if patient.birth_date else None,
        }
    )


def _observed(told: Screened, level: int) -> Json:
    """Return the level that was sent; one that a person has not confirmed here is preliminary."""
    rater = told.case.rater
    at = rater.time if rater and rater.time else None
    status = "preliminary" if judged(told.case) is None else "final"
    return observed(level, told.texts, status=status, subject=told.reference("Patient"), at=at)


def _level(case: Case) -> int | None:
    level = case.answers.get(cfs_clinician.id)
    return level if isinstance(level, int) else None


def _basis(told: Screened, level: int | None) -> Json:
    kinds = ["QuestionnaireResponse"] if told.case.answers else []
    kinds += ["Observation"] if level is not None else []
    return known({"basis": [told.reference(kind) for kind in kinds]})


def _care_plan(told: Screened) -> Json:
    """Return the plan that would follow if every suggestion were accepted: a draft, and a proposal."""
    texts, plan = told.texts, told.plan
    title = texts("fhir.suggested_plan")
    return begun("CarePlan", None, texts) | known(
        {
            "text": narrative([title, *plan_lines(plan, texts)]),
            "status": "draft",
            "intent": "proposal",
            "title": title,
            "subject": told.reference("Patient"),
            "created": instant(told.now),
            "supportingInfo": [told.reference("RiskAssessment")],
            "activity": [*suggested_steps(plan, texts), *activities(plan, texts)],
        }
    )


def _notes(told: Screened) -> Json:
    """Return what could not be used, and what is not settled; where there is nothing, that too."""
    texts, found = told.texts, told.found
    notes = [
        Issue("informational", each.code, note_words(each, texts), each.where, "information") for each in found.notes
    ]
    errors = [
        Issue("exception", each.code, f"{texts(f'rule.{each.rule}')}: {texts(f'error.{each.code}')}", None, "warning")
        for each in found.errors
    ]
    open_ = [Issue("incomplete", "undecided", line, None, "information") for line in undecided_words(found, texts)]
    nothing = Issue("informational", "no_notes", texts("fhir.no_notes"), None, "information")
    return operation_outcome([*errors, *notes, *open_] or [nothing], texts.language)
