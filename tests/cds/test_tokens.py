"""Whose calls are answered outside a demo: those with a token by ES384 or RS384 of a client in the settings, once."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from tests.cds.hooks import BASE, EPJ, FETCHED, KEY, KEY_SET, OTHER, RSA, at, call, patient, token
from tests.cds.serving import PROXY, Served
from tests.v1.serving import ADDRESS

PATH = at("patient-view")
HERE = ADDRESS + PATH
BODY = call("patient-view", {"patient": patient()})
SMALL = ECKey.generate_key("P-256", {"kid": "one"}, private=True)
SECRET = OctKey.import_key("a" * 64, {"kid": "one"})
LONG_FROM_NOW = 4_000_000_000


def shortly(claims: dict[str, Any]) -> str:
    return str(claims)[:20]


def asked(served: Served, said: str | None, path: str = PATH, body: Any = BODY) -> Any:
    headers = {} if said is None else {"Authorization": f"Bearer {said}"}
    return served.client.post(path, json=body, headers=headers)


def status(served: Served, said: str | None, path: str = PATH) -> int:
    answer = asked(served, said, path)
    assert answer.elapsed.total_seconds() < 1
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
    return int(answer.status_code)


def unsigned(header: dict[str, Any], **claims: Any) -> str:
    now = int(time.time())
    said = {"iss": EPJ, "aud": HERE, "iat": now, "exp": now + 300, "jti": "x", **claims}
    parts = (base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode() for each in (header, said))
    return ".".join((*parts, ""))


@pytest.mark.parametrize("key", [KEY, RSA], ids=["ES384", "RS384"])
def test_a_client_of_the_settings_is_answered(hospital: Served, key: Any):
    assert status(hospital, token(HERE, key=key)) == 200


@pytest.mark.parametrize("aud", [[HERE], HERE, ["https://other.example", HERE], PROXY + PATH, PROXY, f"{HERE}/"])
def test_a_token_is_for_this_address_or_one_that_the_operator_has_set(hospital: Served, aud: Any):
    assert status(hospital, token(aud)) == 200


@pytest.mark.parametrize(
    "aud", ["https://other.example" + PATH, ADDRESS, f"{ADDRESS}{at('order-select')}", [], 5, "", None, [5]]
)
def test_a_token_for_another_address_is_refused(hospital: Served, aud: Any):
    assert status(hospital, token(aud)) == 401


def test_without_a_token_nobody_is_answered_but_by_discovery(hospital: Served):
    assert status(hospital, None) == 401
    assert asked(hospital, None, f"{PATH}/feedback", {"feedback": []}).status_code == 401
    assert hospital.client.get(BASE).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": None},
        {"exp": 1},
        {"exp": LONG_FROM_NOW},
        {"exp": "soon"},
        {"exp": True},
        {"exp": float("inf")},
        {"iat": None},
        {"iat": LONG_FROM_NOW},
        {"iat": 0},
        {"iat": -(10**400)},
        {"iat": float("-inf")},
        {"iat": float("nan")},
        {"nbf": LONG_FROM_NOW},
        {"jti": None},
        {"jti": ""},
        {"jti": 5},
        {"jti": "x" * 2_000},
        {"iss": "https://other.example"},
        {"iss": None},
        {"iss": [EPJ]},
        {"iss": f"{EPJ}/"},
    ],
    ids=shortly,
)
def test_a_claim_that_is_wrong_or_missing_is_refused(hospital: Served, changed: dict[str, Any]):
    assert status(hospital, token(HERE, **changed)) == 401


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "four"},
        {"kid": None},
        {"kid": 5},
        {"typ": "at+jwt"},
        {"jwk": dict(OTHER.as_dict(private=False))},
        {"x5u": "https://other.example/cert"},
        {"crit": ["exp"], "exp": 1},
    ],
    ids=shortly,
)
def test_a_header_that_brings_something_of_its_own_is_refused(hospital: Served, header: dict[str, Any]):
    assert status(hospital, token(HERE, header=header)) == 401


def test_no_other_algorithm_is_taken(hospital: Served):
    rsa = RSAKey.import_key(RSA.as_dict(private=True), {"kid": "two"})
    assert status(hospital, token(HERE, key=SMALL, header={"alg": "ES256"})) == 401
    assert status(hospital, token(HERE, key=SECRET, header={"alg": "HS256"})) == 401
    assert status(hospital, token(HERE, key=rsa, header={"alg": "RS256"})) == 401
    for name in ("none", "None", "NONE", "ES384", ""):
        assert status(hospital, unsigned({"alg": name, "typ": "JWT", "kid": "one"})) == 401


def test_another_key_by_the_same_name_is_refused(hospital: Served):
    assert status(hospital, token(HERE, key=OTHER)) == 401


def test_a_token_is_good_once(hospital: Served):
    said = token(HERE)
    assert [status(hospital, said), status(hospital, said)] == [200, 401]


def test_a_token_for_one_service_does_not_open_its_feedback(hospital: Served):
    assert asked(hospital, token(HERE), f"{PATH}/feedback", {"feedback": []}).status_code == 401
    good = asked(hospital, token(f"{HERE}/feedback"), f"{PATH}/feedback", {"feedback": []})
    assert good.status_code == 400


def test_keys_at_an_address_of_the_settings_are_fetched_and_kept(hospital: Served):
    assert status(hospital, token(HERE, key=FETCHED, header={"jku": KEY_SET})) == 200
    assert status(hospital, token(HERE, key=FETCHED)) == 200
    assert hospital.servers.asked.count(KEY_SET) <= 1


@pytest.mark.parametrize(
    "jku", ["https://other.example/keys", f"{KEY_SET}?", f"{KEY_SET}/../x", "http://localhost/k", 5, ""]
)
def test_keys_at_any_other_address_are_never_fetched(hospital: Served, jku: Any):
    assert status(hospital, token(HERE, key=OTHER, header={"jku": jku})) == 401
    assert set(hospital.servers.asked) <= {KEY_SET}


@pytest.mark.parametrize(
    "said", ["", "a", "a.b", "a.b.c", "..", "é.é.é", "x" * 50_000, f"{'e30' * 9_000}.e30.x", "e30.e30.e30"]
)
def test_what_is_no_token_is_refused(hospital: Served, said: str):
    answer = hospital.client.post(PATH, json=BODY, headers=[(b"Authorization", f"Bearer {said}".encode())])
    assert answer.status_code in {401, 431}


def test_a_payload_of_deep_nesting_is_refused(hospital: Served):
    payload = base64.urlsafe_b64encode(b"[" * 8_000).rstrip(b"=").decode()
    header = token(HERE).split(".", maxsplit=1)[0]
    assert status(hospital, f"{header}.{payload}.AAAA") == 401


def test_another_scheme_or_two_tokens_are_refused(hospital: Served):
    for headers in ([("Authorization", f"Basic {token(HERE)}")], [("Authorization", f"Bearer {token(HERE)}")] * 2):
        assert hospital.client.post(PATH, json=BODY, headers=headers).status_code == 401


def test_a_demo_answers_anyone_with_no_token_or_a_well_formed_one_of_a_stranger(demo: Served):
    assert status(demo, None) == 200
    header = {"jku": "https://sandbox.example/jwks.json"}
    assert status(demo, token("anything", key=OTHER, iss="https://sandbox.example", header=header)) == 200
    assert demo.servers.asked == []
    assert status(demo, unsigned({"alg": "none"})) == 401
    assert status(demo, "nonsense") == 401
