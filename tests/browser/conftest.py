"""A browser and a demo for each process, and for each test pages that are watched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import chromium
from tests.browser.demo import Demo, served
from tests.browser.people import SignedIn, sign_everyone_in
from tests.browser.watch import Watch, words_of

DESK = 1280
PATIENCE = 10_000
LOCALES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}
Opens = Callable[..., Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Give one browser; it is closed with the folder, since its event loop would stand in other tests' way."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def filled(browser, tmp_path_factory) -> Iterator[tuple[Demo, SignedIn]]:
    """Give the demo with its patients, and everyone of its people signed in."""
    with served(tmp_path_factory.mktemp("demo")) as demo:
        signed_in = sign_everyone_in(browser, demo.address)
        demo.keep()
        yield demo, signed_in


@pytest.fixture
def demo(filled: tuple[Demo, SignedIn]) -> Demo:
    """Give the demo as it was filled, whatever the test before did."""
    filled[0].restore()
    return filled[0]


@pytest.fixture
def open_as(browser: Browser, filled: tuple[Demo, SignedIn], demo: Demo) -> Iterator[Opens]:
    """Give a way to open a browser as one of the demo's people, or as nobody; what is wrong on any page fails."""
    secret = patients_words(demo)
    opened: list[tuple[BrowserContext, Watch]] = []

    def open_it(
        person: str | None = None,
        *,
        width: int = DESK,
        language: str = "nb",
        script: bool = True,
        answers: Iterable[int] = (),
    ) -> Page:
        context = browser.new_context(
            base_url=demo.address,
            viewport={"width": width, "height": 900},
            locale=LOCALES[language],
            timezone_id="Europe/Oslo",
            java_script_enabled=script,
            storage_state=filled[1][person] if person else None,
        )
        context.set_default_timeout(PATIENCE)
        opened.append((context, Watch(context, address=demo.address, secret=secret, answers=answers)))
        return context.new_page()

    yield open_it
    complaints = [said for context, watch in opened for said in watch.finish()]
    for context, _ in opened:
        context.close()
    assert not complaints, "\n".join(complaints)


def patients_words(demo: Demo) -> frozenset[str]:
    """Return every word of the patients' names, and every identity number."""
    found = demo.ask("SELECT name, identity FROM person LEFT JOIN listing ON listing.person = person.id")
    return words_of(text for row in found for text in row if text)
