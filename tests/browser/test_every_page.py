"""Every page in each of its states: no barrier, no sideways scroll on a telephone, nothing that is never allowed."""

import pytest
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Page

from api.app import Service, routes
from api.screening import Screening
from api.settings import read_settings
from api.storage.engine import make_engine
from api.storage.schema import make_ready
from tests.browser.axe import barriers, too_small
from tests.browser.pages import NO_PAGES, NOWHERE, VIEWS
from tests.browser.states import View

PHONE = {"width": 375, "height": 12_000}  # so high that nothing which follows the window covers anything
STICKS_OUT = """() => {
    const all = document.scrollingElement;
    if (all.scrollWidth <= innerWidth) return [];
    const outside = (each) => each.getBoundingClientRect().right > innerWidth + 1;
    const wide = [...document.body.querySelectorAll("*")].filter(outside).map((each) => each.outerHTML.slice(0, 120));
    return [`${all.scrollWidth} px`, ...wide.slice(0, 5)];
}"""
OPEN_ALL = "() => { for (const each of document.querySelectorAll('details')) each.open = true }"


def _names_its_language(view: View) -> bool:
    """Return whether the address says the language: on prints, and on the example pages, which nobody signs in to."""
    return "language=" in view.path or view.route.startswith(("/examples", "/paper/form", "/paper/blank"))


# In another language the words alone differ: one state of each page, and the states with words of their own, in the
# width where they are in each other's way.
ONE_OF_EACH = tuple(
    {view.route: view for view in reversed(VIEWS) if view.answers == 200 and not _names_its_language(view)}.values()
)
IN_OTHER_LANGUAGES = tuple(dict.fromkeys((*ONE_OF_EACH, *(view for view in VIEWS if view.shows))))
# What the person's own menu covers on a telephone is out of reach while it is open, and back when it is shut.
CLOSE_MENU = "() => { for (const each of document.querySelectorAll('details.me')) each.open = false }"
MACHINES = ("/api/", "/fhir", "/cds-services", "/openapi.json")


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_a_page_has_no_barrier_and_fits_a_telephone(open_as, demo, view):
    page = opened(view, open_as, demo)
    assert too_wide(page) == []
    page.evaluate(OPEN_ALL)
    assert barriers(page) == []
    page.set_viewport_size(PHONE)
    page.evaluate(CLOSE_MENU)
    assert too_wide(page) == []
    assert too_small(page) == []


@pytest.mark.parametrize("language", ["nn", "en"])
@pytest.mark.parametrize("view", IN_OTHER_LANGUAGES, ids=str)
def test_a_page_has_no_barrier_and_fits_a_telephone_in_the_other_languages_too(open_as, demo, view, language):
    page = opened(view, open_as, demo, width=PHONE["width"], language=language)
    assert page.locator("html").get_attribute("lang") == language
    page.evaluate(OPEN_ALL)
    page.evaluate(CLOSE_MENU)
    assert too_wide(page) == []
    assert barriers(page) == []


@pytest.fixture
def get_routes(tmp_path):
    settings = read_settings(demo=True, database=f"sqlite:///{tmp_path / 'none.sqlite'}")
    engine = make_engine(settings.database)
    make_ready(engine)
    engine.dispose()
    service = Service.start(settings, Screening(synthetic_only=True))
    yield {each.path for each in iter_route_contexts(routes(service).routes) if "GET" in (each.methods or ())}
    service.record.close()


def test_every_page_of_the_application_is_in_the_table(get_routes):
    for_people = {path for path in get_routes if not path.startswith(MACHINES)}
    assert for_people == {view.route for view in VIEWS} - {NOWHERE} | {each.route for each in NO_PAGES}


@pytest.mark.parametrize("other", NO_PAGES, ids=str)
def test_what_is_said_to_be_no_page_is_none(open_as, demo, other):
    answer = open_as(other.person).request.get(other.address(demo), max_redirects=0)
    assert answer.status in range(300, 400) or "text/html" not in answer.headers["content-type"]


def opened(view, open_as, demo, **how):
    """Return a page in a state, once what comes before it is done."""
    if view.after:
        opened(view.after, open_as, demo)
    page = open_as(view.person, answers=(view.answers,), **how)
    view.open(page, demo)
    return page


def too_wide(page: Page) -> list[str]:
    """Return what sticks out of the page to the right, if one must scroll sideways to read it."""
    found: list[str] = page.evaluate(STICKS_OUT)
    return found
