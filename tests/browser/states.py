"""A page in one state: who opens it, of which patient, and what is done to get there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.demo import Demo
from tests.browser.steps import choose_cfs

Does = Callable[[Page], object]
SAYS_PLAIN = """form => {
    const plain = Object.assign(document.createElement("input"), { type: "hidden", name: "plain", value: "1" });
    form.append(plain);
}"""
TODAY = "() => new Date().toISOString().slice(0, 10)"


@dataclass(frozen=True)
class View:
    """A page in one state; `of` is the patient's place in `PATIENTS`, `does` what brings it to the state.

    `after` is what another person did first; `shows` is what no other state of the page
    has, with words of its own.
    """

    route: str
    state: str
    person: str | None = None
    path: str = ""
    of: str = ""
    does: Does | None = None
    answers: int = 200
    after: View | None = None
    shows: str = ""

    def __str__(self) -> str:
        return f"{self.route} {self.state}"

    def address(self, demo: Demo) -> str:
        """Return the path to open."""
        path = self.path or self.route
        return path.replace("{person}", patient(demo, self.of)) if self.of else path

    def open(self, page: Page, demo: Demo) -> None:
        """Open the page and bring it to the state."""
        answer = page.goto(self.address(demo))
        assert answer
        assert self.does or answer.status == self.answers
        if self.does:
            self.does(page)
        assert not self.shows or page.locator(self.shows).count()


SCORED_AGAIN = "person IN (SELECT person FROM assessment GROUP BY person HAVING count(*) > 1)"
LACKING = "person IN (SELECT person FROM message WHERE way = 'out' AND json_array_length(told, '$.missing'))"
PATIENTS: Mapping[str, str] = {
    "left_undecided": "status = 'left_undecided'",
    "partly_known": "ward = 'GER2' AND status = 'unscreened' AND cfs_high < 5",
    "undated": "ward = 'GER2' AND status = 'screened' AND expected IS NULL",
    "awaited": "ward = 'GER2' AND status = 'running' AND discharged IS NULL AND municipality = '5001' AND shared",
    "unscreened": "ward = 'GER2' AND status = 'unscreened'",
    "suggested": "ward = 'GER2' AND next_what = 'decide' AND cfs_low = cfs_high",
    "asked": "ward = 'GER2' AND next_what = 'decide' AND cfs_low < cfs_high",
    "choosing": "ward = 'GER2' AND next_what = 'shared_decision'",
    "going_home": "ward = 'GER2' AND status = 'running' AND discharged IS NULL",
    "at_home": "status = 'running' AND municipality = '5001' AND next_what = 'HPH2' AND next_due < datetime('now')",
    "evaluated": "status = 'running' AND municipality = '5001' AND next_what = 'HPH4'",
    "closed": "status = 'closed' AND municipality = '5001'",
    "paused": "status = 'paused' AND ward = 'GER2'",
    "died": "status = 'died' AND person NOT IN (SELECT id FROM person WHERE local_id LIKE 'demo/past-%')",
    "scored_again": f"municipality = '5001' AND {SCORED_AGAIN}",
    "lacking": f"ward = 'GER2' AND {LACKING}",
    "elsewhere": "ward = 'MED1' AND status = 'unscreened'",
}
"""Patients by what is special about them, as `listing` says it; the first by name is meant."""


def patient(demo: Demo, which: str) -> str:
    """Return a patient's id by what is special about them."""
    found = demo.ask(f"SELECT person FROM listing WHERE {PATIENTS[which]} ORDER BY name, person LIMIT 1")
    assert found, f"The demo has nobody who is {which}"
    return str(found[0][0])


def leave(page: Page, control: str) -> None:
    """Press what leads to another page, and wait until it is there."""
    with page.expect_navigation():
        page.locator(control).first.click()


def wrong_token(page: Page) -> None:
    page.get_by_role("textbox").fill("NOT A TOKEN")
    leave(page, "button")


def fills(field: str, text: str) -> Does:
    def does(page: Page) -> None:
        page.locator(field).fill(text)
        leave(page, f"form:has({field}) button[type=submit]")

    return does


def sends(button: str) -> Does:
    """Send a form by a button, as a browser does that does not look for what lacks."""

    def does(page: Page) -> None:
        page.evaluate("() => { for (const each of document.forms) each.noValidate = true }")
        page.evaluate("() => { for (const each of document.querySelectorAll('details')) each.open = true }")
        leave(page, button)

    return does


def follows(link: str) -> Does:
    def does(page: Page) -> None:
        leave(page, link)

    return does


def impossible(page: Page) -> None:
    page.locator("details.more").evaluate_all("all => { for (const each of all) each.open = true }")
    page.locator("#f-falls_last_12_months").fill("mange")
    leave(page, "#g-sign button[value=save]")


def keeps_a_draft(page: Page) -> None:
    choose_cfs(page, 6)
    leave(page, "#g-sign button[value=draft]")


def scores(level: int, *, then: str = "") -> Does:
    """Set a level and sign, with a reason where one is asked for; `then` is the tab to go on to."""

    def does(page: Page) -> None:
        choose_cfs(page, level)
        page.locator("#q-reason[data-open]").or_(page.locator("#panel:not([data-guard])")).first.wait_for()
        page.locator("#f-reason").evaluate("each => { each.value = 'Svaret var galt' }")
        leave(page, "#g-sign button[value=save]")
        if then:
            leave(page, f".tabs a[href$='/{then}']")

    return does


def differs(page: Page) -> None:
    choose_cfs(page, 6)
    leave(page, "#g-sign button[value=save]")


def scores_otherwise(page: Page) -> None:
    """Correct a level and sign as a page without a script sends it; axe itself needs one."""
    page.locator("#screening").evaluate(SAYS_PLAIN)
    choose_cfs(page, 5)
    leave(page, "#g-sign button[value=save]")


def dies(page: Page) -> None:
    page.locator("details:has(input[value=died]) summary").click()
    page.locator("form:has(input[name=form][value=died]) input[type=date]").fill(str(page.evaluate(TODAY)))
    leave(page, "form:has(input[name=form][value=died]) button[type=submit]")


def cancels(page: Page) -> None:
    leave(page, "ol.log a")
    page.locator("details.do summary").click()
    page.locator("#cancel-reason").fill("Sendt om feil pasient")
    leave(page, "form:has(#cancel-reason) button")


def forgets_why(page: Page) -> None:
    leave(page, "ol.log a")
    sends("form:has(#cancel-reason) button")(page)


def says_nothing_of_it(page: Page) -> None:
    page.evaluate("() => { for (const each of document.querySelectorAll('[name=words]')) each.value = '' }")
    sends("button[value=dropped]")(page)
