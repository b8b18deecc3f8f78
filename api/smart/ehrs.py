"""The record systems that may launch us: where their servers are, and which keys sign their ID tokens."""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from api.people.keys import Keys
from api.people.refused import EhrUnknown, LaunchUnavailable, ProviderAway
from api.people.tokens import Tokens, Trust
from api.settings import LOOPBACK, Ehr, is_closed_line
from api.smart.asking import SECONDS, Asker

KNOWN_FOR, FAILED_FOR, MOST_KNOWN, LONGEST = 600.0, 10.0, 50, 2_000
WRITTEN = re.compile(r"https?://[!-~]+")
CONFORMANCE = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
IN_METADATA = {"authorize": "authorization_endpoint", "token": "token_endpoint"}
DEFAULT_PORTS = {"https": 443, "http": 80}
ALONE = {"launch": "launch/patient"}
FRAMED_IN_DEMO = "http://localhost:* http://127.0.0.1:*"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a record system's servers are, as it says itself."""

    authorize: str
    token: str
    issuer: str
    keys: str | None
    says_issuer: bool
    capabilities: frozenset[str]
    methods: tuple[str, ...] | None
    is_here: bool
    """Whether the system is on this machine, by the settings; only then may its servers be."""


@dataclass(frozen=True)
class Known:
    """A record system with what it said of itself, and when."""

    settings: Ehr
    endpoints: Endpoints
    tokens: Tokens
    at: float

    def scopes(self, *, by_ehr: bool) -> list[str]:
        """Return what is asked for, in the way of writing that the server knows; alone, we ask to choose a patient."""
        old = "permission-v2" not in self.endpoints.capabilities
        said = [re.sub(r"\.(rs|r|s)\Z", ".read", each) if old else each for each in self.settings.scopes]
        return said if by_ehr else [ALONE.get(each, each) for each in said]


