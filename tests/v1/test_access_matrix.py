"""Every route of the application, for everyone: who gets what is stated in `matrix.toml`, and nobody gets more."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import make_app, routes
from api.record.record import Record
from api.settings import Settings
from tests.v1.matrix import DEMO, NOBODY, PUBLIC, SIGNED_IN, WHO, Cell, Ground, cells, routes_of
from tests.v1.people import ADMINISTRATOR, NURSE, SYSTEM, Patient, number
from tests.v1.serving import served, service_over, settings_over

EVERY = tuple(cells())
ONE = re.compile(r"\{(patient|person|screening)\}")
ABOUT_ONE = tuple(each for each in EVERY if each.side == "other" and each.status == 404 and ONE.search(each.route))
WORDS = ("Prøve 100", "Ola Pårørende", number(100))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Record]]:
    """The application on one database: who may ask is the same on both."""
    with served(f"sqlite:///{tmp_path_factory.mktemp('v1') / 'record.sqlite'}") as both:
        yield both


@pytest.fixture(scope="module")
def ground(client: TestClient) -> Ground:
    """A patient whom one's own ward, municipality and practice see."""
    patient = Patient.screened(client, 100).with_plan("P100").told_to_municipality()
    patient.tell(SYSTEM, kind="practice_set", practice="Torget")
    made = {
        side: client.post("/api/v1/devices", json={"ward": ward, "label": "Tavle"}, headers=ADMINISTRATOR).json()
        for side, ward in (("own", "STO/GER2"), ("other", "STO/KIR1"))
    }
    return Ground(client, patient, {"own": made["own"]["token"], "other": made["other"]["token"]})


def routes_there_are(settings: Settings) -> set[str]:
    """Return every route of the application with these settings."""
    service = service_over(settings)
    found = routes_of(routes(service))
    asyncio.run(service.close())
    return found


def test_every_route_has_a_row_and_every_row_a_route(tmp_path: Path):
    real = routes_there_are(settings_over(f"sqlite:///{tmp_path}/real.sqlite"))
    demo = routes_there_are(Settings(database=f"sqlite:///{tmp_path}/demo.sqlite", demo=True))
    stated = {each.partition("#")[0] for each in SIGNED_IN} | set(PUBLIC)
    assert real == stated
    assert demo - real == set(DEMO)


def test_every_row_says_what_everyone_gets():
    told = Counter((each.route, each.who, each.side) for each in EVERY)
    assert set(told) == {(route, who, side) for route in SIGNED_IN for who in WHO for side in ("own", "other")}
    assert set(told.values()) == {1}


@pytest.mark.parametrize("cell", EVERY, ids=str)
def test_everyone_gets_what_the_matrix_states(ground: Ground, cell: Cell):
    if cell.route.startswith("GET /api/v1/patients/{patient}/drafts") and cell.status == 200:
        ground.ask(Cell(f"PUT {cell.route.partition(' ')[2]}", cell.who, cell.side, 200))
    answer = ground.ask(cell)
    assert answer.status_code == cell.status, answer.text
    if cell.side == "other" or cell.status in {401, 403, 404}:
        found = [word for word in (*WORDS, ground.patient.id) if word in answer.text]
        if cell.route.startswith(ASKED_THEMSELVES):
            found = [word for word in found if word != ground.patient.id]
        assert not found or cell.route in SENT_THEMSELVES


SENT_THEMSELVES = frozenset({"POST /api/v1/screenings", "POST /api/v1/admissions", "POST /api/v1/patients/open"})
"""Where the caller named the patient by number, and gets the patient's id."""

ASKED_THEMSELVES = ("GET /fhir/{kind}#", "GET /fhir/AuditEvent")
"""Where the caller named the patient by our id, which the answer's own address repeats."""


@pytest.mark.parametrize("cell", ABOUT_ONE, ids=str)
def test_another_units_patient_is_answered_as_one_that_does_not_exist(ground: Ground, cell: Cell):
    there, nowhere = ground.ask(cell), ground.ask(cell, patient=NOBODY)
    assert there.content == nowhere.content
    assert _headers(there) == _headers(nowhere)


def test_a_patient_of_ones_own_is_there_to_be_hidden_from_others(ground: Ground):
    assert len(ABOUT_ONE) > 100
    assert ground.client.get(ground.patient.path, headers=NURSE).json()["who"]["name"] == WORDS[0]


@pytest.mark.parametrize("route", [each for each in PUBLIC if not each.startswith("MOUNT")])
def test_what_is_public_is_public_and_tells_nothing_of_anyone(ground: Ground, route: str):
    method, _, path = route.partition(" ")
    form = {"token": "x"} if route == "POST /tavle/device" else None
    answer = ground.client.request(
        method,
        path.format(sheet="plan", id="screening", service="rett-hjem-patient-view"),
        data=form,
        follow_redirects=False,
    )
    assert answer.status_code == PUBLIC[route], answer.text
    assert not [word for word in (*WORDS, ground.patient.id) if word in answer.text]


@pytest.mark.parametrize("route", [each for each in PUBLIC if each.startswith("MOUNT")])
def test_a_folder_of_files_gives_its_files_and_nothing_outside(ground: Ground, route: str):
    mount = route.partition(" ")[2]
    for path in ("../../settings.py", "%2e%2e/%2e%2e/settings.py", "..%2f..%2fsettings.py"):
        assert ground.client.get(f"{mount}/{path}").status_code == 404


def test_the_demos_own_routes_are_there_in_a_demo_alone(ground: Ground, tmp_path: Path):
    service = service_over(Settings(database=f"sqlite:///{tmp_path}/demo.sqlite", demo=True))
    with TestClient(make_app(service), base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as demo:
        for route, status in DEMO.items():
            method, _, path = route.partition(" ")
            there = demo.request(method, path.format(name="1-hoftebrudd"), follow_redirects=False)
            assert there.status_code == status, route
            elsewhere = ground.client.request(method, path.format(name="1-hoftebrudd"), follow_redirects=False)
            assert elsewhere.status_code in {404, 405}, route


def _headers(answer: object) -> dict[str, str]:
    """Return an answer's headers but for the request's own number."""
    return {name: value for name, value in answer.headers.items() if name != "x-request-id"}  # type: ignore[attr-defined]
