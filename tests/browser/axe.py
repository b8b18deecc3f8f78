"""What axe finds on a page that stops someone who does not see well, or does not use a mouse."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Axe()


def barriers(page: Page) -> list[str]:
    """Return each barrier with where it is."""
    return _found(page, RULES)


def too_small(page: Page) -> list[str]:
    """Return what a finger does not hit: of all the rules, the one that a narrow page may break alone."""
    return _found(page, {"type": "rule", "values": ["target-size"]})


def _found(page: Page, rules: object) -> list[str]:
    found = AXE.run(page, options={"runOnly": rules, "resultTypes": ["violations"]}).response["violations"]
    return [f"{each['id']}: {each['help']} at {node['target']}" for each in found for node in each["nodes"]]
