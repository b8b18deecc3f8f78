"""Days and times as someone on the ward says them: today, tomorrow, Thursday, then the date."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from careplans.course.waits import END_OF_DAY
from engine.texts import Texts
from rules.times import oslo, oslo_day

NAMED = {-1: "yesterday", 0: "today", 1: "tomorrow"}
WEEKDAYS_AHEAD = 6
MONTHS_AROUND = 180
"""Days around today in which a date without a year is of one year alone, and read so."""


def moment_in_words(moment: datetime, texts: Texts, *, now: datetime) -> str:
    """Say a moment; one at the end of a day is the day itself."""
    local = oslo(moment)
    day = near_day(local.date(), texts, today=oslo_day(now))
    if _lasts_the_day(moment):
        return day
    if local.date() == oslo_day(now):
        return time_in_words(moment, texts)
    return texts("board.when.at", day=day, hour=local.hour, minute=local.minute)


def since_in_words(moment: datetime, texts: Texts, *, now: datetime) -> str:
    """Say since when: the time where it was today, else the day."""
    today = oslo_day(now)
    if oslo_day(moment) == today and not _lasts_the_day(moment):
        return time_in_words(moment, texts)
    return near_day(oslo_day(moment), texts, today=today)


def day_in_words(day: date | None, texts: Texts, *, now: datetime) -> str:
    """Say the expected day of discharge, or that nobody has set it."""
    return near_day(day, texts, today=oslo_day(now)) if day else texts("board.when.not_set")


def near_day(day: date, texts: Texts, *, today: date) -> str:
    """Say a day by how near it is."""
    ahead = (day - today) // timedelta(days=1)
    if ahead in NAMED:
        return texts(f"board.when.{NAMED[ahead]}")
    if 0 < ahead <= WEEKDAYS_AHEAD:
        return texts(f"patient.weekday.{day.weekday()}")
    month = texts(f"calendar.month.{day.month}")
    if abs(ahead) > MONTHS_AROUND:
        return texts("board.when.date_of_year", day=day.day, month=month, year=day.year)
    return texts("board.when.date", day=day.day, month=month)


def time_in_words(moment: datetime, texts: Texts) -> str:
    """Say a time on Norway's clock."""
    local = oslo(moment)
    return texts("board.when.time", hour=local.hour, minute=local.minute)


def _lasts_the_day(moment: datetime) -> bool:
    return oslo(moment).time().replace(microsecond=0) == END_OF_DAY
