"""The whole application, every route of it: what is known of a patient comes out of no log, figure, header or error."""

from __future__ import annotations

import itertools
import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from httpx2 import Response
from prometheus_client import generate_latest

from api.app import Service, make_app, routes
from api.storage.engine import make_engine
from api.storage.schema import upgrade
from tests.observing.conftest import Log
from tests.v1.issuer import bearer
from tests.v1.people import case, number
from tests.v1.serving import rules, settings_over, trusting

NAME, WISH = "Hjørdis Rævåg", "Skriker om natten"
NUMBER = number(7)
SECRETS = (NAME, "Rævåg", quote("Rævåg"), NUMBER, WISH, "nurse-kari", "Kari Pleier")
HOSTILE = case(
    7, patient={"id": NUMBER, "name": NAME, "birth_date": "1945-01-15", "sex": "female", "municipality": "5001"}
)
NURSE = bearer("nurse", "ward:STO/GER2", id="nurse-kari", name="Kari Pleier")
BODIES = {
    "the case": json.dumps(HOSTILE | {"answers": {"what_matters": WISH}}),
    "an answer that is refused": json.dumps(HOSTILE | {"answers": {"four_at": WISH, NAME: 1}}),
    "no JSON": f'{{"{NAME}": {NUMBER}',
    "nothing": "",
}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
Server = tuple[TestClient, Service, Path]


@pytest.fixture
def server(tmp_path: Path, log: Log) -> Iterator[Server]:
    file = tmp_path / "record.sqlite"
    settings = settings_over(f"sqlite:///{file}")
    engine = make_engine(settings.database)
    upgrade(engine)
    engine.dispose()
    service = Service.start(settings, rules())
    service = replace(service, entrance=trusting(service.entrance))
    with TestClient(make_app(service), base_url="https://retthjem.example") as client:
        yield client, service, file


def every_route(service: Service, ids: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Return the method and path of every route, with a stored patient's ids in it, and with an identity number."""
    found = [each for each in iter_route_contexts(routes(service).routes) if each.path and each.methods]
    assert len(found) > 10
    for each in found:
        path = str(each.path)
        for method in sorted((each.methods or set()) & METHODS):
            yield method, re.sub(r"{(\w+)[^}]*}", lambda named: ids.get(named[1], ids["patient"]), path)
            yield method, re.sub(r"{[^}]*}", NUMBER, path) + f"?name={quote(NAME)}&number={NUMBER}"


def leaks(client: TestClient, service: Service, ids: dict[str, str]) -> set[str]:
    """Return the secrets that come out in a header, or in the words of an error."""
    seen = ""
    callers: tuple[dict[str, str], ...] = (NURSE, {}, {"Authorization": f"Bearer {NUMBER}"})
    for method, path in every_route(service, ids):
        bodies = BODIES.values() if method in {"POST", "PUT", "PATCH"} else ("",)
        for body, who in itertools.product(bodies, callers):
            headers = who | {"Content-Type": "application/json", "X-Request-ID": NUMBER, "User-Agent": quote(NAME)}
            answer = client.request(method, path, content=body, headers=headers, follow_redirects=False)
            # Where to go on after signing in is the caller's own address, said back to the caller.
            seen += str({name: value for name, value in answer.headers.items() if name != "location"})
            seen += words_of(answer) if answer.status_code >= 400 else ""
    return {secret for secret in SECRETS if secret in seen}


def words_of(answer: Response) -> str:
    """Return what an error tells a machine; a page names the person it is for, and only its title is told on."""
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return str(answer.text)
    return "".join(re.findall(r"<title>(.*?)</title>", answer.text, re.DOTALL))


def stored(client: TestClient) -> dict[str, str]:
    """Store the patient, and return the ids."""
    answer = client.post("/api/v1/screenings", json=HOSTILE, headers=NURSE)
    assert answer.status_code == 201, answer.text
    said = answer.json()["screening"]
    return {"patient": said["patient"], "screening": said["id"]}


def test_while_all_is_well(server: Server, log: Log) -> None:
    client, service, _ = server
    assert leaks(client, service, stored(client)) == set()
    kept = log.getvalue() + generate_latest(service.metrics.registry).decode()
    assert {secret for secret in SECRETS if secret in kept or secret in kept.encode().decode("unicode_escape")} == set()
    assert {line["status"] for line in log.named("request")} >= {201, 401, 404, 422}


def test_while_the_database_is_broken(server: Server, log: Log) -> None:
    client, service, file = server
    ids = stored(client)
    with sqlite3.connect(file) as database:
        for table in ("listing", "person", "session"):
            database.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
    database.close()
    assert leaks(client, service, ids) == set()
    kept = log.getvalue() + generate_latest(service.metrics.registry).decode()
    assert {secret for secret in SECRETS if secret in kept or secret in kept.encode().decode("unicode_escape")} == set()
    assert {line["code"] for line in log.named("defect")} == {"SQLITE_ERROR"}