class Ehrs:
    """Finds record systems by the address they launch with; in a demo each one on this machine may."""

    def __init__(
        self,
        listed: Sequence[Ehr],
        asker: Asker,
        *,
        in_demo: Ehr | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._listed, self._asker, self._clock = {_plain(each.iss): each for each in listed}, asker, clock
        self._in_demo = in_demo
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._failed: OrderedDict[str, float] = OrderedDict()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def settings_of(self, iss: str) -> Ehr:
        """Return what is set for the system that says this address; raise `EhrUnknown` for one that is not listed."""
        if len(iss) > LONGEST or not WRITTEN.fullmatch(iss) or _plain(iss) is None:
            raise EhrUnknown
        found = self._listed.get(_plain(iss))
        if found is None and self._in_demo and urlsplit(iss).hostname in LOOPBACK:
            found = self._in_demo.model_copy(update={"iss": iss})
        if found is None:
            raise EhrUnknown
        return found

    def framed_by(self, settings: Ehr) -> str | None:
        """Return whose pages may frame ours for those whom a system launches."""
        return FRAMED_IN_DEMO if self._in_demo else settings.framed_by

    async def known(self, iss: str) -> Known:
        """Return a system with its endpoints, asked for anew now and then; many who wait make one question."""
        settings, name = self.settings_of(iss), iss.rstrip("/")
        async with self._turns.setdefault(name, asyncio.Lock()):
            found = self._known.get(name)
            if found is None or self._clock() - found.at > KNOWN_FOR:
                endpoints = await self._asked(name)
                found = Known(settings, endpoints, self._tokens(settings, endpoints), self._clock())
                await self._remember(name, found)
            return found

    def forget(self) -> None:
        """Forget what systems said of themselves."""
        self._known.clear()
        self._failed.clear()

    async def close(self) -> None:
        """Let go of what is under way."""
        for each in self._known.values():
            await each.tokens.close()
        await self._asker.close()

    async def _remember(self, name: str, found: Known) -> None:
        older = [self._known.pop(name)] if name in self._known else []
        self._known[name] = found
        older += [self._known.popitem(last=False)[1]] if len(self._known) > MOST_KNOWN else []
        for each in older:
            await each.tokens.close()

    async def _asked(self, iss: str) -> Endpoints:
        """Return what a system says, in the time of one question; who did not answer is left alone for a while."""
        if self._clock() - self._failed.get(iss, float("-inf")) < FAILED_FOR:
            raise LaunchUnavailable
        self._failed.pop(iss, None)
        try:
            async with asyncio.timeout(SECONDS):
                return await self._discovered(iss)
        except (LaunchUnavailable, TimeoutError):
            self._failed[iss] = self._clock()
            while len(self._failed) > MOST_KNOWN:
                self._failed.popitem(last=False)
            raise LaunchUnavailable from None

    async def _discovered(self, iss: str) -> Endpoints:
        """Return what a server says at its well-known address, else in its CapabilityStatement."""
        said = await self._asker.find(f"{iss}/.well-known/smart-configuration")
        if said is None:
            said = _in_metadata(await self._asker.get(f"{iss}/metadata"))
        is_here = urlsplit(iss).hostname in LOOPBACK
        authorize, token = (_address(said.get(name), is_here=is_here) for name in IN_METADATA.values())
        if authorize is None or token is None:
            raise LaunchUnavailable
        issuer, methods = said.get("issuer"), said.get("token_endpoint_auth_methods_supported")
        return Endpoints(
            authorize,
            token,
            issuer if isinstance(issuer, str) else iss,
            _address(said.get("jwks_uri"), is_here=is_here),
            said.get("authorization_response_iss_parameter_supported") is True,
            frozenset(_texts(said.get("capabilities"))),
            tuple(_texts(methods)) if isinstance(methods, list) else None,
            is_here,
        )

    def _tokens(self, settings: Ehr, endpoints: Endpoints) -> Tokens:
        trust = Trust(endpoints.issuer, settings.client_id, (), settings.algorithms)

        async def fetch() -> Sequence[Mapping[str, Any]]:
            try:
                found = (await self._asker.get(await self._keys_of(endpoints))).get("keys")
            except LaunchUnavailable:
                raise ProviderAway from None
            return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []

        return Tokens(trust, Keys(fetch))

    async def _keys_of(self, endpoints: Endpoints) -> str:
        """Return where the keys are: as SMART says it, else as OpenID Connect does for the issuer."""
        if endpoints.keys:
            return endpoints.keys
        issuer = _address(endpoints.issuer, is_here=endpoints.is_here)
        if issuer is None:
            raise LaunchUnavailable
        about = await self._asker.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        found = _address(about.get("jwks_uri"), is_here=endpoints.is_here)
        if found is None or about.get("issuer") != endpoints.issuer:
            raise LaunchUnavailable
        return found


def _in_metadata(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return the endpoints that a CapabilityStatement tells by SMART's extension."""
    found: dict[str, Any] = {}
    for rest in _objects(statement.get("rest")):
        security = rest.get("security")
        for extension in _objects(security.get("extension") if isinstance(security, dict) else None):
            parts = _objects(extension.get("extension")) if extension.get("url") == CONFORMANCE else []
            found |= {IN_METADATA.get(str(each.get("url")), ""): each.get("valueUri") for each in parts}
    return found


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _address(value: object, *, is_here: bool) -> str | None:
    """Return an address that a system tells of; one elsewhere cannot have us ask servers on our own machine."""
    if not isinstance(value, str) or not WRITTEN.fullmatch(value) or len(value) > LONGEST or "#" in value:
        return None
    return value if is_closed_line(value) and (is_here or urlsplit(value).hostname not in LOOPBACK) else None


def _plain(iss: str) -> str | None:
    """Return an address in the one form to look it up by; None for one with more than a host and a path."""
    try:
        parts = urlsplit(iss)
        port = parts.port
    except ValueError:
        return None
    if parts.username is not None or "#" in iss or "?" in iss or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    named = "" if port in {None, DEFAULT_PORTS.get(parts.scheme)} else f":{port}"
    return f"{parts.scheme}://{host}{named}{parts.path.rstrip('/')}"
