"""Days, times, roles, steps and clocks, as the pages say them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from api.board.when import day_in_words, moment_in_words, near_day
from careplans.words import date_words
from engine.texts import Texts
from engine.words import number
from rules.times import oslo, oslo_day


@dataclass(frozen=True, slots=True)
class Words:
    """Words for values, in one language and seen from one moment; `hospitals` are their names by id."""

    t: Texts
    now: datetime
    hospitals: Mapping[str, str] = field(default_factory=dict)

    def hospital(self, id: str) -> str:
        """Return what a hospital is called; one that nobody named, its id."""
        return self.hospitals.get(id, id)

    def hospital_meant(self, said: str) -> str:
        """Return the id of a hospital that was called by its name; anything else, as it was written."""
        named = {name.casefold(): id for id, name in self.hospitals.items()}
        return named.get(said.strip().casefold(), said)

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
