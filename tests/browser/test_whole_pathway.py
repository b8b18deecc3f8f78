"""One whole way home, in Bokmål at 1280 px: from an unscreened patient to a plan that is renewed and printed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from api.v1.languages import texts_of
from careplans.words import short_day_words
from tests.browser.record import HospitalRecord
from tests.browser.steps import Hand, choose_cfs, days_ago, marks_done, row, takes_over, unfolded, written

NAME = "Torleif Granmo"
ADMITTED, HOME = 40, 31
"""Days before today: so long ago that the visits at home are late, and the evaluation is due."""
SAME_AS_LAST_TIME = (
    "CFS-treet",
    "Funksjon og tjenester",
    "Faresignaler",
    "Det som er viktig",
    "Utskrivning",
    "Diagnoser og legemidler",
)
MOST_PRESSED, MOST_SECONDS = 25, 60


def test_a_patient_is_screened_and_followed_home_until_the_plan_is_renewed(open_as):
    nurse, team, doctor = open_as("ingrid"), open_as("henrik"), open_as("amina")
    HospitalRecord(nurse.request).tells_of_an_old_acquaintance(days_ago=ADMITTED, name=NAME)

    patient = screens_the_first_on_the_list(nurse)
    accepts_what_is_recommended(team)
    settles_the_choice(doctor, patient)
    starts_the_plan(doctor)
    sends_home(doctor, patient)

    home_nurse, gp = open_as("tariq"), open_as("marte")
    prints_the_plan(
        doctor,
        patient,
        {"Tredagersbesøk": days_ago(HOME - 3).date(), "Evaluering etter fire uker": days_ago(HOME - 28).date()},
    )
    visits_late(home_nurse, patient)
    sees_at_the_surgery(gp, patient)
    evaluates_and_scores_again(home_nurse, patient)
    renews(home_nurse)
    prints_the_plan(home_nurse, patient, {"Evaluering etter fire uker": days_ago(-28).date()})


def screens_the_first_on_the_list(nurse: Page) -> str:
    """Screen the first patient on the list of the unscreened, and return the address of the patient's pages."""
    nurse.goto("/lists/unscreened")
    hand, first = Hand(), nurse.locator("table.patients tbody th a").first
    expect(first).to_have_text(NAME)
    hand.press(first)
    expect(nurse.get_by_text("Slik det var omtrent to uker før")).to_be_visible()
    hand.press(nurse.locator("#q-cfs_clinician .choice", has_text="7"))
    for group in SAME_AS_LAST_TIME:
        takes_over(nurse, group, hand)
    hand.press(nurse.locator("#q-surprised_if_died_within_12_months .choice", has_text="Nei"))
    hand.press(nurse.locator("#g-sign").get_by_role("button", name="Signer og lagre"))
    nurse.wait_for_url("**/assessment")
    assert hand.pressed <= MOST_PRESSED
    assert hand.seconds <= MOST_SECONDS
    return nurse.url.removesuffix("/assessment")


def accepts_what_is_recommended(team: Page) -> None:
    """Find the patient on the team's list and accept what is recommended."""
    team.goto("/lists/team")
    team.get_by_role("link", name=NAME).click()
    team.get_by_role("button", name=re.compile("Godta alle som anbefales")).click()
    expect(team.get_by_role("button", name=re.compile("Godta alle"))).to_have_count(0)


def settles_the_choice(doctor: Page, patient: str) -> None:
    """Decide on what is left, and record what the patient and the doctor chose between the two ways."""
    doctor.goto(f"{patient}/assessment")
    last = doctor.get_by_role("button", name="Godta: Fastlegen vurderer legemiddelgjennomgang.")
    last.click()
    expect(last).to_have_count(0)
    choice = doctor.get_by_role("region", name="Felles beslutning")
    choice.get_by_role("checkbox", name="Pasienten").check()
    choice.get_by_role("checkbox", name="Behandlende lege").check()
    choice.get_by_role("radio", name="Geriatrisk vurdering og team").check()
    choice.get_by_label("Notat").fill("Vil hjem, og vil ha hjelp til å bli der.")
    choice.get_by_role("button", name="Skriv ned valget").click()
    expect(choice).to_contain_text("Valgt: Geriatrisk vurdering og team")


