"""Debian's Chromium, driven by Playwright, which brings no browser of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

PROGRAMS = ("chromium-headless-shell", "chromium")
QUIET = ("--disable-gpu", "--disable-background-networking")
LACKING = "Chromium is not installed: apt-get install chromium-headless-shell"


def find_chromium() -> str | None:
    """Return the browser that CHROMIUM names, else the one on the path."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for each in PROGRAMS if (found := shutil.which(each))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a browser; without one the tests are skipped, in CI they fail."""
    program = find_chromium()
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail(LACKING)
        pytest.skip(LACKING)
    flags = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else [*QUIET]  # root has no sandbox to be in
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        try:
            yield browser
        finally:
            browser.close()
