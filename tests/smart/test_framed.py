"""Our pages within the record system's own: where the settings say so, for launched sessions, with cookies apart."""

from __future__ import annotations

import pytest

from tests.smart.conftest import House, Houses, listed

FRAME = {"sec-fetch-dest": "iframe"}
EHR_PAGES = "https://pages.ehr.example.no"


@pytest.fixture
def framing(houses: Houses) -> House:
    """Give a hospital whose record system may frame our pages."""
    return houses(smart=(listed(framed_by=EHR_PAGES),))


def test_a_launch_in_a_frame_has_cookies_for_that_frame(framing: House):
    browser = framing.browser()
    out = framing.out(browser, **FRAME)
    assert out.headers["set-cookie"].endswith("; Path=/; Secure; HttpOnly; SameSite=None; Partitioned; Max-Age=600")
    back = browser.get("/smart/callback", params=framing.ehr.signs_in(out.headers["location"]), headers=FRAME)
    cookies = [each for each in back.headers.get_list("set-cookie") if each.startswith("__Host-retthjem=")]
    assert len(cookies) == 1
    assert cookies[0].endswith("; Path=/; Secure; HttpOnly; SameSite=None; Partitioned")
    page = browser.get(back.headers["location"])
    assert page.status_code == 200
    assert f"frame-ancestors {EHR_PAGES};" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" not in page.headers["content-security-policy"]


def test_a_launch_in_a_window_of_its_own_may_not_be_framed(framing: House):
    browser = framing.browser()
    out = framing.out(browser)
    assert "samesite=lax" in out.headers["set-cookie"].lower()
    back = browser.get("/smart/callback", params=framing.ehr.signs_in(out.headers["location"]))
    page = browser.get(back.headers["location"])
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_a_frame_that_is_not_allowed_is_none(house: House):
    browser = house.browser()
    page = browser.get(house.launched(browser, **FRAME).headers["location"])
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_nobody_else_may_be_framed(framing: House):
    for path in ("/signin", "/api/v1/me", "/health"):
        assert "frame-ancestors 'none'" in framing.browser().get(path).headers["content-security-policy"]


def test_signing_out_in_a_frame_takes_its_cookie_back(framing: House):
    browser = framing.browser()
    framing.launched(browser, **FRAME)
    page = browser.get("/lists/team").text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    out = browser.post("/signout", data={"csrf": csrf}, headers={"Sec-Fetch-Site": "same-origin"})
    assert "SameSite=None; Partitioned; Max-Age=0" in out.headers["set-cookie"]


def test_a_form_in_a_frame_is_still_refused_from_elsewhere(framing: House):
    browser = framing.browser()
    framing.launched(browser, **FRAME)
    page = browser.get("/lists/team").text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    for site in ("cross-site", "same-site", "none"):
        assert browser.post("/signout", data={"csrf": csrf}, headers={"Sec-Fetch-Site": site}).status_code == 403
