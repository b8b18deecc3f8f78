"""The tour leads to pages that are there, as people who may open them, about patients who are as it says."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from api.app import make_app
from api.demo.staff import user_of
from api.demo.ward import patients
from api.people.demo_issuer import people
from api.record.list_rows import initials
from api.ward.tour import STEPS
from tests.v1.serving import ADDRESS, service_over, settings_over
from tests.ward.demo_house import browser, filled_service


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with filled_service(tmp_path_factory.mktemp("tour")) as service:
        yield service


def csrf_in(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("who", ["ingrid", "eskil"])
def test_the_tour_names_each_step_its_person_and_its_patient(service, who, language):
    with browser(service, who, language) as client:
        page = client.get("/tour").text
    for step in STEPS:
        assert people()[step.person].name in page
        assert step.patient in page
    assert page.count('name="step"') == len(STEPS) == 8


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.id)
def test_a_press_signs_in_as_the_one_who_does_the_step_and_leads_there(service, step):
    with browser(service, "eskil") as client:
        sent = {"csrf": csrf_in(client.get("/tour").text), "step": step.id}
        led = client.post("/tour/go", data=sent, headers={"Origin": "http://testserver"}, follow_redirects=False)
        assert (led.status_code, led.headers["location"]) == (303, step.path)
        me = client.get("/api/v1/me").json()
        expected = user_of(people()[step.person])
        assert (me["id"], me["name"], me["role"]) == (expected.id, expected.name, expected.role)
        assert set(me["units"]) == {str(unit) for unit in expected.units}
        assert client.get(step.path).status_code == 200


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.id)
def test_the_patient_of_a_step_is_on_the_first_page_that_it_leads_to(service, step):
    assert step.patient in {patient.name for patient in patients()}
    with browser(service, step.person) as client:
        page = client.get(step.path).text
    shown = initials(step.patient) if step.path == "/tavle" else step.patient
    assert shown
    assert shown in page


def test_the_old_session_ends_with_the_press(service):
    with browser(service, "eskil") as client:
        old = client.cookies["retthjem"]
        sent = {"csrf": csrf_in(client.get("/tour").text), "step": "board"}
        client.post("/tour/go", data=sent, headers={"Origin": "http://testserver"}, follow_redirects=False)
        assert client.cookies["retthjem"] != old
        client.cookies.clear()
        client.cookies.set("retthjem", old)
        assert client.get("/api/v1/me").status_code == 401


def test_a_press_from_elsewhere_or_without_the_pages_mark_changes_nothing(service):
    with browser(service, "eskil") as client:
        csrf = csrf_in(client.get("/tour").text)
        for sent, origin in (
            ({"step": "board"}, "http://testserver"),
            ({"step": "board", "csrf": csrf}, "https://elsewhere.example"),
        ):
            assert client.post("/tour/go", data=sent, headers={"Origin": origin}).status_code == 403
        assert client.get("/api/v1/me").json()["id"] == "demo-eskil"


def test_a_step_that_is_not_there_is_not_found(service):
    with browser(service, "eskil") as client:
        sent = {"csrf": csrf_in(client.get("/tour").text), "step": "none"}
        assert client.post("/tour/go", data=sent, headers={"Origin": "http://testserver"}).status_code == 404


def test_where_people_are_real_there_is_no_tour_and_no_changing_places(tmp_path):
    from tests.v1.people import NURSE

    service = service_over(settings_over(f"sqlite:///{tmp_path / 'real.sqlite'}"))
    with TestClient(make_app(service), base_url=ADDRESS) as client:
        assert client.get("/tour", headers=NURSE).status_code == 404
        assert client.post("/tour/go", headers=NURSE, data={"step": "board"}).status_code == 404
