"""What a launch must not let through: another's code, patient, system or session, and servers that misbehave."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from api.storage.engine import reading
from api.storage.tables import launch, listing
from tests.smart.conftest import House, Houses, listed, opening
from tests.smart.ehr import EC_KEY, ISS, JSON, OTHER_KEY, Ehr, huge, patient, slow

BACK = "/smart/callback"


@pytest.fixture(scope="module")
def one_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Give an application that all of these share."""
    with opening(tmp_path_factory.mktemp("attacked")) as open_one:
        yield open_one()


@pytest.fixture
def house(one_house: House) -> House:
    """Give the application, with a record system that nobody has changed."""
    return one_house.with_new_ehr()


def is_failed(answer: Any, code: str = "launch_failed") -> bool:
    """Return whether a launch was turned away, and nobody signed in."""
    return answer.json()["code"] == code and not re.search('retthjem=[^"]', answer.headers.get("set-cookie", ""))


def patients(house: House) -> int:
    """Return how many patients there are."""
    with reading(house.record.engine) as connection:
        return len(connection.execute(select(listing.c.person)).all())


def out_of(house: House, browser: Any) -> dict[str, str]:
    """Return what a browser brings back after it was sent out."""
    return house.ehr.signs_in(house.out(browser).headers["location"])


def test_a_state_is_the_browsers_own(house: House):
    brought = out_of(house, house.browser())
    assert is_failed(house.browser().get(BACK, params=brought))
    victim = house.browser()
    out_of(house, victim)
    assert is_failed(victim.get(BACK, params=brought))


def test_a_state_and_a_code_are_good_once(house: House):
    browser = house.browser()
    brought = out_of(house, browser)
    assert browser.get(BACK, params=brought).status_code == 303
    again = house.browser()
    again.cookies = browser.cookies
    assert is_failed(again.get(BACK, params=brought))


def test_a_code_of_another_launch_is_worth_nothing(house: House):
    mine, other = house.browser(), house.browser()
    brought, theirs = out_of(house, mine), out_of(house, other)
    assert is_failed(mine.get(BACK, params={**brought, "code": theirs["code"]}))


def test_two_launches_in_one_browser_do_not_end_each_other(house: House):
    browser = house.browser()
    first, second = out_of(house, browser), out_of(house, browser)
    assert browser.get(BACK, params=first).status_code == 303
    assert browser.get(BACK, params=second).status_code == 303


def test_a_launch_runs_out(house: House):
    browser = house.browser()
    brought = out_of(house, browser)
    now = house.launching.launches._now
    house.launching.launches._now = lambda: now() + timedelta(minutes=11)
    assert is_failed(browser.get(BACK, params=brought))
    out_of(house, browser)
    house.launching.launches._now = now
    with reading(house.record.engine) as connection:
        assert len(connection.execute(select(launch)).all()) == 1


