"""Days and times as the clinical specification counts them: the wall clock of Norway, whole years of age."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)


def possible(day: date) -> bool:
    """Return whether a day can stand in a case: no one here was born before the first or plans past the last."""
    return EARLIEST <= day <= LATEST


def oslo(moment: datetime) -> datetime:
    """Return the moment on Oslo's clock; a time written without a zone is taken as Oslo's own."""
    return moment.replace(tzinfo=OSLO) if moment.tzinfo is None else moment.astimezone(OSLO)


def oslo_day(moment: datetime) -> date:
    """Return the day of a moment on Oslo's clock."""
    return oslo(moment).date()


def age_on(birth_date: date, day: date) -> int:
    """Return whole years lived on a day."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
