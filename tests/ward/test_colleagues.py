"""A form that someone has begun: seen by colleagues, taken over or left, and each step is logged."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.people.user import Unit, User
from api.record import drafts
from api.storage.engine import reading
from api.storage.tables import access
from tests.ward.signed_in import Hospital, fields, hospital

STAY = {"ward": "GER2", "admitted": "2026-11-22T10:10:00+01:00"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with hospital(tmp_path_factory.mktemp("colleagues")) as served:
        yield served


@pytest.fixture(scope="module")
def nurse(demo):
    return demo.browser("ingrid")


@pytest.fixture(scope="module")
def doctor(demo):
    return demo.browser("amina")


def begun(demo: Hospital, nurse: TestClient, name: str) -> str:
    """Return the form's address of a new patient, whose form the nurse has begun with CFS 6."""
    patient = {"local_id": name, "name": f"Prøve {name}", "birth_date": "1940-01-01", "municipality": "5001"}
    path = f"/patients/{demo.sends({'patient': patient, 'encounter': STAY | {'id': f'E-{name}'}})}/screen"
    send(nurse, path, "draft", cfs_clinician="6")
    return path


def send(browser: TestClient, path: str, does: str, **changes: Any) -> Any:
    """Send the form as it stands, with some fields changed, by one of its buttons."""
    return browser.post(path, data=fields(browser.get(path).text) | changes | {"do": does})


def answer(browser: TestClient, path: str, does: str, **changes: str) -> Any:
    """Press a button of the page that asks whose draft it shall be."""
    page = browser.get(path).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    return browser.post(path, data=hidden | changes | {"do": does})


def seen(demo: Hospital, path: str) -> list[tuple[str, str]]:
    """Return what the access log says of a patient: who, and what."""
    found = select(access.c.by, access.c.action).where(access.c.person == path.split("/")[2]).order_by(access.c.seq)
    with reading(demo.record.engine) as connection:
        return [(row.by, row.action) for row in connection.execute(found)]


def test_the_list_says_who_has_begun_to_those_who_may_fill_in_the_form(demo, nurse, doctor):
    begun(demo, nurse, "listed")
    for browser, words in ((nurse, "Kladden din fra"), (doctor, "Påbegynt av Ingrid Nes")):
        page = browser.get("/lists/unscreened").text
        row = page[page.index("Prøve listed") :].partition("</tr>")[0]
        assert words in row
    assert "Påbegynt" not in demo.browser("jonas").get("/lists/unscreened").text


def test_a_colleague_is_asked_before_the_form_is_begun_anew(demo, nurse, doctor):
    path = begun(demo, nurse, "asked")
    page = doctor.get(path).text
    assert "Ingrid Nes har en kladd. Ta over?" in page
    assert 'id="screening"' not in page
    assert "cfs_clinician" not in page
    assert 'id="screening"' in nurse.get(path).text


def test_a_draft_that_is_taken_over_is_gone_on_with_and_the_first_finds_whose_it_is(demo, nurse, doctor):
    path = begun(demo, nurse, "taken")
    assert answer(doctor, path, "take_over").headers["location"] == path
    page = doctor.get(path).text
    assert fields(page)["cfs_clinician"] == ["6"]
    assert "Dette er kladden din" in page
    assert "Amina" in nurse.get(path).text.partition("har en kladd")[0]
    assert ("demo-amina", "draft_taken") in seen(demo, path)


def test_whoever_types_is_told_that_the_draft_was_taken_over_and_what_they_write_is_kept_beside_it(demo, nurse, doctor):
    path = begun(demo, nurse, "typing")
    page = nurse.get(path).text
    typed = fields(page) | {"do": "draft", "cfs_clinician": "6"}
    assert nurse.post(path, data=typed, headers={"HX-Request": "true"}).status_code == 200
    answer(doctor, path, "take_over")
    for level in ("6", "7"):  # it is said for as long as both have a draft
        saved = nurse.post(path, data=typed | {"cfs_clinician": level}, headers={"HX-Request": "true"})
        assert "Amina Warsame har tatt over kladden" in saved.text
    assert fields(nurse.get(path).text)["cfs_clinician"] == ["7"]
    page = doctor.get(path).text
    assert fields(page)["cfs_clinician"] == ["6"]
    assert "Ingrid Nes har også en kladd her" in page
    send(doctor, path, "save")
    assert "har også en kladd her" not in doctor.get(path).text


def test_one_who_begins_anew_leaves_the_other_draft_as_it_is(demo, nurse, doctor):
    path = begun(demo, nurse, "own")
    answer(doctor, path, "own")
    assert fields(doctor.get(path).text)["cfs_clinician"] == [""]
    assert fields(nurse.get(path).text)["cfs_clinician"] == ["6"]


def test_a_draft_that_is_gone_meanwhile_is_not_taken_over(demo, nurse, doctor):
    path = begun(demo, nurse, "gone")
    asked = doctor.get(path).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked))
    nurse.post(path, data={"do": "discard", "csrf": fields(nurse.get(path).text)["csrf"]})
    assert doctor.post(path, data=hidden | {"do": "take_over"}).status_code == 303
    assert fields(doctor.get(path).text)["cfs_clinician"] == [""]


def test_a_draft_from_before_the_last_signing_is_nobody_elses(demo, nurse, doctor):
    path = begun(demo, nurse, "signed")
    answer(doctor, path, "own")
    send(doctor, path, "save", cfs_clinician="5")
    assert "har en kladd" not in demo.browser("henrik").get(path).text


def test_what_was_begun_on_paper_is_gone_on_with_as_paper(demo, nurse, doctor):
    path = begun(demo, nurse, "on_paper")
    nurse.post(path, data={"do": "discard", "csrf": fields(nurse.get(path).text)["csrf"]})
    send(nurse, f"{path}?paper=1", "draft", cfs_clinician="4")
    assert answer(doctor, path, "take_over").headers["location"] == f"{path}?paper=1"
    assert fields(doctor.get(f"{path}?paper=1").text)["cfs_clinician"] == ["4"]


def test_a_second_rater_is_told_of_no_draft_and_their_own_is_not_taken_over(demo, nurse, doctor):
    path = begun(demo, nurse, "second")
    send(nurse, path, "save")
    send(nurse, path, "draft", four_at="1")
    assert "har en kladd" not in doctor.get(f"{path}?second=1").text
    send(doctor, f"{path}?second=1", "draft", cfs_clinician="3")
    assert "Ingrid" in demo.browser("henrik").get(path).text.partition("har en kladd")[0]


def test_someone_of_another_house_is_told_of_no_draft(demo, nurse):
    path = begun(demo, nurse, "house")
    person = path.split("/")[2]
    with reading(demo.record.engine) as connection:
        elsewhere = User("x", "nurse", frozenset({Unit("ward", "other/GER2"), Unit("municipality", "5001")}))
        assert not drafts.begun(connection, elsewhere, [person], ["screening"])
        same = User("y", "geriatric_team", frozenset({Unit("hospital", "demo")}))
        assert drafts.begun(connection, same, [person], ["screening"])[person].name == "Ingrid Nes"
