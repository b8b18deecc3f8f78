"""The way in and out, in a browser: what one sees afterwards, and what a ward's screen sees."""

import pytest
from playwright.sync_api import Page, expect

ELSEWHERE = ("/", "/rules", "/lists/team", "/lists/late", "/find")


def test_someone_signs_in_and_is_taken_to_the_page_they_asked_for(open_as):
    page = open_as()
    page.goto("/tavle?ward=demo/GER2")
    page.get_by_role("link", name="Logg inn").click()
    page.click('button[value="ingrid"]')
    expect(page.get_by_role("heading", level=1)).to_have_text("GER2")


def test_after_signing_out_neither_an_address_nor_the_way_back_shows_a_page(open_as):
    page = open_as("ingrid")
    page.goto("/rules")
    page.locator("header .me summary").click()
    page.get_by_role("button", name="Logg ut").click()
    page.wait_for_url("**/signed-out")
    page.go_back()
    expect(page.get_by_role("link", name="Logg inn")).to_be_visible()
    page.goto("/tavle")
    expect(page.get_by_role("link", name="Logg inn")).to_be_visible()


def test_who_was_away_too_long_signs_in_again_and_is_back_where_they_were(open_as, demo):
    page = open_as("ingrid")
    page.goto("/rules")
    demo.everyone_was_away()
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("logget ut")
    page.get_by_role("link", name="Logg inn").click()
    page.click('button[value="ingrid"]')
    page.wait_for_url("**/rules")


def test_a_screen_shows_its_own_ward_and_nothing_else(open_as):
    page = open_as()
    page.goto(screen_of(page, "demo/GER2"))
    page.wait_for_url("**/tavle")
    expect(page.get_by_role("heading", level=1)).to_have_text("GER2")
    for path in ELSEWHERE:
        page.goto(path)
        expect(page.get_by_role("link", name="Logg inn")).to_be_visible()


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_board_is_hung_in_the_language_of_its_screen(open_as, language):
    page = open_as(language=language)
    page.goto(screen_of(page, "demo/GER2"))
    page.wait_for_url("**/tavle")
    assert page.locator("html").get_attribute("lang") == language


def screen_of(page: Page, ward: str) -> str:
    """Return the link that an administrator opens on a new screen."""
    token = page.request.post("/demo/token", form={"person": "lena"}).json()["access_token"]
    made = page.request.post(
        "/api/v1/devices",
        data={"ward": ward, "label": "Vaktrommet"},
        headers={"Authorization": f"Bearer {token}"},
    )
    return str(made.json()["link"])
