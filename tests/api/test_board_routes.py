"""The board over HTTP: whose ward it shows, to whom, what is logged, and what hangs there without the store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import Service, make_app
from api.people.user import Unit, User
from api.people.who import DEVICE
from api.record.courses import add
from api.storage.failures import StoreUnavailable
from api.storage.tables import access
from careplans.course.events import AddressProtected, By, Died, Event, RecordBlocked
from tests.v1.issuer import bearer
from tests.v1.people import ADMINISTRATOR, NURSE, OTHER_NURSE, SYSTEM, case
from tests.v1.serving import ADDRESS, service_over, settings_over

EPJ = User("epj", "system", frozenset({Unit("hospital", "STO")}))
AT_NOON = datetime(2026, 11, 17, 12, tzinfo=UTC)


class Ward:
    """A served board, and what is stored behind it."""

    def __init__(self, client: TestClient, service: Service) -> None:
        self.client, self.record, self.entrance = client, service.record, service.entrance

    def screen(self, which: int, room: str) -> str:
        """Store a screening of one of the synthetic patients, and return the patient's id."""
        content = case(which)
        content["encounter"]["room"] = room
        return str(self.client.post("/api/v1/screenings", json=content, headers=NURSE).json()["screening"]["patient"])

    def happens(self, person: str, event: Event) -> None:
        """Write an event as the hospital's record does."""
        self.record.writer.run(lambda change: add(self.record, EPJ, event, change=change, person=person, expected=None))

    def logged(self) -> list[tuple[str | None, str, str, str | None]]:
        """Return who was shown on a board, by whom and for which unit."""
        wanted = (access.c.person, access.c.action, access.c.by, access.c.unit)
        with self.record.engine.connect() as connection:
            rows = connection.execute(select(*wanted).where(access.c.action == "board").order_by(access.c.seq))
            return [(row.person, row.action, row.by, row.unit) for row in rows]


@pytest.fixture
def ward(tmp_path) -> Iterator[Ward]:
    """Give a hospital with nobody in it."""
    service = service_over(settings_over(f"sqlite:///{tmp_path / 'board.sqlite'}"))
    with TestClient(make_app(service), base_url=ADDRESS, follow_redirects=False) as client:
        yield Ward(client, service)


def test_a_nurse_sees_the_ward_and_each_patient_shown_is_one_line_in_the_log(ward):
    first, second = ward.screen(1, "401"), ward.screen(2, "402")
    page = ward.client.get("/tavle", headers=NURSE)
    assert page.status_code == 200
    assert "401" in page.text
    assert "402" in page.text
    assert "Prøve" not in page.text
    logged = ward.logged()
    assert [(person, action, unit) for person, action, _, unit in logged] == [
        (first, "board", "ward:STO/GER2"),
        (second, "board", "ward:STO/GER2"),
    ]


def test_another_ward_sees_none_of_them_and_may_not_ask_for_this_one(ward):
    ward.screen(1, "401")
    page = ward.client.get("/tavle", headers=OTHER_NURSE)
    assert page.status_code == 200
    assert "401" not in page.text
    other, none = (ward.client.get(f"/tavle?ward={name}", headers=OTHER_NURSE) for name in ("STO/GER2", "STO/NONE"))
    assert other.status_code == 404
    assert other.content == none.content
    assert ward.logged() == []


@pytest.mark.parametrize("event", [RecordBlocked(True), AddressProtected(True), Died(AT_NOON.date())])
def test_who_is_blocked_protected_or_dead_is_not_on_the_wall(ward, event):
    ward.screen(1, "401")
    ward.happens(ward.screen(2, "402"), event)
    page = ward.client.get("/tavle", headers=NURSE).text
    assert "401" in page
    assert "402" not in page
    assert len(ward.logged()) == 1


def test_a_screen_shows_its_ward_until_it_is_closed_out_and_opens_nothing_else(ward):
    ward.screen(1, "401")
    devices, by = ward.entrance.devices, By("a", "administrator")
    made, token = asyncio.run(devices.make("STO/GER2", "Vaktrommet", by))
    ward.client.cookies.set(ward.entrance.cookie(DEVICE), token)
    page = ward.client.get("/tavle")
    assert "401" in page.text
    assert ward.logged()[0][2] == f"device:{made.id}"
    assert ward.client.get("/tavle?ward=STO/GER1").status_code == 404
    assert ward.client.get("/api/v1/me").status_code == 401
    asyncio.run(devices.revoke(made.id, by))
    assert ward.client.get("/tavle").status_code == 401


@pytest.mark.parametrize("who", [SYSTEM, ADMINISTRATOR, bearer("coordinator", "municipality:5001")])
def test_roles_without_a_board_are_turned_away(ward, who):
    assert ward.client.get("/tavle", headers=who).status_code == 403


def test_nobody_sees_a_board_without_being_known(ward):
    assert ward.client.get("/tavle").status_code == 401


def test_one_who_works_for_the_whole_hospital_chooses_a_ward(ward):
    ward.screen(1, "401")
    team = bearer("geriatric_team", "hospital:STO")
    assert "401" in ward.client.get("/tavle", headers=team).text  # the only ward with patients
    two = bearer("nurse", "ward:STO/GER2", "ward:STO/MED 1")
    choice = ward.client.get("/tavle", headers=two).text
    assert "401" not in choice
    assert 'href="/tavle?ward=STO/MED%201"' in choice
    assert "401" in ward.client.get("/tavle?ward=STO/GER2", headers=two).text


def test_one_without_a_ward_is_told_so(ward):
    reader = ward.client.get("/tavle", headers=bearer("reader", "municipality:5001"))
    assert "Ingen avdeling" in reader.text


def test_the_board_speaks_the_language_of_the_browser(ward):
    page = ward.client.get("/tavle", headers={**NURSE, "Accept-Language": "nn"}).text
    assert '<html lang="nn"' in page
    assert "Vegen heim" in page


def test_what_could_not_be_logged_is_not_shown_and_the_wall_tries_again(ward, monkeypatch):
    ward.screen(1, "401")

    def away(_):
        raise StoreUnavailable("store_gone")

    monkeypatch.setattr(ward.record.writer, "run_log", away)
    page = ward.client.get("/tavle", headers=NURSE)
    assert page.status_code == 503
    assert "401" not in page.text
    assert '<meta http-equiv="refresh" content="60">' in page.text


def test_the_wall_tries_again_also_where_the_store_fails_before_anyone_is_let_in(ward, monkeypatch):
    def away(_):
        raise StoreUnavailable("store_gone")

    monkeypatch.setattr(ward.entrance.devices, "find", away)
    ward.client.cookies.set(ward.entrance.cookie(DEVICE), "a")
    page = ward.client.get("/tavle")
    assert page.status_code == 503
    assert "Tavla får ikke kontakt" in page.text


def test_the_script_is_served_and_reads_nothing_of_anyone(ward):
    script = ward.client.get("/tavle/refresh.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "script-src 'self'" in script.headers["content-security-policy"]
    assert "/health" in script.text
    assert "localStorage" not in script.text
