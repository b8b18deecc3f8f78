"""The application as hooks call it: a demo, and a hospital whose record signs its calls; FHIR servers are acted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx2
from fastapi.testclient import TestClient

from api.app import routes, within
from api.cds.desk import Desk
from api.cds.fetching import Fetcher
from api.cds.tokens import ClientTokens
from api.record.record import Record
from api.settings import Cds, CdsClient, Ehr, Settings
from tests.cds.hooks import CHART, EPJ, FETCHED, FHIR, KEY, KEY_SET, OTHER_EPJ, RSA
from tests.v1.serving import ADDRESS, MANY, service_over, settings_over

Ask = Callable[[httpx2.Request], Any]
PROXY = "https://proxy.example/helse"


@dataclass
class Servers:
    """The servers that ours may ask: `asked` is every address that was, `answer` what they say."""

    asked: list[str]
    answer: Callable[[httpx2.Request], Any]

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer as a server does."""
        self.asked.append(str(request.url))
        if str(request.url) == KEY_SET:
            return httpx2.Response(200, json={"keys": [dict(FETCHED.as_dict(private=False))]})
        said = self.answer(request)
        if hasattr(said, "__await__"):
            said = await said
        return said if isinstance(said, httpx2.Response) else httpx2.Response(200, json=said)


@dataclass(frozen=True)
class Served:
    """A served application with what it keeps and whom it asks."""

    client: TestClient
    record: Record
    servers: Servers


def nothing(_: httpx2.Request) -> httpx2.Response:
    """Answer that nothing is there."""
    return httpx2.Response(404, json={"resourceType": "OperationOutcome"})


def demo_over(database: str) -> Settings:
    """Return the settings of a demo."""
    return Settings(database=database, demo=True, limits=MANY)


def hospital_over(database: str) -> Settings:
    """Return the settings of a hospital whose record signs its calls."""
    keys = tuple(dict(key.as_dict(private=False)) for key in (KEY, RSA))
    clients = (
        CdsClient(issuer=EPJ, hospital="STO", keys=keys, key_sets=(KEY_SET,)),
        CdsClient(issuer=OTHER_EPJ, hospital="OUS", keys=keys),
        CdsClient(issuer=CHART, hospital="STO", keys=keys),
    )
    cds = Cds(clients=clients, audience=(PROXY,), fhir_servers=(FHIR,), origins=("https://epj.example",))
    smart = (Ehr(iss=FHIR, client_id="retthjem", units=("hospital:STO",)),)
    return settings_over(database).model_copy(update={"cds": cds, "smart": smart})


@contextmanager
def serving(settings: Settings) -> Iterator[Served]:
    """Serve the application over an empty database."""
    service = service_over(settings)
    servers = Servers([], nothing)
    app = routes(service)
    app.state.cds = acted(app.state.cds, servers, settings)
    asgi = within(app, service)
    with TestClient(asgi, base_url=ADDRESS, raise_server_exceptions=False) as client:
        yield Served(client, service.record, servers)


def acted(desk: Desk, servers: Servers, settings: Settings) -> Desk:
    """Return the desk with acted servers in place of the net."""
    transport = httpx2.MockTransport(servers)
    fetcher = Fetcher(settings.cds.fhir_servers, own_machine=settings.demo, transport=transport)
    once = desk.tokens._once
    return replace(
        desk, fetcher=fetcher, tokens=ClientTokens(settings.cds, settings.address, once, transport=transport)
    )
