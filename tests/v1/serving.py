"""The whole application over a database of its own, with the tests' own sign-in provider."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

from fastapi.testclient import TestClient

from api.app import Service, make_app
from api.people.entrance import Entrance
from api.people.keys import Keys
from api.people.tokens import Tokens, Trust
from api.record.record import Record
from api.screening import Screening
from api.settings import Issuer, Limits, MessageParty, Messages, Settings
from api.storage.engine import make_engine
from api.storage.schema import upgrade
from tests.v1.issuer import AUDIENCE, CLIENT, ISSUER, key_set

ADDRESS = "https://retthjem.example"
MANY = Limits(person=1_000_000, system=1_000_000, address=1_000_000, wrong_token=1_000_000)

PARTIES = (
    MessageParty(unit="hospital:STO", name="St. Olavs hospital HF", her_id="59"),
    MessageParty(unit="ward:STO/GER2", name="Geriatri 2", her_id="90998"),
    MessageParty(unit="municipality:5001", name="Trondheim kommune", her_id="1101"),
    MessageParty(
        unit="practice:Solsiden",
        name="Solsiden legesenter",
        her_id="1201",
        sub_unit="Fastleger",
        sub_unit_her_id="1202",
    ),
)


@cache
def rules() -> Screening:
    """Return the national rules, with both engines built once."""
    return Screening()


def settings_over(database: str) -> Settings:
    """Return the settings of a hospital with a sign-in provider, over a database."""
    issuer = Issuer(url=ISSUER, client_id=CLIENT, audience=(AUDIENCE,))
    return Settings(
        database=database,
        hospital="STO",
        issuer=issuer,
        limits=MANY,
        public_url=ADDRESS,
        messages=Messages(parties=PARTIES),
    )


def service_over(settings: Settings) -> Service:
    """Return the service over an upgraded database, which knows the tests' key without asking anyone."""
    engine = make_engine(settings.database)
    upgrade(engine)
    engine.dispose()
    service = Service.start(settings, Screening(synthetic_only=True) if settings.demo else rules())
    return replace(service, entrance=trusting(service.entrance))


def trusting(entrance: Entrance) -> Entrance:
    """Return the entrance with the tests' key."""
    keys = Keys(key_set)
    trust = Trust(ISSUER, CLIENT, (AUDIENCE,), ("ES256",))
    return replace(entrance, keys=keys, tokens=Tokens(trust, keys))


@contextmanager
def served(database: str) -> Iterator[tuple[TestClient, Record]]:
    """Serve the application over an empty database."""
    service = service_over(settings_over(database))
    with TestClient(make_app(service), base_url=ADDRESS, raise_server_exceptions=False) as client:
        yield client, service.record
