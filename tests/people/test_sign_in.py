"""Signing in and out: with a provider, and in the demo by the same way."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from api.people.demo_issuer import DemoIssuer, people
from api.people.sessions import hashed
from api.people.sign_ins import challenge_of
from api.storage.tables import session, sign_in
from tests.people.conftest import ADDRESS, Site
from tests.people.provider import CLIENT, URL
from tests.people.signing_in import AS_PAGE, HERE, as_person, csrf, question, with_provider


def rows(site: Site, table: object) -> int:
    """Return how many rows a table has."""
    with site.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type] # a table


def test_one_signs_in_with_the_provider_and_comes_to_the_page_one_wanted(real: Site):
    answer = with_provider(real, "/page?day=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/page?day=1")
    assert real.browser.get("/page").json()["id"] == "u-1"
    assert real.browser.get("/api/v1/me").json()["units"] == ["ward:STO/GER2"]


def test_the_provider_is_asked_with_a_challenge_and_told_the_verifier(real: Site):
    asked = question(real.browser.get("/signin/start"))
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{ADDRESS}/signin/callback"
    assert asked["response_type"] == "code"
    assert real.provider
    real.provider.codes["good"] = real.provider.identity(nonce=asked["nonce"])
    real.browser.get("/signin/callback", params={"state": asked["state"], "code": "good"})
    told = real.provider.redeemed[0]
    assert challenge_of(told["code_verifier"][0]) == asked["code_challenge"]
    assert told["redirect_uri"] == [asked["redirect_uri"]]
    assert asked["client_id"] == CLIENT


def test_a_state_is_good_once(real: Site):
    asked = question(real.browser.get("/signin/start"))
    assert real.provider
    real.provider.codes.update(first=real.provider.identity(nonce=asked["nonce"]))
    back = {"state": asked["state"], "code": "first"}
    cookie = real.browser.cookies["__Host-signin"]
    assert real.browser.get("/signin/callback", params=back).status_code == 303
    real.provider.codes.update(first=real.provider.identity(nonce=asked["nonce"]))
    again = real.another_browser()
    again.cookies.set("__Host-signin", cookie)
    assert again.get("/signin/callback", params=back).status_code == 400
    assert again.get("/page").status_code == 401


def test_a_state_is_good_in_the_browser_it_was_given_to_alone(real: Site):
    asked = question(real.browser.get("/signin/start"))
    assert real.provider
    real.provider.codes["good"] = real.provider.identity(nonce=asked["nonce"])
    victim = real.another_browser()
    assert victim.get("/signin/callback", params={"state": asked["state"], "code": "good"}).status_code == 400
    victim.get("/signin/start")
    assert victim.get("/signin/callback", params={"state": asked["state"], "code": "good"}).status_code == 400
    assert real.provider.redeemed == []


def test_a_sign_in_takes_ten_minutes_at_most(real: Site):
    asked = question(real.browser.get("/signin/start"))
    assert real.provider
    real.provider.codes["good"] = real.provider.identity(nonce=asked["nonce"])
    real.clock.pass_(minutes=10, seconds=1)
    assert real.browser.get("/signin/callback", params={"state": asked["state"], "code": "good"}).status_code == 400
    real.browser.get("/signin/start")
    assert rows(real, sign_in) == 1


def test_a_code_is_good_once(real: Site):
    assert with_provider(real).status_code == 303
    asked = question(real.browser.get("/signin/start"))
    assert real.browser.get("/signin/callback", params={"state": asked["state"], "code": "good"}).status_code == 400


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another time"},
        {"nonce": None},
        {"aud": "another"},
        {"iss": "https://other.example.no"},
        {"exp": 1},
    ],
    ids=str,
)
def test_an_id_token_that_does_not_fit_opens_no_session(real: Site, claims):
    answer = with_provider(real, **claims)
    assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_failed")
    assert rows(real, session) == 0


def test_someone_without_a_role_is_told_so(real: Site):
    answer = with_provider(real, role="visitor")
    assert (answer.status_code, answer.json()["code"]) == (403, "role_unknown")


@pytest.mark.parametrize(
    "back", [{"error": "access_denied"}, {"code": ""}, {"code": "good", "iss": "https://other.example.no"}], ids=str
)
def test_a_way_back_without_a_code_of_our_provider_is_refused_and_the_state_is_spent(real: Site, back):
    asked = question(real.browser.get("/signin/start"))
    answer = real.browser.get("/signin/callback", params={**back, "state": asked["state"]}, headers=AS_PAGE)
    assert answer.status_code == 400
    assert "/signin" in answer.text
    assert rows(real, sign_in) == 0


def test_when_the_provider_is_away_the_page_says_so(real: Site):
    assert real.provider
    real.provider.away = True
    answer = real.browser.get("/signin/start", headers=AS_PAGE)
    assert answer.status_code == 503
    assert "svarer ikke" in answer.text


def test_the_cookie_is_hidden_from_scripts_and_other_sites_and_is_not_in_the_database(real: Site):
    given = with_provider(real).headers.get_list("set-cookie")
    mine = next(cookie for cookie in given if cookie.startswith("__Host-retthjem="))
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in mine
    assert "Domain" not in mine
    value = mine.partition("=")[2].partition(";")[0]
    assert len(value) >= 43
    with real.engine.connect() as connection:
        row = connection.execute(select(session)).one()
    assert row.id == hashed(value)
    assert value not in str(tuple(row))


def test_a_session_that_was_planted_is_not_taken_over_and_the_one_before_is_ended(demo: Site):
    demo.browser.cookies.set("retthjem", "planted", domain="127.0.0.1")
    as_person(demo, "ingrid")
    assert demo.browser.cookies["retthjem"] != "planted"
    before = demo.browser.cookies["retthjem"]
    as_person(demo, "amina")
    assert demo.browser.cookies["retthjem"] != before
    stolen = demo.another_browser()
    stolen.cookies.set("retthjem", before)
    assert stolen.get("/page").status_code == 401
    assert demo.browser.get("/page").json()["id"] == "demo-amina"


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(demo: Site):
    as_person(demo, "ingrid")
    copy = demo.another_browser()
    copy.cookies.set("retthjem", demo.browser.cookies["retthjem"])
    answer = demo.browser.post("/signout", data={"csrf": csrf(demo.browser)}, headers=HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/signed-out")
    assert copy.get("/page").status_code == 401
    assert "retthjem" not in demo.browser.cookies
    assert demo.browser.get("/signed-out").status_code == 200


def test_another_site_cannot_sign_one_out(demo: Site):
    as_person(demo, "ingrid")
    token = csrf(demo.browser)
    assert demo.browser.post("/signout", headers=HERE).status_code == 403
    assert (
        demo.browser.post("/signout", data={"csrf": token}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    )
    assert demo.browser.get("/page").status_code == 200


def test_after_signing_out_one_is_shown_the_providers_own_sign_out(real: Site):
    assert f"{URL}/end?client_id={CLIENT}" in real.browser.get("/signed-out").text


def test_someone_who_is_signed_in_goes_past_the_sign_in_page(demo: Site):
    assert demo.browser.get("/signin").status_code == 200
    as_person(demo, "ingrid")
    answer = demo.browser.get("/signin", params={"next": "/page"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/page")


@pytest.mark.parametrize("person", [id for id, each in people().items() if each.role != "system"])
def test_everyone_of_the_demo_can_sign_in(demo: Site, person):
    assert as_person(demo, person).status_code == 303
    me = demo.browser.get("/api/v1/me").json()
    assert (me["role"], sorted(people()[person].units)) == (people()[person].role, me["units"])


def test_a_system_has_no_page(demo: Site):
    out = question(demo.browser.get("/signin/start"))
    assert demo.browser.post("/demo/signin", data={**out, "person": "epj"}).status_code == 400
    assert "EPJ" not in demo.browser.get("/demo/signin", params=out).text


def test_the_demo_gives_a_token_to_try_the_api_with(demo: Site):
    token = demo.browser.post("/demo/token", data={"person": "epj"}).json()["access_token"]
    assert demo.browser.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).json()["role"] == "system"
    assert demo.browser.post("/demo/token", data={"person": "nobody"}).status_code == 400


def test_the_demo_sends_nobody_to_another_site(demo: Site):
    out = {**question(demo.browser.get("/signin/start")), "redirect_uri": "https://evil.example/"}
    assert demo.browser.post("/demo/signin", data={**out, "person": "ingrid"}).status_code == 400


def test_a_demo_code_needs_its_verifier(demo: Site):
    out = question(demo.browser.get("/signin/start"))
    forged = {**out, "code_challenge": challenge_of("another"), "person": "ingrid"}
    back = demo.browser.post("/demo/signin", data=forged).headers["location"]
    assert demo.browser.get(back).status_code == 400


def test_without_a_demo_there_is_no_demo_page(real: Site):
    for path in ("/demo/signin", "/demo/token"):
        assert real.browser.get(path).status_code == 404
        assert real.browser.post(path, data={"person": "ingrid"}).status_code == 404


def test_a_demo_token_opens_nothing_on_a_server_that_is_no_demo(real: Site, demo: Site):
    answer = real.browser.get("/api/v1/me", headers=demo.bearer("lena"))
    assert (answer.status_code, answer.json()["code"]) == (401, "token_refused")


def test_a_demo_token_of_another_start_opens_nothing(demo: Site):
    another = DemoIssuer().access_token("lena")
    assert demo.browser.get("/api/v1/me", headers={"Authorization": f"Bearer {another}"}).status_code == 401
