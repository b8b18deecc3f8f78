"""The whole application over an empty database, with the tests' own sign-in provider."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.people.entrance import Entrance, make_entrance
from api.people.keys import Keys
from api.people.routes import register as register_people
from api.people.tokens import Tokens, Trust
from api.record.record import Record
from api.screening import Screening
from api.settings import Issuer, Limits, Settings
from api.storage.engine import make_engine
from api.storage.schema import upgrade
from api.v1.register import register
from tests.v1.issuer import AUDIENCE, CLIENT, ISSUER, key_set

SCREENING = Screening()
MANY = Limits(person=1_000_000, system=1_000_000, address=1_000_000, wrong_token=1_000_000)


def settings_over(database: str) -> Settings:
    """Return the settings of a hospital with a sign-in provider, over a database."""
    issuer = Issuer(url=ISSUER, client_id=CLIENT, audience=(AUDIENCE,))
    return Settings(
        database=database, hospital="STO", issuer=issuer, limits=MANY, public_url="https://retthjem.example"
    )


def app_over(settings: Settings) -> FastAPI:
    """Return the application over an upgraded database, which knows the tests' key without asking anyone."""
    engine = make_engine(settings.database)
    upgrade(engine)
    record = Record.start(SCREENING, engine, settings.hospital)
    app = FastAPI()
    app.state.settings, app.state.record = settings, record
    register_people(app, trusting(make_entrance(settings, engine, record.writer)))
    register(app)
    return app


def trusting(entrance: Entrance) -> Entrance:
    """Return the entrance with the tests' key."""
    keys = Keys(key_set)
    trust = Trust(ISSUER, CLIENT, (AUDIENCE,), ("ES256",))
    return replace(entrance, keys=keys, tokens=Tokens(trust, keys))


@contextmanager
def served(path: Path) -> Iterator[tuple[TestClient, Record]]:
    """Serve the application over a new SQLite file."""
    app = app_over(settings_over(f"sqlite:///{path}"))
    with TestClient(app, base_url="https://retthjem.example", raise_server_exceptions=False) as client:
        yield client, app.state.record
    app.state.record.close()
