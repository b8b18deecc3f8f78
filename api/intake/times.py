"""Points in time as exact as they were written: FHIR date, dateTime and instant, and the same in KITH messages."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from engine.errors import InputError
from forms.dates import LARGEST_OFFSET, require_in_range
from rules.times import OSLO

Precision = Literal["year", "month", "day", "time"]

_LAST_SECOND = timedelta(days=1, seconds=-1)
_ZONE = r"(?P<zone>Z|[+-]\d\d:\d\d)?"
_TIME = rf"(?P<clock>\d\d:\d\d(?::\d\d)?)(?:\.\d+)?{_ZONE}"
_MOMENT = re.compile(rf"(?P<year>[1-9]\d{{3}})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:T{_TIME})?)?)?", re.ASCII)
_XS_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """A year, month, day or time; `start` is its first moment with zone, `first_day` and `last_day` are in Norway."""

    precision: Precision
    start: datetime
    first_day: date
    last_day: date

    @property
    def full_date(self) -> bool:
        """Return whether the day is known."""
        return self.precision in {"day", "time"}

    @property
    def end(self) -> datetime:
        """Return the last moment that the writing allows: a day without a time lasts until midnight."""
        return self.start if self.precision == "time" else _midnight(self.last_day) + _LAST_SECOND


def parse_moment(text: str, where: str, *, zone_may_lack: bool = False) -> Moment:
    """Return the point in time in `text`; a time without zone is Norwegian where `zone_may_lack`, else refused."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise InputError(where, "not_a_moment")
    if match["clock"] and not (match["zone"] or zone_may_lack):
        raise InputError(where, "time_without_zone")
    require_in_range(date(int(match["year"]), 1, 1), where)
    try:
        moment = _exact(match) if match["clock"] else _partial(match)
    except ValueError:  # never chained: Python's own message repeats the value
        raise InputError(where, "no_such_moment") from None
    require_in_range(moment.first_day, where)  # a zone may have moved it out of the range
    return moment


def parse_xs_date(text: str, where: str) -> date:
    """Return the day in an XML Schema date, whose zone (if any) says nothing more about the day."""
    match = _XS_DATE.fullmatch(text)
    if match is None:
        raise InputError(where, "not_a_date")
    return parse_moment(match[1], where).first_day


def _exact(match: re.Match[str]) -> Moment:
    day = date.fromisoformat(f"{match['year']}-{match['month']}-{match['day']}")
    written = datetime.fromisoformat(f"{day}T{match['clock']}{match['zone'] or ''}")
    if abs(written.utcoffset() or timedelta()) > LARGEST_OFFSET:
        raise ValueError
    start = written if written.tzinfo else written.replace(tzinfo=OSLO)
    local = start.astimezone(OSLO).date()
    return Moment("time", start, local, local)


def _partial(match: re.Match[str]) -> Moment:
    year, month, day = int(match["year"]), match["month"], match["day"]
    first = date(year, int(month or 1), int(day or 1))
    if day:
        return Moment("day", _midnight(first), first, first)
    last_month = int(month or 12)
    last = date(year, last_month, monthrange(year, last_month)[1])
    return Moment("month" if month else "year", _midnight(first), first, last)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=OSLO)
