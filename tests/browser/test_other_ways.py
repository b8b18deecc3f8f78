"""Shorter ways through the pages: on a telephone, without a script, by keyboard alone, in other languages, together."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.demo import Demo
from tests.browser.states import patient
from tests.browser.steps import choose_cfs, sign, unfolded

PHONE = 375
NEWCOMER = "Arvid Lunde"
"""On the list of the unscreened, of whom nothing is known that a CFS could disagree with."""

MOST_TABS = 250
SHOWS_FOCUS = """() => {
    const held = document.activeElement;
    const drawn = [held, held.nextElementSibling, held.closest("label"), held.closest("tr")].filter(Boolean);
    return drawn.some((each) => {
        const style = getComputedStyle(each);
        return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
    });
}"""


def screens(page: Page, demo: Demo, who: str = "unscreened") -> str:
    """Screen a patient with a level alone, and return the address of the patient's pages."""
    page.goto(f"/patients/{patient(demo, who)}/screen")
    choose_cfs(page, 6)
    sign(page)
    return page.url.removesuffix("/assessment")


def test_a_nurse_screens_on_a_telephone(open_as, demo):
    nurse = open_as("ingrid", width=PHONE)
    nurse.goto("/lists/unscreened")
    nurse.get_by_role("link", name=NEWCOMER).click()
    choose_cfs(nurse, 6)
    sign(nurse)
    expect(nurse.get_by_role("region", name="CFS", exact=True).get_by_role("strong")).to_have_text("6")


def test_on_a_telephone_the_menu_is_folded_and_opened_without_a_script_and_by_keyboard(open_as):
    nurse = open_as("ingrid", width=PHONE, script=False)
    nurse.goto("/lists/unscreened")
    menu, links = nurse.get_by_role("button", name="Meny"), nurse.get_by_role("navigation", name="Sider")
    expect(links).to_be_hidden()
    tab_to(nurse, menu)
    nurse.keyboard.press("Enter")
    expect(links).to_be_visible()
    nurse.keyboard.press("Escape")
    expect(links).to_be_hidden()
    menu.click()
    links.get_by_role("link", name="Utskrivningsklare").click()
    expect(nurse.get_by_role("heading", level=1)).to_contain_text("Utskrivningsklare")
    nurse.set_viewport_size({"width": 1280, "height": 900})
    expect(menu).to_be_hidden()
    expect(links).to_be_visible()


def test_without_a_script_one_screens_accepts_marks_a_step_and_takes_it_back(open_as, demo):
    nurse, doctor = open_as("ingrid", script=False), open_as("amina", script=False)
    path = screens(nurse, demo)
    doctor.goto(f"{path}/assessment")
    doctor.get_by_role("button", name=re.compile("^Godta: ")).first.click()
    expect(doctor.get_by_role("region", name="Forslag", exact=True)).to_contain_text("Godtatt")
    doctor.get_by_role("button", name=re.compile("^Angre: ")).first.click()
    expect(doctor.get_by_role("region", name="Forslag", exact=True)).not_to_contain_text("Godtatt")
    nurse.goto(f"{path}/plan")
    notice = nurse.locator(".row[id*=municipal_notice]")
    form = unfolded(notice, "Gjort")
    form.get_by_role("checkbox").first.check()
    form.get_by_role("button", name="Lagre som gjort").click()
    expect(notice.locator(".clock")).to_have_attribute("data-standing", re.compile("^done"))
    undo = unfolded(notice, "Angre")
    undo.get_by_label("Hvorfor angrer du?").fill("Feil pasient.")
    undo.get_by_role("button").click()
    expect(notice.locator(".clock")).not_to_have_attribute("data-standing", re.compile("^done"))


def test_by_keyboard_alone_one_finds_a_patient_screens_and_signs_and_always_sees_where_one_is(open_as):
    nurse = open_as("ingrid")
    nurse.goto("/lists/unscreened")
    tab_to(nurse, nurse.get_by_role("link", name=NEWCOMER))
    nurse.keyboard.press("Enter")
    nurse.wait_for_url("**/screen")
    tab_to(nurse, nurse.locator("#q-cfs_clinician input").last)
    for _ in range(4):
        nurse.keyboard.press("ArrowLeft")
    expect(nurse.locator("#q-cfs_clinician input[value='6']")).to_be_checked()
    tab_to(nurse, nurse.locator("#g-sign button[value=save]"))
    nurse.keyboard.press("Enter")
    nurse.wait_for_url("**/assessment")


