"""What a call must hold: what is missing or of another type is a 400, and what cannot be a call at all is a 4xx."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.cds.hooks import BASE, at, call, outcome, patient, selecting
from tests.cds.serving import Served


def changed(place: str, value: Any) -> dict[str, Any]:
    """Return a call that is right but for one place; `...` takes it out."""
    body = call("patient-view", {"patient": patient()}, more={"fhirServer": "https://epj.example/fhir"})
    *path, last = place.split(".")
    inside = body
    for name in path:
        inside = inside.setdefault(name, {})
    if value is ...:
        del inside[last]
    else:
        inside[last] = value
    return body


@pytest.mark.parametrize("place", ["hook", "hookInstance", "context", "context.userId", "context.patientId"])
@pytest.mark.parametrize("value", [..., None, "", 5, [], True])
def test_what_is_required_must_be_there_with_its_type(demo: Served, place: str, value: Any):
    answer = demo.client.post(at("patient-view"), json=changed(place, value))
    assert answer.status_code == 400
    assert answer.json()["where"] == place


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("fhirServer", 5),
        ("fhirServer", {}),
        ("fhirAuthorization", "Bearer x"),
        ("fhirAuthorization", {}),
        ("fhirAuthorization.access_token", "two words"),
        ("fhirAuthorization.access_token", "line\r\nbreak"),
        ("prefetch", []),
        ("prefetch.patient", 5),
        ("prefetch.patient", {}),
        ("context.patientId", "../../etc"),
        ("context.patientId", "p1?x=1"),
        ("context.encounterId", "a b"),
    ],
)
def test_what_is_optional_must_have_its_type(demo: Served, place: str, value: Any):
    assert demo.client.post(at("patient-view"), json=changed(place, value)).status_code == 400


@pytest.mark.parametrize("place", ["fhirServer", "fhirAuthorization", "prefetch.medicines", "extension"])
def test_null_stands_for_what_was_not_said(demo: Served, place: str):
    assert demo.client.post(at("patient-view"), json=changed(place, None)).status_code == 200


@pytest.mark.parametrize("place", ["fhirServer", "context.encounterId"])
def test_an_empty_text_stands_for_what_was_not_said(demo: Served, place: str):
    assert demo.client.post(at("patient-view"), json=changed(place, " ")).status_code == 200
    assert demo.client.post(at("patient-view"), json=changed(place, "")).status_code == 200


def test_a_token_without_a_server_is_refused(demo: Served):
    body = call("patient-view", {"patient": patient()}, more={"fhirAuthorization": {"access_token": "x"}})
    assert demo.client.post(at("patient-view"), json=body).status_code == 400


@pytest.mark.parametrize("hook", ["encounter-start", "encounter-discharge"])
def test_a_stay_must_be_named_where_the_hook_is_about_one(demo: Served, hook: str):
    assert demo.client.post(at(hook), json=call(hook, {"patient": patient()}, encounterId=None)).status_code == 400


@pytest.mark.parametrize("name", ["selections", "draftOrders"])
@pytest.mark.parametrize("value", [None, 5, "text", [5], {"resourceType": "Patient"}])
def test_orders_must_be_a_bundle_and_a_list_of_ids(demo: Served, name: str, value: Any):
    body = selecting(prefetch={"patient": patient()}, selected=["MedicationRequest/r1"])
    body["context"][name] = value
    assert demo.client.post(at("order-select"), json=body).status_code == 400


def test_a_service_answers_its_own_hook_alone(demo: Served):
    body = call("encounter-start", {"patient": patient()})
    assert demo.client.post(at("patient-view"), json=body).status_code == 400


@pytest.mark.parametrize("path", ["/nothing", "/rett-hjem", "/rett-hjem-patient-view/x", "/rett%20hjem"])
def test_a_service_that_does_not_exist_is_not_found(demo: Served, path: str):
    answer = demo.client.post(BASE + path, json=call("patient-view", {"patient": patient()}))
    assert answer.status_code == 404


def test_ids_are_also_read_where_they_are_written_as_references(demo: Served):
    body = call("encounter-start", {"patient": patient()}, patientId="Patient/p1", encounterId="Encounter/e1")
    assert demo.client.post(at("encounter-start"), json=body).status_code == 200


NESTED: Any = []
for _ in range(200):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b'"text"', b"\xff\xfe", b'{"hook": NaN}', b"[" * 100_000, b'{"a":' * 5_000],
)
def test_what_is_not_a_json_object_is_refused(demo: Served, content: bytes):
    answer = demo.client.post(at("patient-view"), content=content, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500
    assert answer.elapsed.total_seconds() < 1


@pytest.mark.parametrize("service", ["rett-hjem-patient-view", "rett-hjem-patient-view/feedback"])
def test_fifty_megabytes_are_refused_before_they_are_read(demo: Served, service: str):
    content = b'{"hook": "' + b"x" * 50_000_000 + b'"}'
    answer = demo.client.post(f"{BASE}/{service}", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.elapsed.total_seconds() < 1


def test_deep_nesting_inside_a_resource_is_refused(demo: Served):
    body = call("patient-view", {"patient": patient(extension=NESTED)})
    assert demo.client.post(at("patient-view"), json=body).status_code == 422


def test_resources_that_refer_to_each_other_in_a_ring_come_to_an_end(demo: Served):
    ring = [
        {"resourceType": "Encounter", "id": f"e{n}", "status": "in-progress", "subject": {"reference": "Patient/p1"},
         "partOf": {"reference": f"Encounter/e{1 - n}"}, "contained": [{"resourceType": "Location", "id": "x"}],
         "location": [{"location": {"reference": "#x"}}]}
        for n in range(2)
    ]  # fmt: skip
    stays = {"resourceType": "Bundle", "entry": [{"resource": each} for each in ring]}
    body = call("patient-view", {"patient": patient(), "encounter": stays})
    assert demo.client.post(at("patient-view"), json=body).status_code == 200


def test_an_outcome_as_a_draft_is_no_order(demo: Served):
    drafts = {"resourceType": "Bundle", "entry": [{"resource": outcome()}]}
    body = call("order-select", {"patient": patient()}, selections=["x"], draftOrders=drafts)
    answer = demo.client.post(at("order-select"), json=body)
    assert answer.json() == {"cards": []}


def test_a_body_larger_than_any_patients_is_refused(demo: Served):
    body = call("patient-view", {"patient": {**patient(), "text": {"div": "x" * 4_100_000}}})
    assert demo.client.post(at("patient-view"), json=body).status_code == 413
    assert demo.client.post(f"{at('patient-view')}/feedback", json={"feedback": "x" * 4_100_000}).status_code == 413


def test_many_large_calls_at_once_are_taken_one_by_one_or_asked_to_come_again(demo: Served):
    names = [{"given": ["x"]} for _ in range(45_000)]
    body = call("patient-view", {"patient": patient("large", name=names)}, patientId="large")
    small = call("patient-view", {"patient": patient("small")}, patientId="small")
    with ThreadPoolExecutor(12) as pool:
        large = [pool.submit(demo.client.post, at("patient-view"), json=body) for _ in range(12)]
        between = demo.client.post(at("patient-view"), json=small)
        answers = [each.result() for each in large]
    assert between.status_code == 200
    assert {each.status_code for each in answers} == {200, 503}
    assert all(each.headers["retry-after"] for each in answers if each.status_code == 503)
