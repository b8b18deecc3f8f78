"""A sign-in provider for the tests: keys, tokens of every wrong kind, and answers without a network."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from api.settings import Issuer

URL = "https://id.example.no/realm"
CLIENT, AUDIENCE = "retthjem", "https://retthjem.example.no"
ISSUER = Issuer(url=URL, client_id=CLIENT, client_secret="not a real one", audience=(AUDIENCE,))
KEY = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
NURSE = {"role": "nurse", "units": ["ward:STO/GER2"], "name": "Ingrid Nes"}


class Provider:
    """An OpenID provider; `asked` counts its answers, and it can be away."""

    def __init__(self) -> None:
        self.key, self.other = KEY, OTHER
        self.keys: list[dict[str, Any]] = [dict(key.as_dict(private=False)) for key in (self.key, self.other)]
        self.asked: Counter[str] = Counter()
        self.away = False
        self.about = {
            "issuer": URL,
            "authorization_endpoint": f"{URL}/authorize",
            "token_endpoint": f"{URL}/token",
            "jwks_uri": f"{URL}/keys",
            "end_session_endpoint": f"{URL}/end",
        }
        self.codes: dict[str, str] = {}
        self.redeemed: list[dict[str, list[str]]] = []

    @property
    def transport(self) -> httpx2.MockTransport:
        """Return the way to this provider."""
        return httpx2.MockTransport(self.answer)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer as a provider does."""
        path = request.url.path.removeprefix(urlsplit(URL).path)
        self.asked[path] += 1
        if self.away:
            raise httpx2.ConnectError("away")
        if path == "/.well-known/openid-configuration":
            return httpx2.Response(200, json=self.about)
        if path == "/keys":
            return httpx2.Response(200, json={"keys": self.keys})
        return self._token(parse_qs(request.content.decode()))

    def _token(self, form: dict[str, list[str]]) -> httpx2.Response:
        self.redeemed.append(form)
        token = self.codes.pop(form["code"][0], None)
        if token is None:
            return httpx2.Response(400, json={"error": "invalid_grant"})
        return httpx2.Response(200, json={"id_token": token, "access_token": "unused", "token_type": "Bearer"})

    def access(self, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Return an access token, right but for what is given; a claim that is None is left out."""
        return self.signed({"typ": "at+jwt", **(header or {})}, {"aud": AUDIENCE, **claims})

    def identity(self, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Return an ID token, right but for what is given."""
        return self.signed({"typ": "JWT", **(header or {})}, {"aud": CLIENT, **claims})

    def signed(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """Return a signed token."""
        now = int(time.time())
        whole = {"iss": URL, "sub": "u-1", "iat": now, "exp": now + 300, **NURSE, **claims}
        kept = {name: value for name, value in whole.items() if value is not None}
        full = {"alg": "ES256", "kid": "one", **header}
        key = self.other if full["alg"] in {"RS256", "PS256"} else self.key
        return jwt.encode(full, kept, key, algorithms=["ES256", "RS256", "PS256"], default_type=None)


def parts(token: str) -> tuple[str, str, str]:
    """Return a token's three parts."""
    header, payload, signature = token.split(".")
    return header, payload, signature


def as_part(content: object) -> str:
    """Return an object as a token's part."""
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
