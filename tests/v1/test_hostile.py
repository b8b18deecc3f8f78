"""What is sent to do harm: ids, numbers, depths, signs and sizes. Each gets a clear answer that repeats nothing."""

from __future__ import annotations

import asyncio
import json
import time
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.intake.reading import read_json
from api.v1 import asking
from tests.v1.issuer import bearer, token
from tests.v1.people import ADMINISTRATOR, DOCTOR, NURSE, Patient, case, with_answers

SCREENINGS = "/api/v1/screenings"
JSON = {"Content-Type": "application/json"}
IDS = (
    "0",
    "1 OR 1=1",
    "%00",
    "..%2f..%2fetc",
    "%F0%9F%A6%96" * 50,
    "%ed%a0%80",
    "A" * 5_000,
    "F" * 32,
    "0" * 31 + "%0a",
    "15814512336",
)
PROBLEM = "application/problem+json"
CRAFTED = urlsafe_b64encode(
    b'{"list":"team","as_of":"2026-11-17T00:00:00Z","rank":0,"at":"2026-11-17T00:00:00Z","ids":["\\u0000"]}'
).decode()


@pytest.fixture(scope="module")
def patient(client: TestClient) -> Patient:
    """A patient to be asked about."""
    return Patient.screened(client, 70)


@pytest.mark.parametrize("id", IDS)
@pytest.mark.parametrize("path", ["screenings/{}", "patients/{}", "patients/{}/events", "patients/{}/plan.pdf"])
def test_an_id_that_is_none_is_answered_as_one_that_does_not_exist(client: TestClient, path: str, id: str):
    answer = client.get(f"/api/v1/{path.format(id)}", headers=NURSE)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["code"] == "not_found"


