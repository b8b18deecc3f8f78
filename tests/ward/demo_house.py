"""The demo as it stands after its first start, for the tests of what is in it and of the pages that show it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi.testclient import TestClient

from api.app import Service, make_app
from api.demo import fill
from api.screening import Screening
from api.settings import read_settings
from api.storage.engine import make_engine
from api.storage.schema import make_ready


@contextmanager
def filled_service(folder: Path) -> Iterator[Service]:
    """Give a demo's service with the whole ward in it."""
    settings = read_settings(demo=True, database=f"sqlite:///{folder / 'demo.sqlite'}")
    engine = make_engine(settings.database)
    make_ready(engine)
    engine.dispose()
    service = Service.start(settings, Screening(synthetic_only=True))
    fill(service.record)
    try:
        yield service
    finally:
        service.record.close()


@contextmanager
def browser(service: Service, person: str | None = None, language: str = "nb") -> Iterator[TestClient]:
    """Give a browser that is signed in as someone of the demo."""
    client = TestClient(make_app(service), headers={"Accept": "text/html", "Accept-Language": language})
    if person:
        sign_in(client, person)
    yield client
    client.close()


def sign_in(client: TestClient, person: str) -> None:
    """Go through the demo's sign-in page as a browser does."""
    page = client.get("/signin/start")
    question = dict(page.url.params)
    client.post("/demo/signin", data={**question, "person": person}, headers={"Origin": "http://testserver"})
