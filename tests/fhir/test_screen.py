"""`$screen`: a Bundle in, the computed resources out, and nothing stored; whatever is sent, the answer comes soon."""

from __future__ import annotations

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api.fhir.asking import LARGEST
from api.fhir.turns import LARGE, LINE
from api.record.record import Record
from api.storage.engine import reading
from api.storage.tables import access, assessment, person
from tests.fhir.bundles import PATIENT, bundle_of
from tests.fhir.checks import faults, unresolved
from tests.fhir.test_handing_in import response
from tests.fhir.test_reading import code_of
from tests.patients import random_case
from tests.v1.people import NURSE, Patient, number

SOON = 1.0
LEVEL = {
    "resourceType": "Observation",
    "status": "final",
    "subject": PATIENT,
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "763264000"}]},
    "valueInteger": 6,
}


def bundle(*resources: dict[str, Any], **patient: Any) -> dict[str, Any]:
    """Return a Bundle about one patient."""
    whole = ({"resourceType": "Patient", "id": "p", "birthDate": "1945-01-15"} | patient, *resources)
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in whole]}


def screened(client: TestClient, sent: Any, language: str = "nb") -> dict[str, Any]:
    """Return the resources of the answer by type."""
    answer = client.post("/fhir/$screen", json=sent, headers=NURSE | {"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    assert faults(answer.json()) == []
    assert unresolved({each["fullUrl"]: each["resource"] for each in answer.json()["entry"]}) == []
    return {each["resource"]["resourceType"]: each["resource"] for each in answer.json()["entry"]}


FORM = response(
    {"linkId": "cfs_clinician", "answer": [{"valueInteger": 6}]},
    {"linkId": "mst", "answer": [{"valueInteger": 2}]},
    {"linkId": "lifelong_disability", "answer": [{"valueBoolean": False}]},
    status="completed",
    subject=PATIENT,
)


def test_what_the_rules_make_of_a_bundle_comes_back_as_resources(client: TestClient):
    found = screened(client, bundle(FORM))
    assert {"Patient", "QuestionnaireResponse", "RiskAssessment", "ServiceRequest", "CarePlan"} <= set(found)
    assert found["ServiceRequest"]["intent"] == "proposal"
    assert (found["CarePlan"]["status"], found["CarePlan"]["intent"]) == ("draft", "proposal")
    rules = {each["outcome"]["coding"][0]["code"] for each in found["RiskAssessment"]["prediction"]}
    assert "nutrition" in rules


def test_a_level_that_was_read_elsewhere_comes_back_as_preliminary(client: TestClient):
    found = screened(client, bundle(LEVEL))
    level = found["Observation"]
    assert (level["valueQuantity"], level["status"]) == ({"value": 6}, "preliminary")
    assert level["derivedFrom"][0]["reference"].startswith("urn:uuid:")
    assert found["RiskAssessment"]["status"] == "preliminary"


def test_a_level_that_only_the_tree_proposes_is_no_observation(client: TestClient):
    helped = {"linkId": "badl_help", "answer": [{"valueCoding": {"code": "bathe"}}]}
    assert "Observation" not in screened(client, bundle(response(helped, status="completed", subject=PATIENT)))


def test_a_bundle_can_come_as_the_only_parameter(client: TestClient):
    sent = {"resourceType": "Parameters", "parameter": [{"name": "bundle", "resource": bundle(FORM)}]}
    assert "RiskAssessment" in screened(client, sent)


def test_nothing_is_stored_and_nobody_is_seen(client: TestClient, record: Record):
    Patient.screened(client, 60)

    def counts() -> list[Any]:
        with reading(record.engine) as connection:
            return [
                connection.execute(select(func.count()).select_from(each)).scalar()
                for each in (person, assessment, access)
            ]

    before = counts()
    screened(client, bundle(FORM, identifier=[{"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": number(60)}]))
    assert counts() == before


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_words_are_the_callers(client: TestClient, language: str):
    found = screened(client, bundle(FORM), language)
    assert all(each["language"].startswith(language) for each in found.values())


@pytest.mark.parametrize("seed", range(5))
def test_any_case_can_be_screened(client: TestClient, seed: int):
    assert "RiskAssessment" in screened(client, bundle_of(random_case(random.Random(seed))))


def cycle() -> bytes:
    """Return groups that hold their own linkId, and references that lead in a ring."""
    inner: dict[str, Any] = {"linkId": "a"}
    for _ in range(20):
        inner = {"linkId": "a", "item": [inner]}
    ring = [
        {
            "resourceType": "Observation",
            "id": str(n),
            "subject": PATIENT,
            "derivedFrom": [{"reference": f"Observation/{1 - n}"}],
        }
        for n in (0, 1)
    ]
    return json.dumps(bundle(*ring, FORM | {"item": [inner]})).encode()


def other() -> bytes:
    """Return another patient's answers beside one's own."""
    return json.dumps(bundle(FORM | {"subject": {"reference": "Patient/another"}})).encode()


def typed(value: str) -> bytes:
    """Return a Bundle whose entry is of the wrong type."""
    return b'{"resourceType":"Bundle","type":"collection","entry":' + value.encode() + b"}"


HOSTILE: dict[str, tuple[bytes, set[int]]] = {
    "nothing": (b"", {400}),
    "half": (b'{"resourceType": "Bundle", ', {400}),
    "a list": (b"[]", {422}),
    "no type": (b"{}", {422}),
    "a type that is a number": (b'{"resourceType": 7}', {422}),
    "another type": (b'{"resourceType": "Patient"}', {422}),
    "an entry that is a text": (typed('"x"'), {422}),
    "an entry that is a number": (typed("[7]"), {422}),
    "an entry that is null": (typed("[null]"), {422}),
    "a resource that is a list": (typed('[{"resource": []}]'), {422}),
    "no patient": (typed("[]"), {422}),
    "two patients": (
        typed('[{"resource":{"resourceType":"Patient","id":"a"}},{"resource":{"resourceType":"Patient","id":"b"}}]'),
        {422},
    ),
    "another patient's": (other(), {422}),
    "cycles": (cycle(), {200}),
    "deep": (b'{"resourceType":' + b'{"a":' * 200_000 + b"1" + b"}" * 200_001, {422}),
    "deep lists": (typed("[" * 500_000 + "]" * 500_000), {422}),
    "many parts": (typed("[" + ",".join(["{}"] * 600_000) + "]"), {422}),
    "a long text": (typed('["' + "x" * 3_900_000 + '"]'), {422}),
    "many entries": (typed("[" + ",".join(['{"resource":{"resourceType":"Observation"}}'] * 80_000) + "]"), {422}),
    "many names": (b'{"resourceType":"Bundle",' + b",".join(b'"k%d":1' % n for n in range(330_000)) + b"}", {422}),
    "larger than any patient": (typed('["' + "x" * 4_000_000 + '"]'), {413}),
    "a long number": (typed("9" * 100_000), {422}),
    "fifty megabytes": (typed('["' + "x" * 50_000_000 + '"]'), {413}),
    "fifty megabytes of parts": (typed("[" + "{}," * 16_000_000 + "{}]"), {413}),
}


@pytest.mark.parametrize("route", ["/fhir/$screen", "/fhir/QuestionnaireResponse"])
@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_sent_to_do_harm_is_refused_soon(client: TestClient, route: str, name: str):
    body, statuses = HOSTILE[name]
    began = time.monotonic()
    answer = client.post(route, content=body, headers=NURSE | {"Content-Type": "application/fhir+json"})
    assert time.monotonic() - began < SOON
    assert answer.status_code in (statuses if route.endswith("screen") else statuses - {200} | {422})
    if answer.status_code != 200:
        assert code_of(answer)


def test_several_large_bundles_take_turns_and_the_ones_that_would_wait_long_are_told_so(client: TestClient):
    medicine = {"resourceType": "MedicationStatement", "status": "active", "subject": PATIENT}
    many = [medicine | {"medicationCodeableConcept": {"text": f"Medisin {n}"}} for n in range(1_500)]
    body = json.dumps(bundle(*many, LEVEL)).encode()
    assert LARGE < len(body) < LARGEST
    headers = NURSE | {"Content-Type": "application/fhir+json"}
    with ThreadPoolExecutor(12) as pool:
        sent = [pool.submit(client.post, "/fhir/$screen", content=body, headers=headers) for _ in range(12)]
        small = pool.submit(client.post, "/fhir/$screen", json=bundle(LEVEL), headers=NURSE)
        answers = [each.result() for each in sent]
        assert small.result().status_code == 200
    refused = [each for each in answers if each.status_code != 200]
    assert 0 < len(refused) <= 12 - 1 - LINE
    assert {(each.status_code, code_of(each)) for each in refused} == {(503, "screening_busy")}
    assert {each.headers["retry-after"] for each in refused} == {"5"}
    assert client.post("/fhir/$screen", content=body, headers=headers).status_code == 200


def test_what_comes_in_pieces_without_a_length_is_stopped_too(client: TestClient):
    pieces = (b" " * 1_000_000 for _ in range(50))
    headers = NURSE | {"Content-Type": "application/fhir+json"}
    began = time.monotonic()
    answer = client.post("/fhir/$screen", content=pieces, headers=headers)
    assert time.monotonic() - began < SOON
    assert (answer.status_code, code_of(answer)) == (413, "body_too_large")


def test_another_kind_of_body_is_refused(client: TestClient):
    answer = client.post(
        "/fhir/$screen", content=b"<Bundle/>", headers=NURSE | {"Content-Type": "application/fhir+xml"}
    )
    assert (answer.status_code, code_of(answer)) == (415, "not_json")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/fhir+json", 200),
        ("application/json", 200),
        ('APPLICATION/FHIR+JSON; Charset="UTF-8"; fhirVersion=4.0', 200),
        ("application/json-patch+json", 415),
        ("application/merge-patch+json", 415),
        ("application/json; charset=utf-16", 415),
        ("application/fhir+json; fhirVersion=5.0", 415),
        ("", 415),
    ],
)
def test_a_body_is_json_in_utf_8_of_this_version(client: TestClient, kind: str, status: int):
    content = json.dumps(bundle(FORM)).encode()
    answer = client.post("/fhir/$screen", content=content, headers=NURSE | {"Content-Type": kind})
    assert answer.status_code == status, answer.text


