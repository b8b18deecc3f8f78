"""From the record system's button to the form of the patient on its screen."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import select

from api.storage.engine import reading
from api.storage.tables import access, assessment, listing, session
from tests.smart.conftest import ADDRESS, House, Houses, listed
from tests.smart.ehr import CLIENT, EC_KEY, ISS, NUMBER, Ehr, patient

NOT_HERE = (
    ISS,
    "http://localhost.evil.example/fhir",
    "http://localhost@evil.example/fhir",
    "http://127.0.0.1:1/fhir?x",
    "http://127.0.0.1:1/fhir#x",
    "file://localhost/fhir",
    "http://localhost:x/fhir",
    "http://[",
    "x",
)


def question(house: House) -> dict[str, str]:
    """Return what the system is asked."""
    out = house.out(house.browser())
    assert out.status_code == 303, out.text
    return {name: values[0] for name, values in parse_qs(urlsplit(out.headers["location"]).query).items()}


def test_the_system_is_asked_as_smart_says(house: House):
    asked = question(house)
    assert asked.pop("state")
    assert asked.pop("nonce")
    assert len(asked.pop("code_challenge")) == 43
    scopes = asked.pop("scope").split()
    assert {"launch", "openid", "fhirUser", "patient/Patient.rs"} <= set(scopes)
    assert asked == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": f"{ADDRESS}/smart/callback",
        "launch": "xyz",
        "aud": ISS,
        "code_challenge_method": "S256",
    }


def test_a_server_of_the_first_version_is_asked_in_its_own_words(house: House):
    assert house.ehr.about
    house.ehr.about["capabilities"] = ["launch-ehr"]
    assert "patient/Patient.read" in question(house)["scope"].split()


def test_a_server_that_tells_in_its_metadata_alone_is_understood(house: House):
    parts = [{"url": name, "valueUri": f"https://ehr.example.no/{name}"} for name in ("authorize", "token")]
    told = {"url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris", "extension": parts}
    odd = [{"url": ["authorize"], "valueUri": 7}, "x", None]
    told["extension"] = [*parts, *odd]  # type: ignore[list-item] # what a broken server may say
    house.ehr.about, house.ehr.metadata = None, {"rest": [{"security": {"extension": ["x", told]}}, 7]}
    out = house.out(house.browser())
    assert out.headers["location"].startswith("https://ehr.example.no/authorize?")


def test_the_form_of_the_patient_opens_filled_in_with_what_the_system_tells(house: House):
    browser = house.browser()
    back = house.launched(browser)
    assert back.status_code == 303, back.text
    to = back.headers["location"]
    assert to.startswith("/patients/")
    assert to.endswith("/screen")
    assert NUMBER not in to
    assert "p1" not in to
    page = browser.get(to)
    assert page.status_code == 200
    assert "Synne Prøve" in page.text
    assert "Dag Doktor" in page.text
    assert "I50.9" in page.text
    with reading(house.record.engine) as connection:
        row = connection.execute(select(listing.c.hospital, listing.c.name)).one()
        lines = connection.execute(select(access.c.action, access.c.by, access.c.role)).all()
    assert tuple(row) == ("STO", "Synne Prøve")
    assert ("screened", "smart", "system") in [tuple(each) for each in lines]
    assert ("read", f"{ISS}/d1", "doctor") in [tuple(each) for each in lines]


def test_the_facts_are_proposed_and_wait_for_a_person(house: House):
    house.launched()
    with reading(house.record.engine) as connection:
        inputs = json.loads(connection.execute(select(assessment.c.inputs)).scalar_one())
    assert {each["status"] for each in inputs.get("sources", {}).values()} <= {"proposed"}
    assert inputs["patient"]["id"] == NUMBER
    assert inputs["encounter"]["id"] == "e1"


def test_a_second_launch_finds_the_same_patient_and_tells_nothing_twice_once_there_is_a_screening(house: House):
    first, second = house.launched(), house.launched()
    assert first.headers["location"] == second.headers["location"]
    with reading(house.record.engine) as connection:
        assert len(connection.execute(select(assessment.c.id)).all()) == 1


def test_the_lists_open_without_a_patient(house: House):
    house.ehr.granted = {}
    browser = house.browser()
    back = house.launched(browser)
    assert (back.status_code, back.headers["location"]) == (303, "/")
    assert browser.get("/lists/team").status_code == 200


@pytest.mark.parametrize(
    ("intent", "ends"),
    [
        ("assessment", "/assessment"),
        ("plan", "/plan"),
        ("screening", "/screen"),
        ("https://evil.example", "/screen"),
        ("../../signout", "/screen"),
        (7, "/screen"),
        ("x" * 1_000, "/screen"),
    ],
    ids=lambda told: str(told)[:30],
)
def test_an_intent_chooses_a_page_of_ours_and_nothing_else(house: House, intent, ends):
    house.ehr.granted["intent"] = intent
    to = house.launched().headers["location"]
    assert to.startswith("/patients/")
    assert to.endswith(ends)


def test_an_intent_for_lists_opens_them_though_a_patient_is_on_the_screen(house: House):
    house.ehr.granted["intent"] = "lists"
    assert house.launched().headers["location"] == "/"


def test_a_role_that_has_no_form_gets_the_assessment(houses: Houses):
    house = houses(smart=(listed(role="reader"),))
    assert house.launched().headers["location"].endswith("/assessment")


def test_the_role_may_stand_in_a_claim_and_an_unknown_one_is_refused(houses: Houses):
    house = houses(smart=(listed(role=None, role_claim="job", role_names={"SP": "nurse"}),))
    house.ehr.claims = {"job": "SP"}
    browser = house.browser()
    house.launched(browser)
    assert browser.get("/api/v1/me").json()["role"] == "nurse"
    jobs: tuple[object, ...] = ("LE", None, {"SP": 1}, [], 7)
    for job in jobs:
        house.ehr.claims = {"job": job, "role": "doctor"}
        answer = house.launched()
        assert (answer.status_code, answer.json()["code"]) == (403, "role_unknown")


def test_no_token_of_the_system_is_kept_or_shown(house: House):
    browser = house.browser()
    back = house.launched(browser)
    secret = house.ehr.tokens[0]
    assert secret not in back.text + str(back.headers)
    with reading(house.record.engine) as connection:
        assert secret not in str(connection.execute(select(session)).all())
    assert browser.get("/api/v1/me").json() | {"may": []} == {
        "id": f"{ISS}/d1",
        "name": "Dag Doktor",
        "role": "doctor",
        "units": ["hospital:STO"],
        "may": [],
    }


def test_the_system_is_told_who_we_are_by_a_secret_or_a_key(houses: Houses):
    public = houses()
    public.launched()
    assert public.ehr.forms[0]["client_id"] == CLIENT
    secret = houses(smart=(listed(client_secret="s:å"),))
    secret.launched()
    assert secret.ehr.credentials[0].startswith("Basic ")
    assert "client_id" not in secret.ehr.forms[0]
    post = houses(smart=(listed(client_secret="s"),))
    assert post.ehr.about
    post.ehr.about["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    post.launched()
    assert post.ehr.forms[0]["client_secret"] == "s"
    key = houses(smart=(listed(client_key=json.dumps(EC_KEY.as_dict(private=True))),))
    key.launched()
    form = key.ehr.forms[0]
    assert form["client_assertion_type"].endswith(":jwt-bearer")
    token = jwt.decode(form["client_assertion"], EC_KEY, algorithms=["ES384"])
    assert token.header == {"alg": "ES384", "kid": "ours", "typ": "JWT"}
    assert (token.claims["iss"], token.claims["sub"], token.claims["aud"]) == (
        CLIENT,
        CLIENT,
        "https://ehr.example.no/token",
    )
    assert token.claims["exp"] - token.claims["iat"] <= 60
    assert token.claims["jti"]


def test_an_id_token_without_a_key_id_is_checked_where_there_is_one_key(house: House):
    house.ehr.header = {"kid": None}
    assert house.launched().status_code == 303


def test_a_key_without_an_id_is_good_where_there_is_no_other(house: House):
    house.ehr.key, house.ehr.header = RSAKey.generate_key(2048), {"kid": None}
    assert house.launched().status_code == 303


@pytest.mark.parametrize("iss", [f"{ISS}/", "https://EHR.example.no/fhir", "https://ehr.example.no:443/fhir"])
def test_a_system_is_known_however_its_address_is_written(house: House, iss: str):
    browser = house.browser()
    out = house.out(browser, iss=iss)
    assert parse_qs(urlsplit(out.headers["location"]).query)["aud"] == [iss]
    assert browser.get("/smart/callback", params=house.ehr.signs_in(out.headers["location"])).status_code == 303


@pytest.mark.parametrize("iss", [f"{ISS}/x", "https://ehr.example.no/FHIR", "https://ehr.example.no:444/fhir"])
def test_another_address_is_another_system(house: House, iss: str):
    assert house.out(house.browser(), iss=iss).json()["code"] == "ehr_unknown"


@pytest.mark.parametrize(
    "granted",
    [
        {"expires_in": "3600"},
        {"expires_in": None, "scope": None},
        {"token_type": "bearer", "refresh_token": "x", "smart_style_url": "https://x.example", "tenant": "y"},
        {"encounter": None, "need_patient_banner": None, "fhirContext": [{"reference": "ImagingStudy/1"}]},
        {"encounter": "e404", "intent": ""},
    ],
    ids=" ".join,
)
def test_what_a_system_may_leave_out_or_add_keeps_nobody_from_the_form(house: House, granted):
    house.ehr.granted |= granted
    assert house.launched().headers["location"].endswith("/screen")


def test_a_patient_without_a_number_is_known_by_the_systems_own_id(house: House):
    house.ehr.resources["Patient/p1"] = patient(number=None)
    to = house.launched().headers["location"]
    assert house.launched().headers["location"] == to


def test_what_cannot_be_read_keeps_nobody_from_the_form(house: House):
    house.ehr.resources["Condition/c2"] = {
        "resourceType": "Condition",
        "id": "c2",
        "subject": {"reference": "Patient/p2"},
    }
    house.ehr.resources["Encounter/e1"]["period"] = {"start": "tomorrow"}
    answer = house.launched()
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("/screen")


def test_a_patient_who_cannot_be_read_at_all_is_told_of(house: House):
    house.ehr.resources["Patient/p1"] = patient(number="13453700033")
    answer = house.launched()
    assert answer.status_code == 422
    assert "Pasienten kunne ikke leses" in answer.text
    assert "13453700033" not in answer.text


def test_a_patient_of_another_unit_is_opened_with_a_reason_alone(houses: Houses):
    there = houses(smart=(listed(units=("hospital:OUS",)),))
    there.launched()
    here = houses()
    browser = here.browser()
    page = here.launched(browser)
    assert page.status_code == 200
    assert 'action="/open"' in page.text
    with reading(here.record.engine) as connection:
        assert connection.execute(select(listing.c.hospital)).scalar_one() == "OUS"
        assert len(connection.execute(select(assessment.c.id)).all()) == 1


def test_a_demo_takes_any_system_on_this_machine_and_no_other(houses: Houses):
    demo = houses(Ehr("http://localhost:8443/v/r4/fhir"), demo=True)
    demo.ehr.claims = {"aud": "retthjem-demo"}
    browser = demo.browser()
    back = demo.launched(browser)
    assert back.status_code == 303, back.text
    assert browser.get("/api/v1/me").json()["units"] == ["hospital:demo"]
    for iss in NOT_HERE:
        assert demo.out(demo.browser(), iss=iss).json()["code"] == "ehr_unknown"


def test_without_a_launch_of_the_systems_we_ask_to_choose_a_patient(house: House):
    out = house.browser().get("/smart/launch", params={"iss": ISS})
    asked = parse_qs(urlsplit(out.headers["location"]).query)
    assert "launch" not in asked
    assert asked["scope"][0].split()[0] == "launch/patient"


def test_where_the_system_shows_whose_record_it_is_we_need_not(house: House):
    for said, shown in ((True, True), (None, True), ("false", True), (False, False)):
        house.ehr.granted["need_patient_banner"] = said
        browser = house.browser()
        page = browser.get(house.launched(browser).headers["location"].replace("/screen", "/history")).text
        assert ("<h1>" in page) is shown
        assert "Synne Prøve" in page


def test_nobody_is_launched_as_the_record_itself(houses: Houses):
    house = houses(smart=(listed(role="system"),))
    assert house.launched().json()["code"] == "role_unknown"
