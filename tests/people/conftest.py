"""An application with the entrance alone, as a demo and with a provider; time is moved by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.people.entrance import Entrance, make_entrance
from api.people.routes import register
from api.people.user import User
from api.people.who import Signed, Watching, csrf_of, needs
from api.settings import Settings
from api.storage.engine import make_engine
from api.storage.tables import tables
from api.storage.writer import Writer
from tests.people.provider import ISSUER, Provider

ADDRESS = "https://retthjem.example.no"


class Clock:
    """A moment that a test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> None:
        """Let time pass."""
        self.at += timedelta(**time)


class Site:
    """A server with the entrance, and a browser in front of it."""

    def __init__(self, settings: Settings, engine: Engine, writer: Writer, provider: Provider | None) -> None:
        self.entrance = make_entrance(settings, engine, writer, transport=provider.transport if provider else None)
        self.app, self.clock, self.engine = with_routes(self.entrance), Clock(), engine
        for part in (self.entrance.sessions, self.entrance.sign_ins, self.entrance.devices):
            part._now = self.clock
        self.provider = provider
        self.browser = self.another_browser()

    def another_browser(self) -> TestClient:
        """Return a browser that was never here."""
        return TestClient(self.app, base_url=self.entrance.settings.address, follow_redirects=False)

    def bearer(self, person: str) -> dict[str, str]:
        """Return the header of someone of the demo."""
        assert self.entrance.demo
        return {"Authorization": f"Bearer {self.entrance.demo.access_token(person)}"}


def with_routes(entrance: Entrance) -> FastAPI:
    """Return an application with the entrance, and pages to come to."""
    app = FastAPI()
    register(app, entrance)

    @app.get("/page")
    def page(request: Request, user: Signed) -> dict[str, Any]:
        return {"id": user.id, "csrf": csrf_of(request)}

    @app.post("/page")
    async def change(request: Request, user: Signed) -> dict[str, Any]:
        return {"by": user.id, "said": (await request.form()).get("said")}

    @app.get("/api/v1/decide")
    def decide(user: Annotated[User, Depends(needs("decide"))]) -> str:
        return user.role

    @app.get("/tavle")
    def board(user: Watching) -> list[str]:
        return sorted(map(str, user.units))

    return app


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("RETTHJEM_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[tuple[Engine, Writer]]:
    """Give an empty database and its writer."""
    engine = make_engine(f"sqlite:///{tmp_path / 'people.sqlite'}")
    tables.create_all(engine)
    writer = Writer(engine)
    yield engine, writer
    writer.close()
    engine.dispose()


@pytest.fixture
def demo(store: tuple[Engine, Writer]) -> Site:
    """Give a demo."""
    return Site(Settings(demo=True), *store, None)


@pytest.fixture
def real(store: tuple[Engine, Writer]) -> Site:
    """Give a server that signs people in with a provider."""
    settings = Settings(issuer=ISSUER, hospital="STO", public_url=ADDRESS)
    return Site(settings, *store, Provider())
