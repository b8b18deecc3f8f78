"""The page on extracts is current: `./dev docs` writes it."""

from __future__ import annotations

from tests.population.extract_page import PAGE, page


def test_the_page_says_of_the_tables_what_they_are():
    assert PAGE.read_text("utf-8") == page()
