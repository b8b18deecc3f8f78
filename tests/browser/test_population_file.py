"""The page of a whole run as a file of its own: read by everyone, at both widths, and asking for nothing."""

from __future__ import annotations

import pytest

from api.cli import main
from tests.browser.axe import barriers, too_small
from tests.nightly.made import TODAY

LANGUAGES = ("nb", "nn", "en")
WIDTHS = (1280, 375)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    on = ("--on", f"{TODAY}")
    assert main(["population", "synth", "-n", "5000", "--seed", "3", "-o", str(folder / "made"), *on]) == 0
    words = ["population", "screen", str(folder / "made"), "-o", str(folder / "out"), "--workers", "1", *on]
    assert main(words) == 0
    return folder / "out"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_is_read_by_everyone_and_asks_for_nothing(browser, out, tmp_path, language, width):
    file = tmp_path / "page.html"
    assert main(["population", "page", str(out), "-o", str(file), "--lang", language]) == 0
    page = browser.new_page(viewport={"width": width, "height": 900}, bypass_csp=True)  # for axe, which is a script
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert barriers(page) + too_small(page) == []
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert asked == [file.as_uri()]
    page.close()
