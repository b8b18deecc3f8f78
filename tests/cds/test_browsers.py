"""Browsers on other pages: asked beforehand and answered, where the settings let them."""

from __future__ import annotations

import pytest

from tests.cds.hooks import BASE, at, call, patient
from tests.cds.serving import Served

OWN, OTHER = "https://epj.example", "https://sandbox.example"
PATHS = (BASE, at("patient-view"), f"{at('patient-view')}/feedback")


def asked_beforehand(served: Served, path: str, origin: str) -> dict[str, str]:
    method = "GET" if path == BASE else "POST"
    wanted = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization,content-type"}
    answer = served.client.options(path, headers={"Origin": origin, **wanted})
    return {"status": str(answer.status_code), **answer.headers}


@pytest.mark.parametrize("path", PATHS)
def test_a_page_of_the_settings_may_call(hospital: Served, path: str):
    said = asked_beforehand(hospital, path, OWN)
    assert said["status"] == "200"
    assert said["access-control-allow-origin"] == OWN
    assert {"authorization", "content-type"} <= {
        each.strip().lower() for each in said["access-control-allow-headers"].split(",")
    }
    assert "access-control-allow-credentials" not in said


@pytest.mark.parametrize("path", PATHS)
def test_any_other_page_may_not(hospital: Served, path: str):
    assert "access-control-allow-origin" not in asked_beforehand(hospital, path, OTHER)


@pytest.mark.parametrize("path", PATHS)
def test_in_a_demo_any_page_may(demo: Served, path: str):
    assert asked_beforehand(demo, path, OTHER)["access-control-allow-origin"] == "*"


def test_an_answer_and_a_refusal_are_both_for_the_page_to_read(demo: Served, hospital: Served):
    body = call("patient-view", {"patient": patient()})
    assert (
        demo.client.post(at("patient-view"), json=body, headers={"Origin": OTHER}).headers[
            "access-control-allow-origin"
        ]
        == "*"
    )
    refused = hospital.client.post(at("patient-view"), json=body, headers={"Origin": OWN})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, OWN)


def test_a_page_may_read_what_an_answer_says_beside_its_body(demo: Served, hospital: Served):
    body = call("patient-view", {"patient": patient()})
    for served, origin in ((demo, OTHER), (hospital, OWN)):
        answer = served.client.post(at("patient-view"), json=body, headers={"Origin": origin})
        shown = {each.strip() for each in answer.headers["access-control-expose-headers"].split(",")}
        assert {"Retry-After", "WWW-Authenticate", "Content-Language"} <= shown


def test_an_answer_is_kept_for_those_of_its_language_alone(demo: Served):
    body = call("patient-view", {"patient": patient()})
    for answer in (
        demo.client.get(BASE),
        demo.client.post(at("patient-view"), json=body),
        demo.client.post(at("patient-view"), json=call("patient-view")),
    ):
        assert "Accept-Language" in answer.headers["vary"]


def test_nothing_else_is_shared_with_other_pages(demo: Served):
    answer = demo.client.get("/health", headers={"Origin": OTHER})
    assert "access-control-allow-origin" not in answer.headers
