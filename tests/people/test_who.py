"""Who gets further: time-outs, forged forms, open redirects, roles, limits and ward screens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from structlog.testing import capture_logs

from api.people.limits import Limiter
from api.people.paths import own_path
from api.people.refused import CODES, TooMany
from api.people.user import User
from api.screening import texts_in
from api.settings import Limits, Settings
from api.storage.tables import access, device, session
from tests.people.conftest import ADDRESS, Site
from tests.people.signing_in import AS_PAGE, HERE, as_person, csrf, with_provider


def test_nobody_gets_nothing_but_the_way_in(demo: Site):
    answer = demo.browser.get("/api/v1/me")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "not_signed_in"
    page = demo.browser.get("/page?day=1", headers=AS_PAGE)
    assert (page.status_code, page.headers["location"]) == (303, "/signin?next=%2Fpage%3Fday%3D1")


@pytest.mark.parametrize("said", ["Bearer x", "Bearer", "Basic dTpw", "bearer a b", "", "Bearer \xff"])
def test_a_wrong_token_is_refused_and_the_session_beside_it_not_asked(demo: Site, said):
    as_person(demo, "ingrid")
    answer = demo.browser.get("/api/v1/me", headers={"Authorization": said.encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_refused")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_the_log_says_why_a_token_was_refused_and_nothing_of_it(demo: Site):
    token = demo.bearer("ingrid")["Authorization"].removeprefix("Bearer ")
    with capture_logs() as lines:
        demo.browser.get("/api/v1/me", headers={"Authorization": f"Bearer {token[:-8]}AAAAAAAA"})
    assert lines == [{"event": "token_refused", "why": "signature", "log_level": "info"}]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_way_of_being_turned_away_has_words(language):
    said = {key for key in texts_in(language).keys() if key.startswith("denied.")}  # noqa: SIM118 # Texts is no mapping
    assert said == {f"denied.{code}.{part}" for code in CODES for part in ("title", "detail")}


def test_two_tokens_are_refused(demo: Site):
    good = demo.bearer("epj")["Authorization"]
    assert demo.browser.get("/api/v1/me", headers=[("Authorization", good), ("Authorization", good)]).status_code == 401


def test_a_role_that_may_not_is_told_so(demo: Site):
    assert demo.browser.get("/api/v1/decide", headers=demo.bearer("amina")).json() == "doctor"
    answer = demo.browser.get("/api/v1/decide", headers=demo.bearer("ingrid"))
    assert (answer.status_code, answer.json()["code"]) == (403, "may_not")


def test_a_session_ends_when_it_was_quiet_and_the_page_leads_back(demo: Site):
    as_person(demo, "ingrid")
    demo.clock.pass_(minutes=14)
    assert demo.browser.get("/page").status_code == 200
    demo.clock.pass_(minutes=14)
    assert demo.browser.get("/page").status_code == 200
    demo.clock.pass_(minutes=15, seconds=1)
    assert demo.browser.get("/api/v1/me").json()["code"] == "session_ended"
    away = demo.browser.get("/page?day=2", headers=AS_PAGE).headers["location"]
    assert away == "/signin?next=%2Fpage%3Fday%3D2&ended=1"
    assert "stille en stund" in demo.browser.get(away).text
    assert "/signin/start?next=/page%3Fday%3D2" in demo.browser.get(away).text


def test_a_form_that_came_too_late_leads_back_to_the_page_it_stood_on(demo: Site):
    as_person(demo, "ingrid")
    demo.clock.pass_(minutes=16)
    where = {"Referer": "http://127.0.0.1:8000/page?day=3", **AS_PAGE}
    assert "next=%2Fpage%3Fday%3D3%26unsaved%3D1" in demo.browser.post("/page", headers=where).headers["location"]
    part = demo.browser.post("/page", headers={"HX-Request": "true", "HX-Current-URL": "http://127.0.0.1:8000/page"})
    assert "next=%2Fpage%3Funsaved%3D1" in part.headers["hx-redirect"]
    nowhere = {"Referer": "http://[", **AS_PAGE}
    assert "next=%2Fpage%3Funsaved%3D1" in demo.browser.post("/page", headers=nowhere).headers["location"]
    again = {"Referer": "http://127.0.0.1:8000/page?unsaved=1", **AS_PAGE}
    assert "next=%2Fpage%3Funsaved%3D1&" in demo.browser.post("/page", headers=again).headers["location"]


def test_a_session_ends_after_twelve_hours_however_busy(demo: Site):
    as_person(demo, "ingrid")
    for _ in range(12 * 6):
        demo.clock.pass_(minutes=10)
        assert demo.browser.get("/page").status_code == 200
    demo.clock.pass_(minutes=1)
    assert demo.browser.get("/page").status_code == 401


def test_that_someone_is_there_is_written_once_a_minute_at_most(demo: Site):
    as_person(demo, "ingrid")
    began = demo.clock.at

    def seen() -> object:
        with demo.engine.connect() as connection:
            return connection.execute(select(session.c.seen)).scalar_one()

    demo.clock.pass_(seconds=59)
    demo.browser.get("/page")
    assert seen() == began
    demo.clock.pass_(seconds=1)
    demo.browser.get("/page")
    assert seen() == demo.clock.at


def test_a_form_with_the_sessions_token_from_our_own_page_is_taken(demo: Site):
    as_person(demo, "ingrid")
    form = {"csrf": csrf(demo.browser), "said": "yes"}
    for here in (HERE, {"Origin": "http://127.0.0.1:8000"}):
        assert demo.browser.post("/page", data=form, headers=here).json() == {"by": "demo-ingrid", "said": "yes"}
    assert demo.browser.post("/page", headers={**HERE, "X-CSRF-Token": form["csrf"]}).status_code == 200
    assert demo.browser.post("/page", files={"csrf": (None, form["csrf"])}, headers=HERE).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:8000.evil.example"},
        {"Origin": "file://127.0.0.1:8000"},
        {"Origin": "http://["},
        {"Origin": "http://127.0.0.1:8000]"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
    ],
    ids=str,
)
def test_a_form_from_elsewhere_is_refused_even_with_the_token(demo: Site, headers):
    as_person(demo, "ingrid")
    answer = demo.browser.post("/page", data={"csrf": csrf(demo.browser)}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_from_here")


@pytest.mark.parametrize("token", [None, "", "wrong", "å"])
def test_a_form_without_the_sessions_token_is_refused(demo: Site, token):
    as_person(demo, "ingrid")
    form = {} if token is None else {"csrf": token}
    assert demo.browser.post("/page", data=form, headers=HERE).status_code == 403


def test_another_sessions_token_is_refused(demo: Site):
    other = demo.another_browser()
    as_person(demo, "amina", browser=other)
    as_person(demo, "ingrid")
    assert demo.browser.post("/page", data={"csrf": csrf(other)}, headers=HERE).status_code == 403


def test_a_call_with_a_token_needs_no_form_token(demo: Site):
    assert demo.browser.post("/page", headers=demo.bearer("ingrid")).status_code == 200


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "/ /evil.example",
        "///evil.example",
        "evil.example",
        "/\x00",
        "/page\r\nSet-Cookie: a=b",
        "/\u2028",
        "@evil.example",
        "",
        "/" + "a" * 500,
    ],
)
def test_the_way_back_is_a_path_of_ours(demo: Site, evil):
    assert own_path(evil) == "/"
    assert as_person(demo, "ingrid", next=evil).headers["location"] == "/"


@pytest.mark.parametrize("loop", ["/signin", "/signin/start?next=/", "/signout", "/signed-out", "/demo/signin"])
def test_the_way_back_does_not_go_in_a_circle(loop):
    assert own_path(loop) == "/"


@pytest.mark.parametrize("path", ["/", "/page", "/page?a=b&c=%2F%2Fevil", "/signing", "/a/b-c_d~e.f"])
def test_a_path_of_ours_stays_as_it_is(path):
    assert own_path(path) == path


@given(st.text(max_size=60))
def test_no_text_leads_to_another_host(text):
    path = own_path("/" + text)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert path.isprintable()
    assert path.isascii()


def limited(site: Site, trusted: tuple[str, ...] = (), **limits: int) -> None:
    """Let a site answer only so often."""
    settings = Settings(demo=True, limits=Limits(**limits), trusted_proxies=trusted)
    object.__setattr__(site.entrance, "limiter", Limiter(settings.limits, settings.trusted_proxies))


def test_a_person_who_asks_too_often_is_told_when_to_come_back_and_others_go_on(demo: Site):
    limited(demo, person=3)
    ingrid = demo.bearer("ingrid")
    assert [demo.browser.get("/api/v1/me", headers=ingrid).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = demo.browser.get("/api/v1/me", headers=ingrid)
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert answer.json()["code"] == "too_many_requests"
    assert demo.browser.get("/api/v1/me", headers=demo.bearer("amina")).status_code == 200
    assert demo.browser.get("/api/v1/me", headers=demo.bearer("epj")).status_code == 200


def test_the_minute_moves_and_those_who_went_are_forgotten():
    now = [0.0]
    limiter = Limiter(Limits(person=2), clock=lambda: now[0])
    ingrid, amina = User("ingrid", "nurse"), User("amina", "doctor")
    for now[0] in (0.0, 40.0):
        limiter.count_user(ingrid)
    now[0] = 59.9
    with pytest.raises(TooMany) as refused:
        limiter.count_user(ingrid)
    assert refused.value.headers == {"Retry-After": "1"}
    now[0] = 60.0
    limiter.count_user(ingrid)
    with pytest.raises(TooMany) as refused:
        limiter.count_user(ingrid)
    assert refused.value.headers == {"Retry-After": "40"}
    now[0] = 200.0
    limiter.count_user(amina)
    assert set(limiter._asked) == {("person", "amina")}


def test_wrong_tokens_are_counted_and_right_ones_from_the_same_address_go_on(demo: Site):
    limited(demo, wrong_token=2)
    wrong = {"Authorization": "Bearer x"}
    assert [demo.browser.get("/api/v1/me", headers=wrong).status_code for _ in range(3)] == [401, 401, 429]
    assert demo.browser.get("/api/v1/me", headers=demo.bearer("epj")).status_code == 200


def test_attempts_to_sign_in_are_counted(demo: Site):
    limited(demo, sign_in=2)
    assert [demo.browser.get("/signin/start").status_code for _ in range(3)] == [303, 303, 429]


def test_those_who_are_not_signed_in_are_counted_by_address(demo: Site):
    limited(demo, address=2)
    assert [demo.browser.get("/api/v1/me").status_code for _ in range(3)] == [401, 401, 429]


def test_a_forwarded_address_is_believed_from_a_trusted_proxy_alone(demo: Site):
    from fastapi.testclient import TestClient

    limited(demo, trusted=("10.0.0.0/8",), address=1)
    proxy = TestClient(demo.app, client=("10.0.0.1", 1))
    direct = TestClient(demo.app, client=("192.0.2.9", 1))

    def status(browser: TestClient, chain: str) -> int:
        return int(browser.get("/api/v1/me", headers={"X-Forwarded-For": chain}).status_code)

    assert [status(proxy, "192.0.2.1"), status(proxy, "192.0.2.2"), status(proxy, "192.0.2.1")] == [401, 401, 429]
    assert status(proxy, "203.0.113.5, 192.0.2.1") == 429
    assert status(proxy, "192.0.2.3, 10.0.0.7") == 401
    assert status(proxy, "192.0.2.3") == 429
    assert [status(direct, "192.0.2.50"), status(direct, "192.0.2.51")] == [401, 429]


def test_neighbours_in_ipv6_are_one(demo: Site):
    from fastapi.testclient import TestClient

    limited(demo, address=1)
    first, second = (TestClient(demo.app, client=(f"2001:db8::{end}", 1)) for end in (1, 2))
    assert [first.get("/api/v1/me").status_code, second.get("/api/v1/me").status_code] == [401, 429]


def made(site: Site, **asked: str) -> dict[str, str]:
    """Return a screen that the demo's administrator made."""
    answer = site.browser.post(
        "/api/v1/devices", json={"ward": "demo/GER2", "label": "Vaktrommet", **asked}, headers=site.bearer("lena")
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_an_open_board_does_not_keep_who_left_it_signed_in(demo: Site):
    as_person(demo, "ingrid")
    browser = demo.browser
    for _ in range(14):
        demo.clock.pass_(minutes=1)
        assert browser.get("/tavle").status_code == 200
    demo.clock.pass_(minutes=2)
    assert browser.get("/tavle").status_code == 401
    assert browser.get("/page").status_code == 401


def test_a_screen_sees_its_wards_board_and_nothing_else(demo: Site):
    token = made(demo)["token"]
    screen = demo.another_browser()
    answer = screen.post("/tavle/device", data={"token": token}, headers=HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/tavle")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert screen.get("/tavle").json() == ["ward:demo/GER2"]
    assert screen.get("/page").status_code == 401
    assert screen.get("/api/v1/me").status_code == 401
    assert screen.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_may_be_typed_in_any_way_that_people_type(demo: Site):
    token = made(demo)["token"]
    for typed in (token.lower(), token.replace("-", " "), token.replace("-", "").replace("0", "O").replace("1", "l")):
        assert demo.another_browser().post("/tavle/device", data={"token": typed}, headers=HERE).status_code == 303


def test_a_screens_token_is_shown_once_and_stands_after_the_hash_of_its_link(demo: Site):
    screen = made(demo)
    plain = screen["token"].replace("-", "")
    assert screen["link"].endswith(f"/tavle/device#{plain}")
    assert plain not in screen["link"].partition("#")[0]
    listed = demo.browser.get("/api/v1/devices", headers=demo.bearer("lena"))
    assert plain not in listed.text.replace("-", "")
    with demo.engine.connect() as connection:
        assert plain not in str(connection.execute(select(device)).all())


def test_a_revoked_screen_sees_nothing_from_then_on(demo: Site):
    screen, browser = made(demo), demo.another_browser()
    browser.post("/tavle/device", data={"token": screen["token"]}, headers=HERE)
    gone = demo.browser.delete(f"/api/v1/devices/{screen['id']}", headers=demo.bearer("lena"))
    assert gone.status_code == 204
    assert browser.get("/tavle").status_code == 401
    assert browser.post("/tavle/device", data={"token": screen["token"]}, headers=HERE).status_code == 403
    assert demo.browser.get("/api/v1/devices", headers=demo.bearer("lena")).json()[0]["revoked"]
    with demo.engine.connect() as connection:
        actions = connection.execute(select(access.c.action).order_by(access.c.seq)).scalars().all()
    assert actions == ["device_made", "device_revoked"]


def test_only_an_administrator_makes_screens_and_for_the_own_hospital_alone(demo: Site):
    asked = {"ward": "demo/GER2", "label": "x"}
    for person in ("ingrid", "amina", "epj", "eskil"):
        assert demo.browser.post("/api/v1/devices", json=asked, headers=demo.bearer(person)).status_code == 403
    elsewhere = {**asked, "ward": "other/GER2"}
    assert demo.browser.post("/api/v1/devices", json=elsewhere, headers=demo.bearer("lena")).status_code == 403
    assert demo.browser.delete("/api/v1/devices/unknown", headers=demo.bearer("lena")).status_code == 404


def test_another_hospitals_screens_are_neither_seen_nor_revoked(demo: Site):
    screen = made(demo)
    with demo.engine.begin() as connection:
        connection.execute(update(device).values(ward="other/GER2"))
    assert demo.browser.get("/api/v1/devices", headers=demo.bearer("lena")).json() == []
    assert demo.browser.delete(f"/api/v1/devices/{screen['id']}", headers=demo.bearer("lena")).status_code == 404


def test_a_screen_is_connected_from_our_own_page_alone(demo: Site):
    form = {"token": made(demo)["token"]}
    assert demo.another_browser().post("/tavle/device", data=form).status_code == 403
    assert demo.another_browser().get("/tavle/device").status_code == 200
    script = demo.another_browser().get("/tavle/device.js")
    assert script.headers["content-type"].startswith("text/javascript")


def test_someone_signed_in_sees_the_board_if_the_role_may(demo: Site):
    assert demo.browser.get("/tavle", headers=demo.bearer("ingrid")).json() == ["ward:demo/GER2"]
    assert demo.browser.get("/tavle", headers=demo.bearer("eskil")).status_code == 403
    assert demo.browser.get("/tavle").status_code == 401


def test_a_page_is_said_in_the_readers_language(demo: Site):
    for language, words in (("nn-NO,nb;q=0.5", "skrøpeleg"), ("en", "frail"), ("nb", "skrøpelig"), ("fr", "skrøpelig")):
        assert words in demo.browser.get("/signin", headers={"Accept-Language": language}).text


def test_over_tls_the_forms_origin_is_the_public_address(real: Site):
    with_provider(real)
    form = {"csrf": csrf(real.browser)}
    inside = {"Host": "inside:8000"}
    assert real.browser.post("/page", data=form, headers={"Origin": ADDRESS}).status_code == 200
    assert real.browser.post("/page", data=form, headers={"Origin": ADDRESS, **inside}).status_code == 200
    assert (
        real.browser.post("/page", data=form, headers={"Origin": "https://evil.example", **inside}).status_code == 403
    )
