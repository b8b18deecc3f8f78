"""OpenID Connect: where to send a person, and what the code they bring back is worth."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote_plus, urlencode

import httpx2

from api.people.refused import ProviderAway, SignInFailed
from api.settings import Issuer, is_closed_line

TIMES = httpx2.Timeout(5.0, connect=3.0)
LARGEST = 1_000_000
WELL_KNOWN = "/.well-known/openid-configuration"
REFUSED = range(400, 500)


@dataclass(frozen=True, slots=True)
class Asked:
    """What goes out with a person: our address, and what must come back."""

    back: str
    state: str
    nonce: str
    challenge: str

    def parameters(self, client_id: str, scopes: Sequence[str]) -> dict[str, str]:
        """Return the question as OpenID Connect writes it."""
        return {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": self.back,
            "scope": " ".join(scopes),
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
        }


class Provider(Protocol):
    """One who says who people are."""

    async def address(self, asked: Asked) -> str:
        """Return where to send the person."""

    async def redeem(self, code: str, verifier: str, back: str) -> str:
        """Return the ID token that a code is worth."""

    async def key_set(self) -> Sequence[Mapping[str, Any]]:
        """Return the keys that tokens are signed with."""

    async def farewell(self, back: str) -> str | None:
        """Return where the provider's own sign-out is, if it has one."""

    async def close(self) -> None:
        """Let go of connections."""


class OpenIdConnect:
    """The provider in the settings, over HTTP: never redirected, with short times, and no answer without an end."""

    def __init__(self, issuer: Issuer, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._issuer = issuer
        self._client = httpx2.AsyncClient(timeout=TIMES, follow_redirects=False, transport=transport)
        self._known: Mapping[str, Any] = {}

    async def address(self, asked: Asked) -> str:
        """Return the provider's sign-in page with our question."""
        endpoint = await self._endpoint("authorization_endpoint")
        return _with(endpoint, asked.parameters(self._issuer.client_id, self._issuer.scopes))

    async def redeem(self, code: str, verifier: str, back: str) -> str:
        """Return the ID token; raise `SignInFailed` where the provider does not take the code."""
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": back}
        endpoint = await self._endpoint("token_endpoint")
        auth, extra = self._credentials()
        answer = await self._ask("POST", endpoint, data={**form, **extra}, **({"auth": auth} if auth else {}))
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise SignInFailed
        return token

    async def key_set(self) -> Sequence[Mapping[str, Any]]:
        """Return the provider's keys, where its description says they are now."""
        self._known = {}
        keys = (await self._ask("GET", await self._endpoint("jwks_uri"))).get("keys")
        if not isinstance(keys, list):
            raise ProviderAway
        return [key for key in keys if isinstance(key, dict)]

    async def farewell(self, back: str) -> str | None:
        """Return the provider's sign-out with our address to come back to; None where it has none, or is away."""
        try:
            endpoint = await self._endpoint("end_session_endpoint")
        except ProviderAway:
            return None
        return _with(endpoint, {"client_id": self._issuer.client_id, "post_logout_redirect_uri": back})

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _credentials(self) -> tuple[httpx2.BasicAuth | None, Mapping[str, str]]:
        """Return how we say who we are at the token endpoint; `client_secret_basic` unless it lists others."""
        if self._issuer.client_secret is None:
            return None, {"client_id": self._issuer.client_id}
        secret = self._issuer.client_secret.get_secret_value()
        if "client_secret_basic" in self._known.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
            return httpx2.BasicAuth(quote_plus(self._issuer.client_id), quote_plus(secret)), {}
        return None, {"client_id": self._issuer.client_id, "client_secret": secret}

    async def _endpoint(self, name: str) -> str:
        if not self._known:
            found = await self._ask("GET", self._issuer.url.rstrip("/") + WELL_KNOWN)
            if found.get("issuer") != self._issuer.url:
                raise ProviderAway
            self._known = found
        endpoint = self._known.get(name)
        if not isinstance(endpoint, str) or not is_closed_line(endpoint):
            raise ProviderAway
        return endpoint

    async def _ask(self, method: str, url: str, **given: Any) -> Mapping[str, Any]:
        try:
            async with self._client.stream(method, url, headers={"Accept": "application/json"}, **given) as response:
                content = b""
                async for part in response.aiter_bytes():
                    content += part
                    if len(content) > LARGEST:
                        raise ProviderAway
        except httpx2.HTTPError:
            raise ProviderAway from None
        if response.status_code in REFUSED and method == "POST":
            raise SignInFailed
        return _object(response.status_code, content)


def _object(status: int, content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content) if status == httpx2.codes.OK else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ProviderAway
    return found


def _with(endpoint: str, parameters: Mapping[str, str]) -> str:
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters)}"


def secret() -> str:
    """Return a new random word of 256 bits, as it may stand in an address."""
    return secrets.token_urlsafe(32)
