"""The administrator: a screen is made, shown its code once and closed out; what was retracted is brought back."""

from __future__ import annotations

import re
from html import unescape

import pytest

from careplans.course.events import Retracted, StepDone, Undone
from tests.ward.plans import admitted, ago
from tests.ward.signed_in import hospital


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with hospital(tmp_path_factory.mktemp("administration")) as served:
        yield served


@pytest.fixture(scope="module")
def administrator(demo):
    return demo.browser("lena")


def csrf(browser, path: str) -> str:
    """Return what a form on the page must send along."""
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get(path).text)
    assert found
    return found[1]


def test_a_screen_is_made_with_a_code_that_is_shown_once_and_closed_out(administrator):
    asked = {"csrf": csrf(administrator, "/devices"), "ward": "GER2", "label": "Vaktrommet"}
    assert re.search(r'class="token">[0-9A-Z]{5}-', administrator.post("/devices", data=asked).text)
    page = administrator.get("/devices").text
    assert "Vaktrommet" in page
    assert 'class="token"' not in page
    revoke = re.search(r'action="(/devices/\w+/revoke)"', page)
    assert revoke
    assert administrator.post(revoke[1], data={"csrf": asked["csrf"]}).status_code == 303
    assert "Lukket ute" in administrator.get("/devices").text


def test_what_was_retracted_is_told_without_a_word_of_it_and_can_be_brought_back(demo, administrator):
    patient = admitted(demo, 1)
    patient.tell(Retracted("stay", patient.stay, "Naboens opphold"))
    nurse = demo.browser("ingrid")
    assert nurse.get(f"{patient.path}/history").status_code == 404
    page = unescape(administrator.get("/retractions").text)
    assert "Et opphold" in page
    assert "Naboens opphold" not in page
    restore = re.search(r'action="(/retractions/\w+/restore)"', page)
    assert restore
    said = {"csrf": csrf(administrator, "/retractions"), "reason": "Det var rett likevel"}
    assert administrator.post(restore[1], data=said).status_code == 303
    assert nurse.get(f"{patient.path}/history").status_code == 200


def test_an_admission_that_was_undone_is_found_without_a_word_of_it_and_can_be_brought_back(demo, administrator):
    patient = admitted(demo, 2)
    patient.tell(StepDone(patient.stay, "municipal_notice", ago(hours=1)))
    patient.tell(Undone(patient.seen.stream.recorded[-1].id, "Ikke sendt likevel"))
    admission = next(each.id for each in patient.seen.stream.recorded if each.event.kind == "admitted")
    patient.tell(Undone(admission, "Naboen kom"))
    assert demo.browser("ingrid").get(f"{patient.path}/history").status_code == 404
    page = unescape(administrator.get("/retractions").text)
    assert page.count("En innleggelse som ble angret, GER2") == 1
    assert "Naboen kom" not in page
    restore = f"/retractions/{patient.seen.stream.recorded[-1].id}/restore"
    assert f'action="{restore}"' in page
    said = {"csrf": csrf(administrator, "/retractions"), "reason": "Pasienten ligger her"}
    assert administrator.post(restore, data=said).status_code == 303
    assert demo.browser("ingrid").get(f"{patient.path}/history").status_code == 200
    assert "innleggelse som ble angret" not in administrator.get("/retractions").text


def test_an_undoing_of_anything_else_is_brought_back_by_nobody_from_there(demo, administrator):
    patient = admitted(demo, 3)
    patient.tell(StepDone(patient.stay, "municipal_notice", ago(hours=1)))
    patient.tell(Undone(patient.seen.stream.recorded[-1].id, "Ikke sendt likevel"))
    last = patient.seen.stream.recorded[-1].id
    said = {"csrf": csrf(administrator, "/devices"), "reason": "Pasienten ligger her"}
    assert administrator.post(f"/retractions/{last}/restore", data=said).status_code == 404
