"""Finding a patient by number: one's own is there, and of any other nothing is told until a reason is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select, update

from api.screening import texts_in
from api.storage.engine import reading
from api.storage.tables import access, listing, opened
from tests.v1.people import number
from tests.ward.plans import Planned, admitted
from tests.ward.signed_in import Hospital, hospital

T = texts_in("nb")
HERE, NOWHERE = 400, 499


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """Serve a demo."""
    with hospital(tmp_path_factory.mktemp("demo")) as served:
        yield served


@pytest.fixture(scope="module")
def patient(demo: Hospital) -> Planned:
    """Store a patient of GER2."""
    return admitted(demo, HERE)


def send(browser: TestClient, path: str, **fields: str) -> Response:
    """Send a form as one of this person's pages would."""
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/find").text)
    assert found
    return browser.post(path, data={"csrf": found[1], **fields})


def without_numbers(page: str) -> str:
    """Return a page less the number that was asked for."""
    return page.replace(number(HERE), "").replace(number(NOWHERE), "")


def log(demo: Hospital, person: str) -> list[tuple[str, str | None]]:
    """Return what was logged about a patient, and with which reason."""
    with reading(demo.record.engine) as connection:
        rows = connection.execute(select(access.c.action, access.c.reason).where(access.c.person == person))
        return [(row.action, row.reason) for row in rows]


def test_ones_own_patient_is_found_however_the_number_is_written(demo: Hospital, patient: Planned) -> None:
    ingrid, identity = demo.browser("ingrid"), number(HERE)
    for written in (identity, f"{identity[:6]} {identity[6:]}", f" {identity[:6]}-{identity[6:]} "):
        found = send(ingrid, "/find", identity=written)
        assert (found.status_code, found.headers["location"]) == (303, f"{patient.path}/assessment")
    assert ("identified", None) in log(demo, patient.id)


def test_another_units_patient_is_answered_as_a_number_that_nobody_has(demo: Hospital, patient: Planned) -> None:
    before, jonas = log(demo, patient.id), demo.browser("jonas")
    elsewhere, nowhere = (send(jonas, "/find", identity=number(each)) for each in (HERE, NOWHERE))
    assert elsewhere.status_code == nowhere.status_code == 200
    assert without_numbers(elsewhere.text) == without_numbers(nowhere.text)
    assert T("finding.elsewhere.title") in elsewhere.text
    assert patient.id not in elsewhere.text
    assert log(demo, patient.id) == before


def test_another_units_record_is_opened_with_a_reason_that_is_logged(demo: Hospital, patient: Planned) -> None:
    jonas, reason = demo.browser("jonas"), "Ringer om medisinene"
    assert jonas.get(f"{patient.path}/assessment").status_code == 404
    done = send(jonas, "/open", identity=number(HERE), reason=f" {reason} ")
    assert (done.status_code, done.headers["location"]) == (303, f"{patient.path}/assessment")
    assert ("opened", reason) in log(demo, patient.id)
    assert jonas.get(f"{patient.path}/assessment").status_code == 200


@pytest.mark.parametrize("reason", ["", "  ", "ja", "x" * 501])
def test_without_a_reason_nothing_is_opened_and_the_field_says_why(
    demo: Hospital, patient: Planned, reason: str
) -> None:
    amina_elsewhere = demo.browser("oddny")
    shown = send(amina_elsewhere, "/open", identity=number(HERE), reason=reason)
    assert shown.status_code == 200
    assert shown.text.count(T("finding.reason_wrong", most=500)) == 2, "at the top, and beside the field"
    assert 'aria-invalid="true"' in shown.text
    with reading(demo.record.engine) as connection:
        by = connection.execute(select(opened.c.by).where(opened.c.person == patient.id)).scalars()
        assert "demo-oddny" not in set(by)


def test_a_number_without_a_record_cannot_be_opened_and_says_so(demo: Hospital) -> None:
    shown = send(demo.browser("jonas"), "/open", identity=number(NOWHERE), reason="Ringer om medisinene")
    assert shown.status_code == 200
    assert T("finding.none") in unescape(shown.text)


@pytest.mark.parametrize(
    ("written", "code"),
    [("", "not_eleven_digits"), ("1581450", "not_eleven_digits"), ("15814500001", "check_digits")],
)
def test_a_number_that_is_wrong_is_said_beside_the_field_in_words(demo: Hospital, written: str, code: str) -> None:
    shown = send(demo.browser("ingrid"), "/find", identity=written)
    assert shown.status_code == 200
    assert shown.text.count(T(f"finding.wrong_number.identity_{code}")) == 2
    assert f'value="{written}"' in shown.text


