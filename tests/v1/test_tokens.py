"""A token opens the API only as the provider made it for us, and for as long as it lasts."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import ECKey

from api.record.record import Record
from tests.v1.issuer import AUDIENCE, CLIENT, ISSUER, KEY, token
from tests.v1.people import NURSE, Patient
from tests.v1.serving import served

WARD = "ward:STO/GER2"
NOW = int(time.time())
LONG = 6 * 3_600
"""Longer than all tests take from when they are collected."""

CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "nurse",
    "iat": NOW,
    "exp": NOW + LONG,
    "role": "nurse",
    "units": [WARD],
}


def part(content: dict[str, Any]) -> str:
    """Return a part of a token."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def unsigned(algorithm: str) -> str:
    """Return a token that says it needs no signature."""
    return f"{part({'alg': algorithm, 'typ': 'at+jwt', 'kid': 'test'})}.{part(CLAIMS)}."


def by_hmac() -> str:
    """Return a token signed with the provider's public key as if it were a secret."""
    said = f"{part({'alg': 'HS256', 'typ': 'at+jwt', 'kid': 'test'})}.{part(CLAIMS)}"
    digest = hmac.digest(KEY.as_pem(private=False), said.encode(), "sha256")
    return f"{said}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def by_stranger(**header: Any) -> str:
    """Return a token signed with somebody else's key."""
    key = ECKey.generate_key("P-256", {"kid": "test"}, private=True)
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "test"} | header, CLAIMS, key)


def cut() -> str:
    """Return a token whose claims were changed after it was signed."""
    header, _, signature = token("nurse", WARD).split(".")
    return f"{header}.{part(CLAIMS | {'role': 'administrator'})}.{signature}"


REFUSED = {
    "another issuer": token("nurse", WARD, iss="https://another.example"),
    "no issuer": token("nurse", WARD, iss=None),
    "another audience": token("nurse", WARD, aud="another-api"),
    "no audience": token("nurse", WARD, aud=None),
    "the client itself": token("nurse", WARD, aud=CLIENT),
    "expired": token("nurse", WARD, exp=NOW - 60),
    "without an end": token("nurse", WARD, exp=None),
    "not yet": token("nurse", WARD, nbf=NOW + LONG),
    "no such role": token("wizard", WARD),
    "two roles": token("nurse", WARD, role=["nurse", "doctor"]),
    "nobody": token("nurse", WARD, sub=None),
    "an id token": token("nurse", WARD, nonce="x"),
    "unsigned": unsigned("none"),
    "unsigned in capitals": unsigned("NONE"),
    "hmac": by_hmac(),
    "a stranger's key": by_stranger(),
    "a key of its own": by_stranger(jku="https://another.example/keys"),
    "an unknown key": by_stranger(kid="another"),
    "changed": cut(),
    "three dots": "...",
    "nothing": "",
    "long": "a" * 20_000,
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Record]]:
    """The application on one database: who may ask is the same on both."""
    with served(f"sqlite:///{tmp_path_factory.mktemp('v1') / 'record.sqlite'}") as both:
        yield both


@pytest.fixture(scope="module")
def patient(client: TestClient) -> Patient:
    """A patient on the nurse's ward."""
    return Patient.screened(client, 80)


@pytest.mark.parametrize("name", REFUSED)
def test_a_token_that_is_not_ours_opens_nothing(client: TestClient, patient: Patient, name: str):
    answer = client.get(patient.path, headers={"Authorization": f"Bearer {REFUSED[name]}"})
    assert answer.status_code == 401, name
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert patient.id not in answer.text
    assert "Prøve" not in answer.text


@pytest.mark.parametrize("header", ["Basic x", "bearer", "Bearer", "Bearer a b c"])
def test_another_way_of_saying_who_one_is_opens_nothing(client: TestClient, patient: Patient, header: str):
    assert client.get(patient.path, headers={"Authorization": header}).status_code == 401


def test_two_tokens_open_no_more_than_none(client: TestClient, patient: Patient):
    twice = [("Authorization", NURSE["Authorization"])] * 2
    assert client.get(patient.path, headers=twice).status_code == 401


def test_the_providers_own_token_opens_what_is_the_nurses(client: TestClient, patient: Patient):
    assert client.get(patient.path, headers={"Authorization": f"Bearer {token('nurse', WARD)}"}).status_code == 200


@pytest.mark.parametrize("units", [[], ["ward:"], ["GER2"], ["ward:AHUS/GER2"], ["municipality:5001"], "ward:STO/KIR1"])
def test_a_nurse_without_the_ward_sees_nobody_on_it(client: TestClient, patient: Patient, units: object):
    said = token("nurse", units=units)
    assert client.get(patient.path, headers={"Authorization": f"Bearer {said}"}).status_code == 404
