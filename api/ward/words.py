"""Days, times, roles, steps and clocks, as the pages say them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from api.board.when import day_in_words, moment_in_words, near_day
from careplans.words import date_words
from engine.texts import Texts
from engine.words import number
from rules.times import oslo, oslo_day


@dataclass(frozen=True, slots=True)
class Words:
    """Words for values, in one language and seen from one moment."""

    t: Texts
    now: datetime

    def day(self, day: date) -> str:
        """Return a day by how near it is: today, Thursday, 23 November."""
        return near_day(day, self.t, today=oslo_day(self.now))

    def expected(self, day: date | None) -> str:
        """Return the expected day of discharge, or that it is not set."""
        return day_in_words(day, self.t, now=self.now)

    def date(self, day: date) -> str:
        """Return a date in full, as a birth date is written."""
        return date_words(day, self.t)

    def moment(self, moment: datetime) -> str:
        """Return a moment by how near it is."""
        return moment_in_words(moment, self.t, now=self.now)

    def stamp(self, moment: datetime) -> str:
        """Return a moment exactly, for the machine's `datetime`."""
        return oslo(moment).isoformat(timespec="minutes")

    def cfs(self, low: float | None, high: float | None) -> str:
        """Return a CFS level, or the interval that is still possible."""
        if low is None:
            return self.t("lists.cfs.unknown")
        if low == high or high is None:
            return number(low, self.t)
        return f"{number(low, self.t)}–{number(high, self.t)}"