def starts_the_plan(doctor: Page) -> None:
    """Start the plan from what was accepted and chosen."""
    doctor.get_by_role("button", name="Start planen").click()
    expect(doctor.get_by_role("region", name="Plan", exact=True)).to_contain_text("Planen er startet.")


def sends_home(doctor: Page, patient: str) -> None:
    """Record that the patient went home, some weeks ago."""
    doctor.goto(f"{patient}/history")
    form = unfolded(doctor, "Pasienten reiser")
    form.get_by_label("Når").fill(written(days_ago(HOME)))
    form.get_by_label("Hvor reiser pasienten?").select_option("home")
    form.get_by_role("button").click()
    doctor.get_by_role("button", name="Ja, pasienten reiser").click()
    expect(doctor.get_by_text("Reiste")).to_be_visible()


def visits_late(home_nurse: Page, patient: str) -> None:
    """Find the patient among those past their dates, and mark the visit of the third day, with its checklist."""
    home_nurse.goto("/lists/late")
    home_nurse.get_by_role("link", name=NAME).click()
    home_nurse.get_by_role("link", name="Plan", exact=True).click()
    visit = row(home_nurse, "HPH2")
    expect(visit.locator(".clock")).to_have_text("Over fristen")
    marks_done(visit, at=days_ago(HOME - 5), checks=3)
    expect(visit.locator(".clock")).to_have_text("Gjort, etter fristen")
    expect(visit.locator(".ticked .is")).to_have_count(3)


def sees_at_the_surgery(gp: Page, patient: str) -> None:
    """Mark the visit to the GP."""
    gp.goto(f"{patient}/plan")
    marks_done(row(gp, "HPH3"), at=days_ago(HOME - 12), checks=1)
    expect(row(gp, "HPH3").locator(".clock")).to_have_attribute("data-standing", re.compile("done"))


def evaluates_and_scores_again(home_nurse: Page, patient: str) -> None:
    """Begin the evaluation, score the CFS as it is now, and find the evaluation as it was left."""
    home_nurse.goto(f"{patient}/plan")
    evaluation = unfolded(row(home_nurse, "HPH4"), "Gjort")
    evaluation.get_by_role("checkbox").first.check()
    evaluation.get_by_label("Notat", exact=True).fill("Går til butikken")
    evaluation.get_by_role("button", name="Skår CFS på nytt").click()
    expect(home_nurse.get_by_text("Slik det har vært de siste to ukene, hjemme.")).to_be_visible()
    choose_cfs(home_nurse, 7)
    home_nurse.locator("#g-sign button[value=save]").click()
    home_nurse.wait_for_url("**/plan#step-HPH4")
    box = row(home_nurse, "HPH4")
    expect(box.get_by_label("Notat", exact=True)).to_have_value("Går til butikken")
    expect(box.get_by_role("checkbox").first).to_be_checked()
    box.get_by_role("button", name="Lagre som gjort").click()
    expect(row(home_nurse, "HPH4").locator(".clock")).to_have_attribute("data-standing", re.compile("done"))


def renews(home_nurse: Page) -> None:
    """Start the next plan from the new score."""
    form = unfolded(home_nurse, "Forny planen")
    form.get_by_role("button", name="Start den nye planen").click()
    expect(row(home_nurse, "HPH4").locator(".clock")).to_have_text("Venter")


def prints_the_plan(page: Page, patient: str, steps: Mapping[str, date]) -> None:
    """Print the plan, and read on paper who it is of, and on which day which step is."""
    page.goto(f"{patient}/plan")
    prints = page.get_by_role("region", name="Utskrifter")
    prints.get_by_label("Hva skal skrives ut?").select_option("clinician")
    with page.expect_download() as printed:
        prints.get_by_role("button", name="PDF").click()
    text = read_pdf(printed.value.path())
    assert text.startswith(NAME)
    for step, day in steps.items():
        written_day = re.escape(short_day_words(day, texts_of("nb")))
        assert re.search(rf"{written_day} +{step}".replace("\xa0", " "), text), step


def read_pdf(path: Path) -> str:
    """Return a print's text as it stands on the page."""
    return subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout.replace("\xa0", " ")
