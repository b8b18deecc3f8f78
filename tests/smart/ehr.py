"""A record system for the tests: its sign-in, its tokens and its FHIR server, without a network; it can misbehave."""

from __future__ import annotations

import asyncio
import json
import time
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

HOST = "https://ehr.example.no"
ISS = f"{HOST}/fhir"
CLIENT = "rett-hjem"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
NUMBER = "13453700032"
JSON = {"Content-Type": "application/json"}


def patient(id: str = "p1", number: str | None = NUMBER) -> dict[str, Any]:
    """Return a synthetic patient of 89 years."""
    system = "urn:oid:2.16.578.1.12.4.1.4.1"
    identifier = {"identifier": [{"system": system, "value": number}]} if number else {}
    name = [{"use": "official", "given": ["Synne"], "family": "Prøve"}]
    return {
        "resourceType": "Patient",
        "id": id,
        "name": name,
        "birthDate": "1937-05-13",
        "gender": "female",
        **identifier,
    }


def encounter(id: str = "e1", of: str = "p1") -> dict[str, Any]:
    """Return the stay that the patient is in."""
    return {
        "resourceType": "Encounter",
        "id": id,
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": {"reference": f"Patient/{of}"},
        "period": {"start": "2026-11-20T08:00:00+01:00"},
    }


def condition(id: str = "c1", of: str = "p1") -> dict[str, Any]:
    """Return a diagnosis of the patient."""
    active = {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}
    icd10 = {"system": "urn:oid:2.16.578.1.12.4.1.1.7110", "code": "I50.9", "display": "Hjertesvikt"}
    return {
        "resourceType": "Condition",
        "id": id,
        "clinicalStatus": {"coding": [active]},
        "code": {"coding": [icd10]},
        "subject": {"reference": f"Patient/{of}"},
    }


class Ehr:
    """A record system whose every answer can be changed; `asked` counts its answers."""

    def __init__(self, iss: str = ISS) -> None:
        self.iss, self.host = iss, iss.removesuffix("/fhir")
        self.asked: Counter[str] = Counter()
        self.about: dict[str, Any] | None = {
            "issuer": iss,
            "jwks_uri": f"{self.host}/keys",
            "authorization_endpoint": f"{self.host}/authorize",
            "token_endpoint": f"{self.host}/token",
            "capabilities": ["launch-ehr", "sso-openid-connect", "permission-v2"],
            "code_challenge_methods_supported": ["S256"],
        }
        self.metadata: dict[str, Any] = {"resourceType": "CapabilityStatement"}
        self.resources: dict[str, Any] = {
            "Patient/p1": patient(),
            "Encounter/e1": encounter(),
            "Condition/c1": condition(),
            "Practitioner/d1": {"resourceType": "Practitioner", "id": "d1", "name": [{"text": "Dag Doktor"}]},
        }
        self.codes: dict[str, dict[str, str]] = {}
        self.granted: dict[str, Any] = {"patient": "p1", "encounter": "e1"}
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.key: RSAKey | ECKey = KEY
        self.raw: dict[str, httpx2.Response | float] = {}
        self.forms: list[dict[str, str]] = []
        self.tokens: list[str] = []
        self.credentials: list[str] = []

    @property
    def transport(self) -> httpx2.MockTransport:
        """Return the way to this system."""
        return httpx2.MockTransport(self.answer)

    def signs_in(self, address: str) -> dict[str, str]:
        """Return what the browser brings back from the sign-in at this address."""
        question = dict(parse_qsl(urlsplit(address).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = question
        return {"code": code, "state": question["state"]}

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer as a record system does."""
        path = request.url.path
        self.asked[path] += 1
        raw = self.raw.get(path)
        if isinstance(raw, float):
            await asyncio.sleep(raw)
        elif raw is not None:
            return raw
        if path.endswith("/.well-known/smart-configuration"):
            return httpx2.Response(200, json=self.about) if self.about else httpx2.Response(404)
        if path.endswith("/metadata"):
            return httpx2.Response(200, json=self.metadata)
        if path.endswith("/keys"):
            return httpx2.Response(200, json={"keys": [dict(self.key.as_dict(private=False))]})
        if path.endswith("/token"):
            return self._token(request)
        return self._fhir(request)

    def _token(self, request: httpx2.Request) -> httpx2.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.forms.append(form)
        self.credentials.append(request.headers.get("authorization", ""))
        question = self.codes.pop(form.get("code", ""), None)
        proved = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if not question or question["code_challenge"] != proved or question["redirect_uri"] != form["redirect_uri"]:
            return httpx2.Response(400, json={"error": "invalid_grant"})
        return httpx2.Response(200, json=self._grant(question))

    def _grant(self, question: Mapping[str, str]) -> dict[str, Any]:
        now = int(time.time())
        about = {"iss": self.iss, "sub": "d1", "aud": CLIENT, "nonce": question["nonce"], "fhirUser": "Practitioner/d1"}
        claims = {"iat": now, "exp": now + 300, **about, **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": "one", "typ": "JWT", **self.header}
        header = {name: value for name, value in header.items() if value is not None}
        token = f"read-{len(self.tokens)}"
        self.tokens.append(token)
        given = {"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": question["scope"]}
        id_token = jwt.encode(header, claims, self.key, algorithms=["RS256", "ES384"], default_type=None)
        whole = {**given, "id_token": id_token, **self.granted}
        return {name: value for name, value in whole.items() if value is not None}

    def _fhir(self, request: httpx2.Request) -> httpx2.Response:
        if request.headers.get("authorization") not in {f"Bearer {each}" for each in self.tokens}:
            return httpx2.Response(401)
        name = request.url.path.removeprefix(urlsplit(self.iss).path).strip("/")
        if "/" in name:
            one = self.resources.get(name)
            return httpx2.Response(200, json=one) if one else httpx2.Response(404)
        found = {key: each for key, each in self.resources.items() if key.startswith(f"{name}/")}
        entries = [{"fullUrl": f"{self.iss}/{key}", "resource": each} for key, each in found.items()]
        return httpx2.Response(200, json={"resourceType": "Bundle", "type": "searchset", "entry": entries})


def slow(seconds: float) -> httpx2.Response:
    """Return an answer that comes in small pieces and never ends in time."""

    class Trickle(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for _ in range(int(seconds * 10)):
                await asyncio.sleep(0.1)
                yield b" "

    return httpx2.Response(200, stream=Trickle())


def huge() -> httpx2.Response:
    """Return an answer far larger than any is."""
    return httpx2.Response(200, content=json.dumps({"a": "x" * 8_000_000}).encode(), headers=JSON)


OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
EC_KEY = ECKey.generate_key("P-384", {"kid": "ours"})