def tab_to(page: Page, control: Locator) -> None:
    """Move on with Tab until a control has the focus, which is seen at each stop."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        assert page.evaluate(SHOWS_FOCUS), page.evaluate("() => document.activeElement.outerHTML.slice(0, 200)")
        if control.evaluate("(each) => each === document.activeElement"):
            return
    raise AssertionError(f"{MOST_TABS} tabs do not lead to {control}")


@pytest.mark.parametrize(
    ("language", "button", "heading"),
    [("nn", "Nynorsk", "Forslag"), ("en", "English", "Suggestions")],
)
def test_someone_reads_and_screens_in_another_language(open_as, demo, language, button, heading):
    nurse = open_as("ingrid")
    nurse.goto("/lists/unscreened")
    nurse.locator("header .me summary").click()
    nurse.get_by_role("button", name=button).click()
    expect(nurse.locator("html")).to_have_attribute("lang", language)
    screens(nurse, demo)
    expect(nurse.locator("html")).to_have_attribute("lang", language)
    expect(nurse.get_by_role("heading", name=heading, exact=True)).to_be_visible()


def test_of_two_who_screen_the_same_patient_the_second_is_told_and_loses_nothing(open_as, demo):
    nurse, doctor = open_as("ingrid", answers=(409,)), open_as("amina")
    path = f"/patients/{patient(demo, 'unscreened')}/screen"
    nurse.goto(path)
    doctor.goto(path)
    choose_cfs(doctor, 6)
    sign(doctor)
    choose_cfs(nurse, 5)
    nurse.locator("#g-sign button[value=save]").click()
    expect(nurse.get_by_role("alert")).to_contain_text("Amina Warsame lagret en kartlegging")
    expect(nurse.locator("#q-cfs_clinician input[value='5']")).to_be_checked()
    sign(nurse)
    expect(nurse.get_by_role("region", name="CFS", exact=True).get_by_role("strong")).to_have_text("5")


def test_who_was_away_too_long_finds_what_they_had_written(open_as, demo):
    nurse = open_as("ingrid")
    nurse.goto(f"/patients/{patient(demo, 'unscreened')}/screen")
    choose_cfs(nurse, 5)
    expect(nurse.locator("#panel .kept")).to_contain_text("Kladd lagret")
    demo.everyone_was_away()
    nurse.reload()
    nurse.get_by_role("link", name="Logg inn").click()
    nurse.click('button[value="ingrid"]')
    nurse.wait_for_url("**/screen")
    expect(nurse.get_by_text("Dette er kladden din")).to_be_visible()
    expect(nurse.locator("#q-cfs_clinician input[value='5']")).to_be_checked()


def test_a_death_takes_the_patient_off_every_list_and_undoing_it_puts_them_back(open_as, demo):
    doctor = open_as("amina")
    path = f"/patients/{patient(demo, 'suggested')}"
    doctor.goto("/lists/team")
    on_list = doctor.locator(f"table.patients th a[href^='{path}']")
    expect(on_list).to_have_count(1)
    doctor.goto(f"{path}/history")
    death = unfolded(doctor, "død")
    death.get_by_label("Dato").fill(str(doctor.evaluate("() => new Date().toISOString().slice(0, 10)")))
    death.get_by_role("button").click()
    doctor.get_by_role("main").get_by_role("button").click()
    expect(doctor.get_by_text("Alle frister, brev og lister er stanset")).to_be_visible()
    doctor.goto("/lists/team")
    expect(on_list).to_have_count(0)
    doctor.goto(f"{path}/history")
    undo = unfolded(doctor.locator("ol.events > li").first, "Angre")
    undo.get_by_label("Hvorfor angrer du?").fill("Skrevet på feil pasient.")
    undo.get_by_role("button").click()
    expect(doctor.get_by_text("Alle frister, brev og lister er stanset")).to_have_count(0)
    doctor.goto("/lists/team")
    expect(on_list).to_have_count(1)
