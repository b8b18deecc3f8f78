"""Every page of the application in each of its states: who opens it, of which patient, and what is done to get there.

A route that answers a page and is not here fails `test_every_page_of_the_application_is_in_the_table`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Page

from api.people.demo_issuer import SIGN_IN
from tests.browser.demo import Demo

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


ON_WARD = "FROM listing WHERE ward = 'GER2' AND listed"
PATIENTS: Mapping[str, str] = {
    "screened": f"SELECT person {ON_WARD} AND cfs_low IS NOT NULL ORDER BY name",
}


def patient(demo: Demo, which: str) -> str:
    """Return a patient's id by what is special about them."""
    found = demo.ask(PATIENTS[which])
    assert found, f"The demo has nobody who is {which}"
    return str(found[0][0])


def _wrong_token(page: Page) -> None:
    page.get_by_role("textbox").fill("NOT A TOKEN")
    page.get_by_role("button").click()


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
)
NO_PAGES: Mapping[str, str] = {
    "/": "/",
    "/health": "/health",
    "/metrics": "/metrics",
    "/signin/start": "/signin/start",
    "/signin/callback": "/signin/callback?state=x",
    "/print/{sheet}.css": "/print/plan.css",
    "/tavle/refresh.js": "/tavle/refresh.js",
    "/tavle/device.js": "/tavle/device.js",
    "/examples/{name}/plan.pdf": "/examples/1-hoftebrudd/plan.pdf",
    "/examples/{name}/plan.ics": "/examples/1-hoftebrudd/plan.ics",
}
"""Routes that lead on, or answer something else than a page: how each is asked for."""
