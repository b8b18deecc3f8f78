"""`/openapi.json` is whole: every route is told of in words, its examples are valid, and anyone may read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.v1.administration import Restoring
from api.v1.documents import ADMISSION, EVENT, OPENING, RESTORING, SEARCH, cases
from api.v1.event_bodies import BODIES, read_event
from api.v1.patients import Named, Opening
from careplans.course.events import KINDS
from forms.identity import parse_identity_number, require_synthetic
from forms.model import read_case

OWN = frozenset({"401", "403", "422", "429", "503", "507"})


@pytest.fixture(scope="module")
def described(client: TestClient) -> dict[str, Any]:
    """The description, read by nobody in particular."""
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def routes(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every route of the API."""
    for path, methods in described["paths"].items():
        if path.startswith("/api/"):
            yield from ((f"{method.upper()} {path}", route) for method, route in methods.items())


def test_every_route_is_told_of_in_words_and_says_who_may_come_in(described: dict[str, Any]):
    for name, route in routes(described):
        assert route["description"].endswith("."), name
        assert route["description"].startswith(route["summary"]), name
        assert {next(iter(each)) for each in route["security"]} == {"token", "session"}, name


def test_every_route_tells_of_what_any_route_can_answer(described: dict[str, Any]):
    for name, route in routes(described):
        assert set(route["responses"]) >= OWN, name
        for status in OWN:
            assert list(route["responses"][status]["content"]) == ["application/problem+json"], name


def test_a_body_is_described_by_its_shape(described: dict[str, Any]):
    for name, route in routes(described):
        if name.startswith(("POST ", "PUT ")):
            ((media_type, content),) = route["requestBody"]["content"].items()
            assert (
                content["schema"]["description"] if media_type == "application/xml" else "$ref" in content["schema"]
            ), name


def test_the_case_is_described_answer_by_answer(described: dict[str, Any]):
    shapes = described["components"]["schemas"]
    assert shapes["Case"]["properties"]["answers"]["anyOf"][0]["$ref"].endswith("/AnswersModel")
    assert "cfs_clinician" in shapes["AnswersModel"]["properties"]


def test_every_kind_of_event_that_can_be_sent_has_its_shape(described: dict[str, Any]):
    mapping = described["components"]["schemas"]["Event"]["discriminator"]["mapping"]
    assert set(mapping) == set(BODIES)
    assert len(mapping) == len(KINDS) - 1
    assert {each.rpartition("/")[2] for each in mapping.values()} <= set(described["components"]["schemas"])


@pytest.mark.parametrize("name", cases())
def test_the_examples_are_cases_of_synthetic_people(name: str):
    case = read_case(cases()[name]["value"])
    assert case.patient.id
    require_synthetic(parse_identity_number(case.patient.id, "patient.id"), "patient.id")


def test_the_other_examples_are_what_they_are_examples_of():
    read_case(ADMISSION)
    read_event(EVENT)
    Opening.model_validate(OPENING)
    Restoring.model_validate(RESTORING)
    require_synthetic(parse_identity_number(Named.model_validate(SEARCH).identity, "identity"), "identity")