@pytest.mark.parametrize("extra", [{"error": "access_denied", "code": ""}, {"code": ""}, {"code": "x" * 5_000}])
def test_a_sign_in_that_was_not_completed_is_told_kindly(house: House, extra):
    browser = house.browser()
    brought = {**out_of(house, browser), **extra}
    answer = browser.get(BACK, params=brought, headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert "åpne på nytt derfra" in answer.text


@pytest.mark.parametrize("state", ["", "x", "å", "x" * 201, "\x00"])
def test_a_state_that_was_never_given_is_refused(house: House, state):
    answer = house.browser().get(BACK, params={"state": state, "code": "c"})
    assert answer.status_code in {400, 422}


def test_another_systems_answer_is_refused(houses: Houses):
    house = houses(smart=(listed(), listed(iss="https://other.example.no/fhir")))
    for said, works in ((ISS, True), ("https://other.example.no/fhir", False), ("", False)):
        browser = house.browser()
        answer = browser.get(BACK, params={**out_of(house, browser), "iss": said})
        assert (answer.status_code == 303) is works


def test_a_system_that_promises_to_say_who_it_is_must(houses: Houses):
    ehr = Ehr()
    assert ehr.about
    ehr.about["authorization_response_iss_parameter_supported"] = True
    house = houses(ehr)
    browser = house.browser()
    assert is_failed(browser.get(BACK, params=out_of(house, browser)))


@pytest.mark.parametrize(
    "iss",
    [
        "https://evil.example/fhir",
        f"{ISS}/../evil",
        f"{ISS}?x=1",
        f"{ISS}#x",
        "https://ehr.example.no@evil.example/fhir",
        "https://ehr.example.no.evil.example/fhir",
        "http://ehr.example.no/fhir",
        "http://127.0.0.1:9/fhir",
        "//ehr.example.no/fhir",
        "javascript:alert(1)",
        "https://ehr.example.no/fhir\r\nX: y",
        "h" * 3_000,
        "",
    ],
)
def test_a_system_that_is_not_listed_is_never_asked(house: House, iss):
    answer = house.browser().get("/smart/launch", params={"iss": iss, "launch": "x"})
    assert answer.json()["code"] == "ehr_unknown"
    assert not house.ehr.asked


def test_a_parameter_that_stands_twice_is_refused(house: House):
    for query in (f"iss={ISS}&iss=https://evil.example&launch=x", f"iss={ISS}&launch=x&launch=y"):
        assert is_failed(house.browser().get(f"/smart/launch?{query}"))


def test_the_patient_is_the_one_the_system_says_whatever_the_address_says(house: House):
    house.ehr.resources["Patient/p2"] = patient("p2", None)
    browser = house.browser()
    out = house.client.get("/smart/launch", params={"iss": ISS, "launch": "x", "patient": "p2"}, follow_redirects=False)
    asked = parse_qs(urlsplit(out.headers["location"]).query)
    assert "patient" not in asked
    brought = {
        **out_of(house, browser),
        "patient": "p2",
        "encounter": "e2",
        "intent": "lists",
        "next": "//evil.example",
    }
    to = browser.get(BACK, params=brought).headers["location"]
    assert re.fullmatch(r"/patients/[0-9a-zA-Z-]+/screen", to)
    assert house.ehr.asked["/fhir/Patient/p1"]
    assert not house.ehr.asked["/fhir/Patient/p2"]


def test_an_answer_about_another_patient_than_was_asked_for_is_refused(house: House):
    house.ehr.resources["Patient/p1"] = patient("p2", "13453700113")
    before = patients(house)
    answer = house.launched()
    assert answer.status_code == 422
    assert patients(house) == before


def test_a_stay_of_another_patient_is_left_out(house: House):
    house.ehr.resources["Encounter/e1"]["subject"] = {"reference": "Patient/p2"}
    assert house.launched().status_code == 303


@pytest.mark.parametrize(
    "id", ["", ".", "..", "../Patient/p2", "p1/../p2", "p1?x", "p1#x", "å", "x" * 65, 7, ["p1"], {}], ids=str
)
@pytest.mark.parametrize("name", ["patient", "encounter"])
def test_an_id_that_is_none_ends_the_launch(house: House, name, id):
    house.ehr.granted[name] = id
    assert is_failed(house.launched())


@pytest.mark.parametrize(
    "changed",
    [
        {"token_type": "DPoP"},
        {"token_type": None},
        {"access_token": None},
        {"access_token": ""},
        {"access_token": "a\r\nX-Evil: 1"},
        {"access_token": "x" * 20_001},
        {"access_token": 7},
        {"id_token": None},
        {"id_token": "x"},
        {"id_token": 7},
        {"id_token": "a.b.c"},
    ],
    ids=lambda told: str(told)[:40],
)
def test_an_answer_that_lacks_what_smart_asks_for_ends_the_launch(house: House, changed):
    house.ehr.granted |= changed
    assert is_failed(house.launched())


NOW = int(time.time())


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": None},
        {"aud": ["rett-hjem", "another"]},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": NOW - 3_600},
        {"exp": None},
        {"iat": NOW + 3_600},
        {"sub": None},
        {"sub": "a\x00b"},
        {"azp": "another"},
    ],
    ids=lambda told: re.sub("[0-9]{5,}", "…", str(told)),
)
def test_a_person_who_is_not_told_of_rightly_does_not_come_in(house: House, claims):
    house.ehr.claims = claims
    assert is_failed(house.launched())


def test_an_id_token_by_another_key_is_refused(house: House):
    for key, header in ((OTHER_KEY, {}), (OTHER_KEY, {"kid": None}), (EC_KEY, {"alg": "ES384"})):
        browser = house.browser()
        brought = out_of(house, browser)
        right, house.ehr.key = house.ehr.key, key
        house.ehr.header = header
        house.ehr.raw["/keys"] = httpx2.Response(200, json={"keys": [dict(right.as_dict(private=False))]})
        assert is_failed(browser.get(BACK, params=brought))
        house.ehr.key = right


@pytest.mark.parametrize("path", ["/fhir/.well-known/smart-configuration", "/token", "/keys", "/fhir/Patient/p1"])
@pytest.mark.parametrize(
    "raw",
    [
        huge,
        lambda: httpx2.Response(302, headers={"Location": "http://127.0.0.1/"}),
        lambda: httpx2.Response(500, content=b"secret"),
        lambda: httpx2.Response(200, content=b"{" * 100_000, headers=JSON),
        lambda: httpx2.Response(200, content=b"[]", headers=JSON),
        lambda: httpx2.Response(200, content=b'{"resourceType": 7}', headers=JSON),
        lambda: httpx2.Response(200, content=b"\xff\xfe", headers=JSON),
    ],
    ids=["huge", "redirect", "fault", "deep", "list", "empty", "bytes"],
)
def test_a_server_that_misbehaves_is_told_of_and_lets_nobody_in(house: House, path, raw):
    browser = house.browser()
    if "well-known" in path:
        house.ehr.raw[path] = raw()
        answer = house.out(browser)
    else:
        brought = out_of(house, browser)
        house.ehr.raw[path] = raw()
        answer = browser.get(BACK, params=brought)
    assert answer.status_code in {400, 422, 503}
    assert answer.headers.get("retry-after") == ("30" if answer.status_code == 503 else None)
    assert "secret" not in answer.text


