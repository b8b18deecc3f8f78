"""What is refused under /fhir is an OperationOutcome, with the same status and words as in the HTTP API."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from api.fhir.outcome import BY_STATUS, ISSUE_TYPES, fhir_path, outcome_of
from api.refusals import refusal_in_words
from api.v1.languages import texts_of
from engine.errors import InputError
from tests.fhir.tables import BINDINGS
from tests.v1.people import NURSE


def test_every_type_of_issue_is_one_that_fhir_has():
    assert {*ISSUE_TYPES.values(), *BY_STATUS.values()} <= BINDINGS["issue-type"]


@pytest.mark.parametrize(
    ("where", "path"),
    [
        ("entry[3] Condition.code", "Bundle.entry[3].resource.code"),
        ("entry[0] Patient", "Bundle.entry[0].resource"),
        ("Patient.birthDate", "Patient.birthDate"),
        ("answers.mst", None),
        ("line 3 column 4", None),
        (None, None),
    ],
)
def test_a_place_inside_a_resource_is_said_as_fhirpath(where: str | None, path: str | None):
    assert fhir_path(where) == path


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_refusal_is_said_in_the_callers_language(language):
    texts, error = texts_of(language), InputError("answers.mst", "number_over", limit=5)
    said = outcome_of(error, texts)
    assert said["language"] == language
    assert said["issue"][0]["details"]["text"] == refusal_in_words(error, texts)


def test_what_there_is_not_is_an_operation_outcome_in_the_fhir_interface_alone(client: TestClient):
    answer = client.get("/fhir/Nothing/1", headers=NURSE)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/fhir+json"
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert client.get("/api/v1/nothing").headers["content-type"] == "application/problem+json"


def test_what_says_itself_that_it_is_too_large_is_refused_as_an_operation_outcome(client: TestClient):
    answer = client.post("/fhir/$screen", content=b"{}", headers={"Content-Length": "99999999999"})
    assert answer.status_code == 413
    assert answer.json()["issue"][0]["code"] == "too-long"
