"""Dates in a case: how they are written, and the range that every one of them lies in."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TypeVar

from engine.errors import InputError
from forms.refusals import refused
from rules.times import EARLIEST, LATEST, oslo, possible

LARGEST_OFFSET = timedelta(hours=14)  # no clock on earth is further from UTC
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(DAY.pattern + r"T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?")
Dated = TypeVar("Dated", bound=date)


def read_day(written: str) -> date:
    """Return the day written `2026-11-16`, or Oslo's day of a time; raise `ValueError` for any other writing."""
    return read_moment(written).date() if MOMENT.fullmatch(written) else _day(written)


def read_moment(written: str) -> datetime:
    """Return the time written `2026-11-16T14:10:00+01:00` on Oslo's clock; a day alone is its first moment."""
    if not MOMENT.fullmatch(written):
        return datetime.combine(_day(written), datetime.min.time())
    moment = datetime.fromisoformat(written)
    if abs(moment.utcoffset() or timedelta()) > LARGEST_OFFSET:
        raise ValueError
    return oslo(within_range(moment))


def within_range(day: Dated) -> Dated:
    """Return the date, or refuse one outside the range, inside a validator."""
    if not possible(_day_of(day)):
        raise refused("date_not_possible", earliest=EARLIEST.year, latest=LATEST.year)
    return day


def require_in_range(day: Dated, where: str) -> Dated:
    """Return the date, or raise `InputError` for one outside the range."""
    if not possible(_day_of(day)):
        raise InputError(where, "date_not_possible", earliest=EARLIEST.year, latest=LATEST.year)
    return day


def _day_of(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def _day(written: str) -> date:
    if not DAY.fullmatch(written):  # Python takes week dates and dates without hyphens too
        raise ValueError
    return date.fromisoformat(written)
