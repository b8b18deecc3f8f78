"""Cases as FHIR Bundles, for what takes Bundles."""

from __future__ import annotations

from typing import Any

from engine.facts import SetAnswer
from forms.questionnaire import NO, NONE_OF_THESE, YES
from rules.case import Answer, Case

PATIENT = {"reference": "Patient/p"}


def bundle_of(case: Case) -> dict[str, Any]:
    """Return a case as a Bundle with its patient, its answers as a form, its diagnoses and its medicines."""
    born = case.patient.birth_date
    patient: dict[str, Any] = {"resourceType": "Patient", "id": "p"}
    patient |= {"birthDate": born.isoformat()} if born else {}
    form = {
        "resourceType": "QuestionnaireResponse",
        "id": "q",
        "status": "completed",
        "subject": PATIENT,
        "authored": "2026-11-16T15:00:00+01:00",
        "item": [found for item, answer in case.answers.items() if (found := _question(item, answer))],
    }
    diagnoses = [_condition(n, each.code) for n, each in enumerate(case.diagnoses or ())]
    medicines = [_medicine(n, each.atc or "", each.use) for n, each in enumerate(case.medicines or ())]
    resources = [patient, *([form] if form["item"] else []), *diagnoses, *medicines]
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}


def _question(item: str, answer: Answer) -> dict[str, Any] | None:
    match answer:
        case bool():
            values: list[dict[str, Any]] = [{"valueCoding": {"code": YES if answer else NO}}]
        case int():
            values = [{"valueInteger": answer}]
        case SetAnswer():
            values = [{"valueCoding": {"code": code}} for code in sorted(answer.yes) or [NONE_OF_THESE]]
        case _:
            values = [{"valueCoding": {"code": answer}}]
    return {"linkId": item, "answer": values}


def _condition(n: int, code: str) -> dict[str, Any]:
    coding = {"system": "http://hl7.org/fhir/sid/icd-10", "code": code}
    return {"resourceType": "Condition", "id": f"c{n}", "subject": PATIENT, "code": {"coding": [coding]}}


def _medicine(n: int, atc: str, use: str | None) -> dict[str, Any]:
    coding = {"system": "http://www.whocc.no/atc", "code": atc, "display": "Legemiddel"}
    return {
        "resourceType": "MedicationStatement",
        "id": f"m{n}",
        "status": "active",
        "subject": PATIENT,
        "medicationCodeableConcept": {"coding": [coding]},
        "dosage": [{"asNeededBoolean": use == "as_needed"}],
    }
