"""Every page of the application in each of its states: who opens it, of which patient, and what is done to get there.

A route that answers a page and is not here fails `test_every_page_of_the_application_is_in_the_table`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Page

from api.people.demo_issuer import SIGN_IN
from tests.browser.demo import Demo
from tests.v1.people import number

Does = Callable[[Page], object]


@dataclass(frozen=True)
class View:
    """A page in one state; `of` is the patient's place in `PATIENTS`, `does` what brings it to the state."""

    route: str
    state: str
    person: str | None = None
    path: str = ""
    of: str = ""
    does: Does | None = None
    answers: int = 200

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


SCORED_AGAIN = "person IN (SELECT person FROM assessment GROUP BY person HAVING count(*) > 1)"
LACKING = "person IN (SELECT person FROM message WHERE way = 'out' AND json_array_length(told, '$.missing'))"
PATIENTS: Mapping[str, str] = {
    "unscreened": "ward = 'GER2' AND status = 'unscreened'",
    "suggested": "ward = 'GER2' AND next_what = 'decide' AND cfs_low = cfs_high",
    "asked": "ward = 'GER2' AND next_what = 'decide' AND cfs_low < cfs_high",
    "choosing": "ward = 'GER2' AND next_what = 'shared_decision'",
    "going_home": "ward = 'GER2' AND status = 'running' AND discharged IS NULL",
    "at_home": "status = 'running' AND municipality = '5001' AND next_what = 'HPH2' AND next_due < datetime('now')",
    "evaluated": "status = 'running' AND municipality = '5001' AND next_what = 'HPH4'",
    "closed": "status = 'closed' AND municipality = '5001'",
    "paused": "status = 'paused' AND ward = 'GER2'",
    "died": "status = 'died'",
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


def _leave(page: Page, control: str) -> None:
    """Press what leads to another page, and wait until it is there."""
    with page.expect_navigation():
        page.locator(control).first.click()


def _wrong_token(page: Page) -> None:
    page.get_by_role("textbox").fill("NOT A TOKEN")
    _leave(page, "button")


def _fills(field: str, text: str) -> Does:
    def does(page: Page) -> None:
        page.locator(field).fill(text)
        _leave(page, f"form:has({field}) button[type=submit]")

    return does


def _sends(button: str) -> Does:
    """Send a form by a button, as a browser does that does not look for what lacks."""

    def does(page: Page) -> None:
        page.evaluate("() => { for (const each of document.forms) each.noValidate = true }")
        page.evaluate("() => { for (const each of document.querySelectorAll('details')) each.open = true }")
        _leave(page, button)

    return does


def _follows(link: str) -> Does:
    def does(page: Page) -> None:
        _leave(page, link)

    return does


def _impossible(page: Page) -> None:
    page.locator("details.more").evaluate_all("all => { for (const each of all) each.open = true }")
    page.locator("#f-falls_last_12_months").fill("mange")
    _leave(page, "#g-sign button[value=save]")


def _dies(page: Page) -> None:
    page.locator("details:has(input[value=died]) summary").click()
    page.locator("form:has(input[name=form][value=died]) input[type=date]").fill(str(page.evaluate(TODAY)))
    _leave(page, "form:has(input[name=form][value=died]) button[type=submit]")


def _cancels(page: Page) -> None:
    _leave(page, "ol.log a")
    page.locator("details.do summary").click()
    page.locator("#cancel-reason").fill("Sendt om feil pasient")
    _leave(page, "form:has(#cancel-reason) button")


def _forgets_why(page: Page) -> None:
    _leave(page, "ol.log a")
    _sends("form:has(#cancel-reason) button")(page)


def _says_nothing_of_it(page: Page) -> None:
    page.evaluate("() => { for (const each of document.querySelectorAll('[name=words]')) each.value = '' }")
    _sends("button[value=dropped]")(page)


TODAY = "() => new Date().toISOString().slice(0, 10)"
SCREEN, ASSESSMENT = "/patients/{person}/screen", "/patients/{person}/assessment"
PLAN, HISTORY = "/patients/{person}/plan", "/patients/{person}/history"
MESSAGES, DRAFT = "/patients/{person}/messages", "/patients/{person}/messages/new/{kind}"
MESSAGE = "/patients/{person}/messages/{message}"
LIST, PRINTED_LIST = "/lists/{name}", "/lists/{name}/print"
NOWHERE = "/none"
NOBODY = "/patients/ffffffffffffffffffffffffffffffff/plan"
NO_NUMBER, FREE_NUMBER = "12345678901", number(0)

VIEWS: tuple[View, ...] = (
    View("/signin", "with the way in"),
    View("/signin", "after the session ended", path="/signin?ended=1&next=/tavle"),
    View(SIGN_IN, "with everyone of the demo", path="/signin/start"),
    View("/signed-out", "after signing out"),
    View("/tavle", "with the ward's patients", "ingrid"),
    View("/tavle", "of a ward without patients", "henrik", "/tavle?ward=demo/KIR1"),
    View("/tavle", "with wards to choose between", "henrik"),
    View("/tavle/device", "with a field for the token"),
    View("/tavle/device", "after a wrong token", does=_wrong_token, answers=403),
    View("/examples", "with an example"),
    View("/examples/{name}", "with another example", path="/examples/3-felles-valg"),
    View("/examples/{name}/plan", "with the plan", path="/examples/3-felles-valg/plan"),
    View("/rules", "all of them", "ingrid"),
    View("/rules", "that are asked for", "ingrid", "/rules?q=fall"),
    View("/rules", "when none is what was asked for", "ingrid", "/rules?q=qqqq"),
    View("/rules/{rule}", "with its grounds", "henrik", "/rules/medication_review"),
    View("/rules/{rule}", "that there is none of", "ingrid", "/rules/none", answers=404),
    View("/tour", "for a newcomer", "ingrid"),
    View("/paper", "about the form on paper", "ingrid"),
    View("/paper/blank", "from the sign-in page"),
    View("/paper/form", "on the screen", "ingrid", "/paper/form?as=html"),
    View(NOWHERE, "that there is none of", "ingrid", answers=404),
    View(LIST, "of the team", "henrik", "/lists/team"),
    View(LIST, "of the ward's own", "ingrid", "/lists/team"),
    View(LIST, "narrowed", "henrik", "/lists/team?ward=demo/GER2&status=screened"),
    View(LIST, "narrowed to nobody", "henrik", "/lists/team?ward=demo/GER2&status=discharged"),
    View(LIST, "of the unscreened", "ingrid", "/lists/unscreened"),
    View(LIST, "of who is ready", "ingrid", "/lists/ready"),
    View(LIST, "of what is late", "ingrid", "/lists/late"),
    View(LIST, "of the coordinator", "solveig", "/lists/coordinator"),
    View(LIST, "of the municipality", "tariq", "/lists/municipality"),
    View(LIST, "of the practice", "marte", "/lists/practice"),
    View(LIST, "with nobody on it", "jonas", "/lists/ready"),
    View(LIST, "that there is none of", "ingrid", "/lists/none", answers=404),
    View(LIST, "of another role", "ingrid", "/lists/practice", answers=403),
    View(PRINTED_LIST, "on paper", "henrik", "/lists/team/print"),
    View("/find", "with the field", "ingrid"),
    View("/find", "of names", "ingrid", does=_fills("#identity", "An")),
    View("/find", "after a wrong number", "ingrid", does=_fills("#identity", NO_NUMBER), answers=422),
    View("/find", "of someone elsewhere", "ingrid", does=_fills("#identity", FREE_NUMBER), answers=404),
    View(
        "/find",
        "of someone elsewhere, for who opens nothing",
        "lena",
        does=_fills("#identity", FREE_NUMBER),
        answers=404,
    ),
    View("/screen", "of someone new", "ingrid"),
    View(
        "/screen",
        "of someone new, with nothing written",
        "ingrid",
        does=_sends("form.new-patient button"),
        answers=422,
    ),
    View(SCREEN, "not begun", "ingrid", of="unscreened"),
    View(SCREEN, "of a second rater", "amina", SCREEN + "?second=1", of="suggested"),
    View(SCREEN, "from paper", "ingrid", SCREEN + "?paper=1", of="unscreened"),
    View(SCREEN, "corrected", "ingrid", of="suggested"),
    View(SCREEN, "with an answer that cannot be", "ingrid", of="unscreened", does=_impossible, answers=422),
    View(ASSESSMENT, "of nobody screened", "ingrid", of="unscreened"),
    View(ASSESSMENT, "with suggestions", "henrik", of="suggested"),
    View(ASSESSMENT, "with an interval", "ingrid", of="asked"),
    View(ASSESSMENT, "with a choice to make", "amina", of="choosing"),
    View(
        ASSESSMENT, "after a choice of nothing", "amina", of="choosing", does=_sends("form.choose button"), answers=422
    ),
    View(
        ASSESSMENT,
        "after an override without a reason",
        "henrik",
        of="suggested",
        does=_sends("form.override button"),
        answers=422,
    ),
    View(ASSESSMENT, "with the plan begun", "amina", of="going_home"),
    View(ASSESSMENT, "of someone who came back", "ingrid", of="paused"),
    View(
        ASSESSMENT + "/{named}",
        "as it was",
        "tariq",
        ASSESSMENT,
        of="scored_again",
        does=_follows("[aria-labelledby=versions] a"),
    ),
    View(PLAN, "without a plan", "ingrid", of="suggested"),
    View(PLAN, "in hospital", "amina", of="going_home"),
    View(PLAN, "with a late visit", "tariq", of="at_home"),
    View(PLAN, "up for evaluation", "tariq", of="evaluated"),
    View(PLAN, "closed", "tariq", of="closed"),
    View(PLAN, "that rests", "ingrid", of="paused"),
    View(PLAN, "of someone who died", "tariq", of="died"),
    View(
        PLAN,
        "after a form with nothing in it",
        "tariq",
        of="at_home",
        does=_sends("form:has([value=close_plan]) button"),
        answers=422,
    ),
    View(PLAN, "of nobody", "ingrid", NOBODY, answers=404),
    View(PLAN + "/{key}", "of a step", "tariq", PLAN, of="at_home", does=_follows(".elsewhere a")),
    View(MESSAGES, "with none", "ingrid", of="unscreened"),
    View(MESSAGES, "with a log", "amina", of="going_home"),
    View(MESSAGES, "of the municipality", "tariq", of="at_home"),
    View(MESSAGES, "after death", "tariq", of="died"),
    View(MESSAGES, "after a deviation without words", "amina", of="lacking", does=_says_nothing_of_it, answers=422),
    View(DRAFT, "with missing parts", "amina", MESSAGES + "/new/epikrise", of="going_home"),
    View(DRAFT, "of a notice with something to add", "ingrid", MESSAGES + "/new/helseopplysninger", of="suggested"),
    View(DRAFT, "of nobody screened", "ingrid", MESSAGES + "/new/helseopplysninger", of="unscreened"),
    View(DRAFT, "after death", "tariq", MESSAGES + "/new/helseopplysninger_til_lege", of="died"),
    View(
        DRAFT,
        "approved with what it lacks unseen",
        "amina",
        MESSAGES + "/new/epikrise",
        of="going_home",
        does=_sends("button[value=approve]"),
        answers=422,
    ),
    View(DRAFT, "of another role", "ingrid", MESSAGES + "/new/epikrise", of="going_home", answers=403),
    View(MESSAGE, "final", "amina", MESSAGES, of="going_home", does=_follows("ol.log a")),
    View(MESSAGE, "cancelled", "amina", MESSAGES, of="going_home", does=_cancels),
    View(MESSAGE, "taken back without a reason", "amina", MESSAGES, of="going_home", does=_forgets_why, answers=422),
    View(HISTORY, "in hospital", "amina", of="going_home"),
    View(HISTORY, "at home", "tariq", of="at_home"),
    View(HISTORY, "of someone who died", "tariq", of="died"),
    View(HISTORY, "without content", "lena", of="going_home"),
    View(HISTORY, "asking whether one is sure", "amina", of="going_home", does=_dies),
    View(
        HISTORY,
        "after a form with nothing in it",
        "amina",
        of="going_home",
        does=_sends("form:has([value=moved]) button"),
        answers=422,
    ),
    View("/history/left", "after the patient left", "ingrid"),
    View("/devices", "with a screen", "lena"),
    View("/devices", "of another role", "ingrid", answers=403),
    View("/retractions", "with something retracted", "lena"),
    View(
        "/patients/{person}/access-log",
        "on the screen",
        "lena",
        "/patients/{person}/access-log?language=nb",
        of="at_home",
    ),
    View("/patients/{person}/access-log", "of another role", "ingrid", of="going_home", answers=403),
    View(
        "/patients/{person}/print",
        "on the screen",
        "tariq",
        "/patients/{person}/print?what=clinician&language=nb&as=html",
        of="at_home",
    ),
)


@dataclass(frozen=True)
class Else:
    """A route that leads on, or answers something else than a page, and how it is asked for."""

    route: str
    path: str = ""
    person: str = "ingrid"
    of: str = "going_home"

    def __str__(self) -> str:
        return self.route

    def address(self, demo: Demo) -> str:
        """Return the path to ask for."""
        return (self.path or self.route).replace("{person}", patient(demo, self.of))


NO_PAGES: tuple[Else, ...] = (
    Else("/"),
    Else("/health"),
    Else("/metrics"),
    Else("/signin/start"),
    Else("/signin/callback", "/signin/callback?state=x"),
    Else("/print/{sheet}.css", "/print/plan.css"),
    Else("/tavle/refresh.js"),
    Else("/tavle/device.js"),
    Else("/screen/form.js"),
    Else("/ward/copy.js"),
    Else("/ward/print.js"),
    Else("/lists/{name}/csv", "/lists/team/csv"),
    Else("/examples/{name}/plan.pdf", "/examples/1-hoftebrudd/plan.pdf"),
    Else("/examples/{name}/plan.ics", "/examples/1-hoftebrudd/plan.ics"),
    Else("/patients/{person}"),
    Else("/patients/{person}/visits.ics"),
    Else("/patients/{person}/access-log.pdf", person="lena"),
)
