"""Everything that is needed to know who asks, put together once for the application."""

from __future__ import annotations

from dataclasses import dataclass

import httpx2
from sqlalchemy import Engine
from starlette.requests import Request

from api.people.challenges import Challenges
from api.people.claims import Reading
from api.people.demo_issuer import DemoIssuer
from api.people.devices import Devices
from api.people.keys import Keys
from api.people.limits import Limiter
from api.people.oidc import OpenIdConnect, Provider
from api.people.once import Once
from api.people.proofs import Proofs
from api.people.sessions import Sessions
from api.people.sign_ins import SignIns
from api.people.tokens import Tokens, Trust
from api.settings import Dpop, Issuer, Settings
from api.storage.writer import Writer
from engine.errors import InputError


@dataclass(frozen=True)
class Entrance:
    """Who may come in, by which way, and how often."""

    settings: Settings
    provider: Provider
    keys: Keys
    tokens: Tokens
    reading: Reading
    sessions: Sessions
    sign_ins: SignIns
    devices: Devices
    limiter: Limiter
    once: Once
    proofs: Proofs
    challenges: Challenges

    @property
    def demo(self) -> DemoIssuer | None:
        """Return the embedded provider, which there is in a demo alone."""
        return self.provider if isinstance(self.provider, DemoIssuer) else None

    def cookie(self, name: str) -> str:
        """Return a cookie's name; over TLS the prefix keeps other hosts and paths from setting it."""
        return f"__Host-{name}" if self.settings.secure else name

    async def close(self) -> None:
        """Let go of connections to the provider."""
        await self.keys.close()
        await self.provider.close()


def make_entrance(
    settings: Settings, engine: Engine, writer: Writer, *, transport: httpx2.AsyncBaseTransport | None = None
) -> Entrance:
    """Return the entrance that the settings ask for; without an issuer, and not in a demo, there is no way in."""
    provider, trust, reading = _demo(settings) if settings.demo else _issuer(settings, transport)
    keys, once = Keys(provider.key_set), Once(writer)
    dpop = settings.issuer.dpop if settings.issuer else Dpop()
    return Entrance(
        settings,
        provider,
        keys,
        Tokens(trust, keys),
        reading,
        sessions=Sessions(engine, writer, settings.session),
        sign_ins=SignIns(writer),
        devices=Devices(engine, writer),
        limiter=Limiter(settings.limits, settings.trusted_proxies),
        once=once,
        proofs=Proofs(once, dpop),
        challenges=Challenges(dpop, reading.asked.scopes),
    )


def entrance_of(request: Request) -> Entrance:
    """Return the application's entrance."""
    found: Entrance = request.app.state.entrance
    return found


def _issuer(settings: Settings, transport: httpx2.AsyncBaseTransport | None) -> tuple[Provider, Trust, Reading]:
    issuer = settings.issuer
    if issuer is None:
        raise InputError("issuer", "sign_in_missing")
    return OpenIdConnect(issuer, transport), _trust(issuer), Reading.of(issuer, settings.hospital)


def _trust(issuer: Issuer) -> Trust:
    return Trust(
        issuer.url,
        issuer.client_id,
        issuer.audience,
        issuer.algorithms,
        issuer.token_types,
        of_clients="system" in issuer.scope_roles.values(),
    )


def _demo(settings: Settings) -> tuple[Provider, Trust, Reading]:
    demo = DemoIssuer()
    return demo, demo.trust, Reading(settings.hospital)
