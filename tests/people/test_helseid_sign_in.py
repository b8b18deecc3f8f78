"""Signing in as HelseID asks for it: the question is pushed, the client shows a key, and so does the token request."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, JWKRegistry, RSAKey
from joserfc.jws import extract_compact
from sqlalchemy import Engine

from api.people.proofs import KIND
from api.settings import Settings, read_settings
from api.storage.writer import Writer
from engine.errors import InputError
from tests.people.conftest import ADDRESS, Site
from tests.people.provider import AUDIENCE, CLIENT, URL, Provider

OURS = RSAKey.generate_key(2048, {"kid": "ours", "alg": "PS256"})
ISSUER: dict[str, Any] = {
    "url": URL,
    "client_id": CLIENT,
    "client_key": json.dumps(OURS.as_dict(private=True)),
    "audience": [AUDIENCE],
    "dpop_at_sign_in": True,
}


class HelseId(Provider):
    """A provider that takes nothing but a pushed question, a signed client and a proof with its own nonce."""

    def __init__(self) -> None:
        super().__init__()
        self.about |= {
            "pushed_authorization_request_endpoint": f"{URL}/par",
            "require_pushed_authorization_requests": True,  # type: ignore[dict-item] # as it is in the metadata
        }
        self.pushed: list[dict[str, str]] = []
        self.assertions: list[str] = []
        self.nonce: str | None = "from-helseid"

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer as HelseID does."""
        if request.method == "GET":
            return super().answer(request)
        form = dict(parse_qsl(request.content.decode()))
        self._check(form)
        if request.url.path.endswith("/par"):
            self.pushed.append(form)
            return httpx2.Response(201, json={"request_uri": "urn:par:1", "expires_in": 60})
        return self._with_proof(request)

    def _check(self, form: dict[str, str]) -> None:
        assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        token = jwt.decode(form["client_assertion"], OURS, algorithms=["PS256"])
        assert token.header == {"alg": "PS256", "kid": "ours", "typ": "client-authentication+jwt"}
        assert (token.claims["iss"], token.claims["sub"], token.claims["aud"]) == (CLIENT, CLIENT, URL)
        assert token.claims["exp"] - token.claims["iat"] <= 60
        assert form["client_assertion"] not in self.assertions
        self.assertions.append(form["client_assertion"])

    def _with_proof(self, request: httpx2.Request) -> httpx2.Response:
        header, claims = _read(request.headers["dpop"])
        assert header["typ"] == KIND
        assert set(header["jwk"]) == {"kty", "crv", "x", "y"}
        assert (claims["htm"], claims["htu"]) == ("POST", f"{URL}/token")
        if self.nonce and claims.get("nonce") != self.nonce:
            return httpx2.Response(400, json={"error": "use_dpop_nonce"}, headers={"DPoP-Nonce": self.nonce})
        return super()._token(parse_qs(request.content.decode()))


def _read(proof: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header = extract_compact(proof.encode()).headers()
    token = jwt.decode(proof, JWKRegistry.import_key(header["jwk"]), algorithms=["ES256"])
    return header, token.claims


@pytest.fixture
def site(store: tuple[Engine, Writer]) -> Site:
    """Give a server that signs people in with HelseID."""
    settings = Settings.model_validate({"issuer": ISSUER, "hospital": "STO", "public_url": ADDRESS})
    return Site(settings, *store, HelseId())


def test_one_signs_in_with_a_pushed_question_a_key_and_a_proof(site: Site):
    assert isinstance(site.provider, HelseId)
    out = site.browser.get("/signin/start", params={"next": "/page"})
    assert dict(parse_qsl(urlsplit(out.headers["location"]).query)) == {"client_id": CLIENT, "request_uri": "urn:par:1"}
    asked = site.provider.pushed[0]
    assert asked["code_challenge_method"] == "S256"
    site.provider.codes["good"] = site.provider.identity(nonce=asked["nonce"])
    back = site.browser.get("/signin/callback", params={"state": asked["state"], "code": "good"})
    assert (back.status_code, back.headers["location"]) == (303, "/page")
    assert len(site.provider.assertions) == 3


def test_a_nonce_that_never_fits_ends_the_sign_in(site: Site):
    assert isinstance(site.provider, HelseId)
    site.browser.get("/signin/start")
    asked = site.provider.pushed[0]

    class Never(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            return False

        def __ne__(self, other: object) -> bool:
            return True

    site.provider.nonce = Never("again")
    answer = site.browser.get("/signin/callback", params={"state": asked["state"], "code": "good"})
    assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_failed")
    assert len(site.provider.assertions) == 3


def test_a_provider_that_takes_no_pushed_question_is_away(site: Site):
    assert site.provider
    del site.provider.about["pushed_authorization_request_endpoint"]
    assert site.browser.get("/signin/start").json()["code"] == "sign_in_unavailable"


@pytest.mark.parametrize("kind", ["jwk", "pem-ec", "pem-rsa"])
def test_the_key_may_be_written_in_each_way(tmp_path, monkeypatch, kind):
    keys: dict[str, RSAKey | ECKey] = {
        "jwk": OURS,
        "pem-ec": ECKey.generate_key("P-384"),
        "pem-rsa": RSAKey.generate_key(2048),
    }
    key, file = keys[kind], tmp_path / "key"
    file.write_bytes(key.as_pem(private=True) if "pem" in kind else json.dumps(key.as_dict(private=True)).encode())
    monkeypatch.setenv("RETTHJEM_ISSUER", json.dumps({**ISSUER, "client_key": None, "client_key_file": str(file)}))
    issuer = read_settings(hospital="STO").issuer
    assert issuer
    assert issuer.client_key
    assert "BEGIN" not in repr(issuer)
    assert '"d"' not in repr(issuer)


@pytest.mark.parametrize(
    "given",
    [
        {"client_key": "not a key"},
        {"client_key": "{}"},
        {"client_key": '{"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0"}'},
        {"client_key": json.dumps(OURS.as_dict(private=False))},
        {"client_key": None, "client_key_file": "nowhere"},
        {"client_secret": "also"},
        {"client_key_file": "also"},
    ],
    ids=["words", "empty", "secret", "public", "no-file", "and-secret", "and-file"],
)
def test_a_key_that_is_none_or_one_way_too_many_is_refused_when_the_server_starts(monkeypatch, given):
    monkeypatch.setenv("RETTHJEM_ISSUER", json.dumps({**ISSUER, **given}))
    with pytest.raises(InputError, match="setting_secret"):
        read_settings(hospital="STO")
