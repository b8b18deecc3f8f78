"""Days and times as the clinical specification counts them: the wall clock of Norway, whole years of age."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def oslo(moment: datetime) -> datetime:
    """Return the moment on Oslo's clock; a time written without a zone is taken as Oslo's own."""
    return moment.replace(tzinfo=OSLO) if moment.tzinfo is None else moment.astimezone(OSLO)


def age_on(birth_date: date, day: date) -> int:
    """Return whole years lived on a day."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