BROKEN = {
    "nothing": (b"", 400),
    "half": (b'{"patient": {', 400),
    "no text": (b"\xff\xfe\x00", 400),
    "a list": (b"[1]", 422),
    "a number": (b"7", 422),
    "deep": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 422),
    "deep list": (b'{"answers":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 422),
    "not a number": (b'{"answers": {"four_at": NaN}}', 422),
    "endless": (b'{"answers": {"four_at": 1e999}}', 422),
    "huge": (b'{"answers": {"four_at": ' + b"9" * 5_000 + b"}}", 422),
    "twice": (b'{"patient": {}, "patient": {}}', 422),
    "nothing in a text": (b'{"patient": {"name": "a\\u0000b"}}', 422),
    "half a sign": (b'{"patient": {"name": "\\ud800"}}', 422),
    "half a sign as a name": (b'{"\\udfff": 1}', 422),
    "turned around": ('{"patient": {"name": "a\u202eb"}}'.encode(), 422),
    "many": (b'{"medicines": [' + b",".join([b"{}"] * 50_000) + b"]}", 422),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_body_that_is_no_case_is_refused_without_a_word_of_it(client: TestClient, name: str):
    body, status = BROKEN[name]
    began = time.monotonic()
    answer = client.post(SCREENINGS, content=body, headers=NURSE | JSON)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert len(answer.content) < 1_000
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("size", [20_000_001, 25_000_000])
def test_a_body_over_the_limit_is_refused_before_it_is_read(client: TestClient, size: int):
    answer = client.post(SCREENINGS, content=b"x" * size, headers=NURSE | JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a_body_that_never_says_how_long_it_is_is_counted(client: TestClient):
    parts = (b"x" * 1_000_000 for _ in range(25))
    answer = client.post(SCREENINGS, content=parts, headers=NURSE | JSON)
    assert answer.status_code == 413, answer.text
    assert answer.headers["content-type"] == PROBLEM


def test_a_case_of_twenty_megabytes_is_refused_without_a_word_of_it(client: TestClient):
    text = "x" * 19_000
    body = json.dumps(case(71) | {"medicines": [{"name": text} for _ in range(1_000)]}).encode()
    answer = client.post(SCREENINGS, content=body, headers=NURSE | JSON)
    assert answer.status_code == 422
    assert text not in answer.text


@pytest.mark.parametrize(("size", "beside"), [(100, False), (asking.LARGE, True)])
def test_a_large_body_is_read_beside_the_event_loop(client: TestClient, monkeypatch, size: int, beside: bool):
    on_the_loop: list[bool] = []

    def read(data: bytes, **limits: int) -> dict[str, Any]:
        on_the_loop.append(loop_runs_here())
        return read_json(data, **limits)

    monkeypatch.setattr(asking, "read_json", read)
    client.post(SCREENINGS, content=json.dumps({"x": "x" * size}), headers=NURSE | JSON)
    assert on_the_loop == [not beside]


def loop_runs_here() -> bool:
    """Return whether this thread is the one that everybody waits for."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", "application/jsonp", ""])
def test_what_is_not_marked_as_json_is_not_read(client: TestClient, kind: str):
    answer = client.post(SCREENINGS, content=json.dumps(case(72)), headers=NURSE | {"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "not_json")


@pytest.mark.parametrize("query", ["?language=xx", "?nonsense=1", "?audience=everyone", "?language=nb&x="])
def test_a_parameter_that_is_not_understood_is_refused(client: TestClient, patient: Patient, query: str):
    answer = client.get(f"{patient.path}/plan.html{query}", headers=DOCTOR)
    assert answer.status_code == 422
    assert "xx" not in answer.text
    assert "nonsense" not in answer.text


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=", "cursor=" + "A" * 700, "cursor=%00"])
def test_a_page_that_there_is_not_is_refused(client: TestClient, patient: Patient, query: str):
    assert client.get(f"{patient.events}?{query}", headers=DOCTOR).status_code == 422
    assert client.get(f"/api/v1/lists/team?{query}", headers=DOCTOR).status_code == 422


@pytest.mark.parametrize("filters", ["ward=%00", "ward=", "owner=a%00b", "cursor=" + CRAFTED, "track=" + "x" * 301])
def test_a_filter_that_no_database_takes_is_refused(client: TestClient, filters: str):
    answer = client.get(f"/api/v1/lists/team?{filters}", headers=DOCTOR)
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("field", ["ward", "label"])
def test_a_device_is_named_with_signs_that_can_be_stored(client: TestClient, field: str):
    sent = {"ward": "STO/GER2", "label": "Vaktrommet"} | {field: "STO/\x00"}
    answer = client.post("/api/v1/devices", json=sent, headers=ADMINISTRATOR)
    assert answer.status_code in {201, 422}, answer.text


@pytest.mark.parametrize("ward", ["STO/\x00", "\x00", "STO/" + "x" * 190])
def test_a_board_that_there_is_not_is_not_shown(client: TestClient, ward: str):
    team = bearer("geriatric_team", "hospital:STO")
    assert client.get("/tavle", params={"ward": ward}, headers=team).status_code in {200, 404, 422}


@pytest.mark.parametrize("version", ["0", "-1", "1e3", "99999999999999999999", "1000000"])
def test_a_version_that_there_is_not_is_refused(client: TestClient, patient: Patient, version: str):
    answer = client.get(f"{SCREENINGS}/{patient.screening}", params={"version": version}, headers=DOCTOR)
    assert answer.status_code in {404, 422}


@pytest.mark.parametrize("key", ["", " ", "æ", "a b", "x" * 201])
def test_a_key_that_cannot_be_kept_is_refused(client: TestClient, key: str):
    said = {name.encode(): value.encode() for name, value in NURSE.items()}
    answer = client.post(SCREENINGS, json=case(73), headers=said | {b"Idempotency-Key": key.encode("latin-1")})
    assert (answer.status_code, answer.json()["where"]) == (422, "header.Idempotency-Key")


EVENTS: tuple[dict[str, object], ...] = (
    {},
    {"kind": None},
    {"kind": ["moved"]},
    {"kind": "screened", "screening": "x", "assessment": "y"},
    {"kind": "moved", "municipality": "5001", "more": 1},
    {"kind": "moved", "municipality": "٥٠٠١"},
    {"kind": "step_done", "course": "E-70", "step": "x" * 61, "at": "2026-11-17T09:00:00Z"},
    {"kind": "step_done", "course": "E-70", "step": "HPH0", "at": 5},
    {"kind": "step_done", "course": "E-70", "step": "HPH0", "at": "2199-01-01T00:00:00Z"},
    {"kind": "step_done", "course": "E-70", "step": "HPH0", "at": "0001-01-01T00:00:00Z"},
    {"kind": "died", "on": "2199-01-01"},
    {"kind": "owner_set", "course": "E-70", "step": "HPH0", "owner": "<script>"},
    {"kind": "admitted", "stay": "s" * 301, "at": "2026-11-17T09:00:00Z", "hospital": "STO"},
    {"kind": "undone", "event": "0" * 32, "reason": "  "},
    {"kind": "undone", "event": "0" * 32, "reason": "Feil"},
    {"kind": "record_blocked", "blocked": "yes"},
)


@pytest.mark.parametrize("event", EVENTS, ids=str)
def test_an_event_that_cannot_be_is_refused(client: TestClient, patient: Patient, event: dict[str, object]):
    answer = client.post(patient.events, json=event, headers=DOCTOR | {"If-Match": patient.etag})
    assert answer.status_code == 422, answer.text
    assert answer.json()["where"]


def test_a_number_that_is_nobodys_comes_back_in_no_answer(client: TestClient):
    sent = case(74) | {"patient": {"id": "15814512399"}}
    answer = client.post(SCREENINGS, json=sent, headers=NURSE)
    assert (answer.status_code, answer.json()["where"]) == (422, "patient.id")
    assert "15814512399" not in answer.text


def test_an_answer_that_is_wrong_comes_back_in_no_answer(client: TestClient):
    sent = with_answers(75, what_matters={"hemmelig": "svar"}, hemmelig_felt=1)
    answer = client.post(SCREENINGS, json=sent, headers=NURSE)
    assert answer.status_code == 422
    assert "svar" not in answer.text.replace("svaret", "")


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/patients", "/api/v2/screenings", "/api/v1/lists/all"])
def test_what_is_not_there_is_said_as_a_problem(client: TestClient, path: str):
    answer = client.get(path, headers=DOCTOR)
    assert answer.status_code in {404, 422}
    assert answer.headers["content-type"] == PROBLEM


def test_what_cannot_be_done_here_is_said_with_what_can(client: TestClient, patient: Patient):
    answer = client.patch(f"{SCREENINGS}/{patient.screening}", headers=DOCTOR)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["allow"].replace(" ", "").split(",")) & {"GET", "PUT"}


def test_an_id_token_opens_nothing(client: TestClient):
    said = token("nurse", "ward:STO/GER2", nonce="x")
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {said}"}).status_code == 401