def test_the_number_is_in_no_address_and_no_title(demo: Hospital, patient: Planned) -> None:
    shown = send(demo.browser("oddny"), "/find", identity=number(HERE))
    assert not re.search(rf'(href|action|src)="[^"]*{number(HERE)}', shown.text)
    assert number(HERE) not in shown.text.partition("</title>")[0]
    assert demo.browser("ingrid").get(f"/find?identity={number(HERE)}").text.count(number(HERE)) == 0


@pytest.mark.parametrize(("person", "may_add"), [("jonas", True), ("oddny", False), ("marte", False)])
def test_those_at_the_hospital_can_begin_with_someone_new(demo: Hospital, person: str, may_add: bool) -> None:
    shown = send(demo.browser(person), "/find", identity=number(NOWHERE))
    assert ('href="/screen"' in shown.text) is may_add


def test_an_administrator_finds_a_patient_and_opens_none(demo: Hospital, patient: Planned) -> None:
    lena = demo.browser("lena")
    assert send(lena, "/find", identity=number(HERE)).headers["location"] == f"{patient.path}/history"
    assert 'action="/open"' not in send(lena, "/find", identity=number(NOWHERE)).text


@pytest.mark.parametrize("person", ["anne", "eskil"])
def test_those_who_find_nobody_get_no_box(demo: Hospital, person: str) -> None:
    assert demo.browser(person).get("/find").status_code == 403


@pytest.mark.parametrize(
    ("name", "room", "written"),
    [
        ("Nguyễn, Thị Hoa", "9", ["Nguyen", "nguyễn", "thi hoa", "rom 9", "Room 9", "rom9", "9"]),
        ("Sárá, Máret", "B-12", ["Maret", "sara maret", "rom B-12", "MS"]),
        ("Łukaszewicz, Zoë", None, ["lukasz", "Zoe"]),
        ("Bøe, Đorđe", None, ["Boe", "Bøe", "dorde"]),
    ],
)
def test_a_name_is_found_without_its_marks_and_a_room_with_the_word_before_it(
    demo: Hospital, patient: Planned, name: str, room: str | None, written: list[str]
) -> None:
    ingrid = demo.browser("ingrid")
    with demo.record.engine.begin() as connection:
        connection.execute(update(listing).where(listing.c.person == patient.id).values(name=name, room=room))
    for each in written:
        assert f"/patients/{patient.id}/" in send(ingrid, "/find", identity=each).text, each
    assert f"/patients/{patient.id}/" not in send(ingrid, "/find", identity="Nguyenx").text


def test_ones_own_patient_is_found_by_name_initials_or_room_and_the_log_says_that_it_was_seen(
    demo: Hospital, patient: Planned
) -> None:
    rename(demo, patient, name="Øystein Åsmund Prøve", room="12B")
    ingrid = demo.browser("ingrid")
    before = log(demo, patient.id).count(("list", None))
    for written in ("øystein", "åsm prø", "ØP", "12b"):
        found = send(ingrid, "/find", identity=written)
        assert found.status_code == 200
        assert f'<a href="{patient.path}/' in found.text, written
        assert "?" not in str(found.url)
    assert log(demo, patient.id).count(("list", None)) == before + 4


@pytest.mark.parametrize("written", ["stein", "%", "_", "Q", "13"])
def test_what_means_nobody_finds_nobody(demo: Hospital, patient: Planned, written: str) -> None:
    rename(demo, patient, name="Øystein Prøve", room="12B")
    shown = send(demo.browser("ingrid"), "/find", identity=written).text
    assert patient.path not in shown
    assert T("finding.nobody") in shown


def test_nobody_is_found_by_name_on_another_unit_and_a_protected_room_finds_nobody(
    demo: Hospital, patient: Planned
) -> None:
    rename(demo, patient, name="Øystein Prøve", room="12B", protected=True)
    assert patient.path not in send(demo.browser("jonas"), "/find", identity="Øystein").text
    assert patient.path not in send(demo.browser("ingrid"), "/find", identity="12B").text
    assert patient.path not in send(demo.browser("lena"), "/find", identity="Øystein").text


def rename(demo: Hospital, patient: Planned, *, name: str, room: str, protected: bool = False) -> None:
    """Set what a list holds of the patient."""
    with demo.record.engine.begin() as connection:
        changed = update(listing).where(listing.c.person == patient.id)
        connection.execute(changed.values(name=name, room=room, protected=protected))
