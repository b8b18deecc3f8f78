"""What someone does on the pages again and again, by what it says there."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta

from playwright.sync_api import Locator, Page, expect

from rules.times import OSLO


class Hand:
    """Someone's hand at the keyboard and the mouse: counts every press but the letters of what is written."""

    def __init__(self) -> None:
        self.pressed, self._began = 0, time.monotonic()

    def press(self, control: Locator) -> None:
        """Press a control."""
        control.click()
        self.pressed += 1

    @property
    def seconds(self) -> float:
        """Return how long it has been at it."""
        return time.monotonic() - self._began


def choose_cfs(page: Page, level: int) -> None:
    """Press a level of the clinician's scale."""
    page.locator("#q-cfs_clinician .choice").filter(has=page.locator(f"input[value='{level}']")).click()


def sign(page: Page) -> None:
    """Sign the form, which leads to the assessment."""
    page.locator("#g-sign button[value=save]").click()
    page.wait_for_url("**/assessment")


def takes_over(page: Page, group: str, hand: Hand) -> None:
    """Take over what was answered last time in a group of the form."""
    same = page.get_by_role("region", name=group).get_by_role("button", name=re.compile("Alt som sist"))
    hand.press(same)
    expect(same).to_have_count(0)


def row(page: Page, step: str) -> Locator:
    """Return the row of a step on the plan page."""
    return page.locator(f".row[id*={step}]")


def marks_done(row: Locator, *, at: datetime, checks: int) -> None:
    """Mark a step as done at a time, with the first lines of its checklist."""
    form = unfolded(row, "Gjort")
    form.get_by_label("Når ble det gjort?").fill(written(at))
    for place in range(checks):
        form.get_by_role("checkbox").nth(place).check()
    form.get_by_role("button", name="Lagre som gjort").click()


def unfolded(within: Page | Locator, title: str) -> Locator:
    """Unfold what has a title, and return it."""
    folded = within.locator("details").filter(has=_page(within).locator("summary", has_text=title))
    folded.locator("summary").click()
    return folded


def _page(within: Page | Locator) -> Page:
    return within.page if isinstance(within, Locator) else within


def days_ago(days: int) -> datetime:
    """Return noon of a day before today."""
    return (datetime.now(OSLO) - timedelta(days=days)).replace(hour=12, minute=0)


def written(moment: datetime) -> str:
    """Return a moment as a browser's field takes it."""
    return moment.strftime("%Y-%m-%dT%H:%M")
