"""Which resources there are of a patient, by type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from api.fhir.about import About
from api.fhir.elements import Json
from api.fhir.resources.composition import compositions
from api.fhir.resources.observation import cfs_observation
from api.fhir.resources.patient import patient
from api.fhir.resources.plans import care_plan, tasks_of
from api.fhir.resources.provenance import provenances
from api.fhir.resources.response import questionnaire_response
from api.fhir.resources.risk import risk_assessment
from api.fhir.resources.service_request import service_request


def _patients(about: About) -> Iterator[Json]:
    yield patient(about)


def _observations(about: About) -> Iterator[Json]:
    return (found for each in about.screenings if (found := cfs_observation(about, each)))


def _risks(about: About) -> Iterator[Json]:
    return (risk_assessment(about, each) for each in about.screenings)


def _requests(about: About) -> Iterator[Json]:
    return (found for each in about.screenings if (found := service_request(about, each)))


def _responses(about: About) -> Iterator[Json]:
    return (questionnaire_response(about, each) for each in about.screenings)


def _plans(about: About) -> Iterator[Json]:
    return (care_plan(about, each) for each in about.plans)


def _tasks(about: About) -> Iterator[Json]:
    return (task for each in about.plans for task in tasks_of(about, each))


OF_PATIENT: Mapping[str, Callable[[About], Iterable[Json]]] = {
    "Patient": _patients,
    "Observation": _observations,
    "RiskAssessment": _risks,
    "CarePlan": _plans,
    "Task": _tasks,
    "ServiceRequest": _requests,
    "Composition": compositions,
    "Provenance": provenances,
    "QuestionnaireResponse": _responses,
}
"""The types that are of one patient, and what gives them, the oldest first."""
