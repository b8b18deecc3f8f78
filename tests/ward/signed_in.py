"""A demo hospital, and its people at their own browsers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import Service, make_app
from api.people.user import Unit, User
from api.record.record import Record
from api.record.screenings import Stored, newest, prepare, store
from api.record.streams import Naming, find, read_stream
from api.screening import ROOT, Screening, texts_in
from api.settings import Limits, read_settings
from api.storage.engine import make_engine, reading
from api.storage.schema import make_ready
from api.storage.tables import listing

EPJ = User("demo-epj", "system", frozenset({Unit("hospital", "demo")}), "EPJ (demo)")
MANY = Limits(person=1_000_000, system=1_000_000, address=1_000_000, wrong_token=1_000_000)
HERE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


@cache
def rules() -> Screening:
    """Return the rules as the demo has them, with both engines built once."""
    return Screening(synthetic_only=True)


@contextmanager
def hospital(folder: Path) -> Iterator[Hospital]:
    """Serve the demo over a new database."""
    settings = read_settings(demo=True, database=str(folder / "demo.sqlite"), limits=MANY)
    engine = make_engine(settings.database)
    make_ready(engine)
    engine.dispose()
    service = Service.start(settings, rules())
    with TestClient(make_app(service)) as client:
        yield Hospital(client, service.record)


class Hospital:
    """The served demo and what it keeps."""

    def __init__(self, client: TestClient, record: Record) -> None:
        self.client, self.record = client, record

    def browser(self, person: str) -> TestClient:
        """Return a browser in which someone of the demo has signed in."""
        browser = TestClient(self.client.app, headers=HERE, follow_redirects=False)
        out = browser.get("/signin/start")
        page = browser.get(out.headers["location"])
        form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
        back = browser.post("/demo/signin", data={**form, "person": person})
        browser.get(back.headers["location"])
        return browser

    def sends(self, content: dict[str, Any]) -> str:
        """Store a case that the hospital's record sends, and return the patient's id."""
        made = prepare(self.record, content, texts_in("nb"), now=datetime.now(UTC))
        return self.record.writer.run(lambda change: store(self.record, EPJ, made, change)).person

    def case(self, person: str) -> dict[str, Any]:
        """Return the newest case of a patient, a second rater's too."""
        found: dict[str, Any] = json.loads(self.stored(person).inputs)
        return found

    def stored(self, person: str) -> Stored:
        """Return the newest screening of a patient, a second rater's too."""
        with reading(self.record.engine) as connection:
            found = newest(connection, self.screenings(person)[-1])
        assert found
        return found

    def screenings(self, person: str) -> list[str]:
        """Return the ids of a patient's screenings, the oldest first."""
        with reading(self.record.engine) as connection:
            stream = read_stream(connection, person)
        assert stream
        return [each.id for each in stream.course.screenings]

    def routed_by(self, person: str) -> float | None:
        """Return the CFS that the patient's route follows."""
        with reading(self.record.engine) as connection:
            return connection.execute(select(listing.c.cfs_low).where(listing.c.person == person)).scalar()

    def named(self, identity: str) -> str:
        """Return the id of the patient with an identity number."""
        with reading(self.record.engine) as connection:
            found = find(connection, Naming(identity))
        assert found
        return found


def example() -> dict[str, Any]:
    """Return the case of a synthetic patient who broke a hip."""
    text = (ROOT / "api/examples/1-hoftebrudd.json").read_text("utf-8")
    content: dict[str, Any] = json.loads(text)["case"]
    return content


WITHOUT_SCRIPT = re.compile(r"<noscript>.*?</noscript>")
FIELD = re.compile(r"<(input|textarea|select)\b([^>]*)>(?:\n?([^<]*)</textarea>)?")


def fields(page: str) -> dict[str, list[str]]:
    """Return what a browser with a script would send of the screening form, as it stands on the page."""
    form = WITHOUT_SCRIPT.sub("", page[page.index('<form id="screening"') :])
    found: dict[str, list[str]] = {}
    for kind, attributes, text in FIELD.findall(form):
        name, value = attribute(attributes, "name"), attribute(attributes, "value")
        chosen = attribute(attributes, "type") not in ("radio", "checkbox") or " checked" in attributes
        if name and chosen and kind != "select":
            found.setdefault(name, []).append(unescape(text if kind == "textarea" else value))
    return found


def attribute(attributes: str, name: str) -> str:
    """Return an attribute of an element, or nothing."""
    found = re.search(rf'\b{name}="([^"]*)"', attributes)
    return unescape(found[1]) if found else ""
