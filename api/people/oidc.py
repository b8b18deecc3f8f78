"""OpenID Connect: where to send a person, and what the code they bring back is worth."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import quote_plus, urlencode

import httpx2

from api.people.assertions import assertion
from api.people.proving import Prover
from api.people.refused import ProviderAway, SignInFailed
from api.settings import Issuer, is_closed_line

TIMES = httpx2.Timeout(5.0, connect=3.0)
LARGEST = 1_000_000
WELL_KNOWN = "/.well-known/openid-configuration"
REFUSED = range(400, 500)
ANSWERED = frozenset({httpx2.codes.OK, httpx2.codes.CREATED})
NONCE = "dpop-nonce"
ASSERTION = "client-authentication+jwt"
"""What HelseID asks an assertion to be called (the update of RFC 7523); others do not look."""


class NonceAsked(SignInFailed):
    """The provider wants its nonce in the proof."""

    def __init__(self, nonce: str) -> None:
        self.nonce = nonce
        super().__init__()


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
        question = asked.parameters(self._issuer.client_id, self._issuer.scopes)
        if self._issuer.pushed or self._known.get("require_pushed_authorization_requests") is True:
            question = await self._pushed(question)
        return _with(endpoint, question)

    async def redeem(self, code: str, verifier: str, back: str) -> str:
        """Return the ID token; raise `SignInFailed` where the provider does not take the code."""
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": back}
        endpoint = await self._endpoint("token_endpoint")
        answer = await self._post(endpoint, form, Prover() if self._issuer.dpop_at_sign_in else None)
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

    async def _pushed(self, question: Mapping[str, str]) -> dict[str, str]:
        """Return what stands for a question that was pushed ahead of the person (RFC 9126)."""
        answer = await self._post(await self._endpoint("pushed_authorization_request_endpoint"), question)
        pushed = answer.get("request_uri")
        if not isinstance(pushed, str):
            raise ProviderAway
        return {"client_id": self._issuer.client_id, "request_uri": pushed}

    async def _post(self, url: str, form: Mapping[str, str], prover: Prover | None = None) -> Mapping[str, Any]:
        """Return the answer to a form that says who we are; a nonce that the provider asks for is sent once."""
        auth, extra = self._credentials()
        given: dict[str, Any] = {"data": {**form, **extra}, **({"auth": auth} if auth else {})}
        try:
            return await self._ask("POST", url, headers=_proved(prover, url, None), **given)
        except NonceAsked as asked:
            if prover is None:
                raise SignInFailed from None
            given["data"] |= self._credentials()[1]  # an assertion is good once
            return await self._ask("POST", url, headers=_proved(prover, url, asked.nonce), **given)

    def _credentials(self) -> tuple[httpx2.BasicAuth | None, Mapping[str, str]]:
        """Return how we say who we are: by a key, or by a secret in the way the provider lists."""
        if self._issuer.client_key:
            return None, assertion(self._issuer, self._issuer.url, ASSERTION)
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

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str] = MappingProxyType({}), **given: Any
    ) -> Mapping[str, Any]:
        said = {"Accept": "application/json", **headers}
        try:
            async with self._client.stream(method, url, headers=said, **given) as response:
                content = b""
                async for part in response.aiter_bytes():
                    content += part
                    if len(content) > LARGEST:
                        raise ProviderAway
        except httpx2.HTTPError:
            raise ProviderAway from None
        if response.status_code in REFUSED and method == "POST":
            nonce = response.headers.get(NONCE)
            raise NonceAsked(nonce) if nonce and "dpop" in map(str.lower, headers) else SignInFailed
        return _object(response.status_code, content)


def _object(status: int, content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content) if status in ANSWERED else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ProviderAway
    return found


def _proved(prover: Prover | None, url: str, nonce: str | None) -> dict[str, str]:
    return {"DPoP": prover.proof("POST", url, nonce)} if prover else {}


def _with(endpoint: str, parameters: Mapping[str, str]) -> str:
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters)}"


def secret() -> str:
    """Return a new random word of 256 bits, as it may stand in an address."""
    return secrets.token_urlsafe(32)