@pytest.mark.parametrize(("path", "most"), [("/token", 6.5), ("/fhir/Patient/p1", 3.5)])
def test_a_server_that_never_ends_is_left(house: House, path, most):
    browser = house.browser()
    brought = out_of(house, browser)
    house.ehr.raw[path] = slow(20)
    began = time.monotonic()
    answer = browser.get(BACK, params=brought)
    assert (answer.status_code, answer.json()["code"]) == (503, "launch_unavailable")
    assert time.monotonic() - began < most


def test_endpoints_on_an_open_line_are_not_used(houses: Houses):
    for name in ("token_endpoint", "authorization_endpoint"):
        ehr = Ehr()
        assert ehr.about
        ehr.about[name] = ehr.about[name].replace("https", "http")
        house = houses(ehr)
        assert house.out(house.browser()).json()["code"] == "launch_unavailable"


@pytest.mark.parametrize("at", ["https://[", "https://ehr.example.no:x/", "https://ehr.example.no/authorize#part"])
def test_endpoints_that_are_no_addresses_are_not_used(houses: Houses, at):
    for name in ("token_endpoint", "authorization_endpoint"):
        ehr = Ehr()
        assert ehr.about
        ehr.about[name] = at
        house = houses(ehr)
        assert house.out(house.browser()).json()["code"] == "launch_unavailable"


@pytest.mark.parametrize("name", ["token_endpoint", "authorization_endpoint", "jwks_uri", "issuer"])
@pytest.mark.parametrize("at", ["http://127.0.0.1:8000/x", "https://localhost/x", "http://[::1]/x"])
def test_a_system_elsewhere_cannot_have_us_ask_our_own_machine(houses: Houses, name, at):
    ehr = Ehr()
    assert ehr.about
    ehr.about[name] = at
    if name == "issuer":
        del ehr.about["jwks_uri"]
        ehr.claims = {"iss": at}
    if name == "jwks_uri":
        del ehr.about["issuer"]
    house = houses(ehr)
    browser = house.browser()
    out = house.out(browser)
    if out.status_code == 303:
        out = browser.get(BACK, params=ehr.signs_in(out.headers["location"]))
    assert out.status_code in {400, 503}
    assert "/x" not in ehr.asked
    assert "/x/.well-known/openid-configuration" not in ehr.asked


def test_a_system_on_this_machine_that_is_listed_may_have_its_servers_here(houses: Houses):
    ehr = Ehr("http://127.0.0.1:9000/fhir")
    house = houses(ehr, smart=(listed(iss=ehr.iss),))
    assert house.launched().status_code == 303


def test_a_system_that_does_not_answer_is_left_alone_for_a_while(house: House, monkeypatch: pytest.MonkeyPatch):
    clock = [1_000.0]
    monkeypatch.setattr(house.launching.ehrs, "_clock", lambda: clock[0])
    at = "/fhir/.well-known/smart-configuration"
    house.ehr.raw[at] = httpx2.Response(500)
    for _ in range(3):
        assert house.out(house.browser()).status_code == 503
    assert house.ehr.asked[at] == 1
    del house.ehr.raw[at]
    clock[0] += 11
    assert house.out(house.browser()).status_code == 303


def test_many_who_are_launched_at_once_make_one_question(house: House):
    at = "/fhir/.well-known/smart-configuration"
    house.ehr.raw[at] = 0.3
    browsers = [house.browser() for _ in range(4)]
    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = list(pool.map(house.out, browsers))
    assert {each.status_code for each in answers} == {303}
    assert house.ehr.asked[at] == 1


def test_a_slow_system_is_waited_for_once_though_it_is_asked_in_two_ways(house: House):
    house.ehr.about = None
    house.ehr.raw |= {"/fhir/.well-known/smart-configuration": 3.0, "/fhir/metadata": 20.0}
    began = time.monotonic()
    assert house.out(house.browser()).status_code == 503
    assert time.monotonic() - began < 6


@settings(max_examples=40, deadline=1_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["issuer", "jwks_uri", "authorization_endpoint", "token_endpoint", "capabilities", "x"]),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.text(max_size=20)
            | st.just("https://[")
            | st.just("https://h:x/"),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            max_leaves=6,
        ),
    )
)
def test_whatever_a_server_says_of_itself_is_used_or_refused(house: House, said):
    house.with_new_ehr().ehr.about = {**Ehr().about, **said}  # type: ignore[dict-item] # there is one
    answer = house.out(house.browser())
    assert answer.status_code in {303, 503}