def mutations(sent: Any, dice: random.Random) -> Any:
    """Return a document with one thing in it replaced by something of another kind."""
    changed = json.loads(json.dumps(sent))
    places: list[tuple[Any, Any]] = []

    def gather(value: Any) -> None:
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            places.append((value, key))
            if isinstance(each, dict | list):
                gather(each)

    gather(changed)
    where, key = dice.choice(places)
    where[key] = dice.choice([None, 0, -1, 1.5, True, "", "x" * 400, [], {}, [[]], {"a": 1}, [None], 10**30])
    return changed


@pytest.mark.parametrize("seed", range(150))
def test_whatever_is_changed_there_is_an_answer_and_never_a_defect(client: TestClient, seed: int):
    dice = random.Random(seed)
    sent = dice.choice(
        [bundle(FORM, LEVEL), bundle_of(random_case(dice)), response(subject={"identifier": {"value": number(60)}})]
    )
    for _ in range(dice.randint(1, 3)):
        sent = mutations(sent, dice)
    route = "/fhir/QuestionnaireResponse" if sent.get("resourceType") == "QuestionnaireResponse" else "/fhir/$screen"
    answer = client.post(route, json=sent, headers=NURSE)
    assert answer.status_code < 500, answer.text
    assert faults(answer.json()) == []
