"""What the print of an access log shows, in words: days with the newest first, and a line for each reading.

The ward's board is fetched every minute; what one screen showed in a day is one line with how many times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from api.people.user import Unit
from api.storage.access_log import AccessLine
from careplans.words import date_words, one_line
from engine.texts import Texts
from rules.times import oslo, oslo_day

OFTEN = frozenset({"board"})
"""What happens by itself again and again."""

SCREEN = "device:"
HASH_SHOWN, HASH_GROUP = 16, 4
ELSEWHERE = frozenset({"municipality", "practice"})


@dataclass(frozen=True, slots=True)
class About:
    """Whose log it is, and the head of the whole log's chain; where someone protected lives is not told by a reader."""

    name: str | None
    born: date | None
    head: str
    protected: bool = False
    hospitals: Mapping[str, str] = field(default_factory=dict)
    """What hospitals are called, by id."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A reading or change, or what one screen showed in a day."""

    when: str
    who: str
    role: str | None
    unit: str
    what: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Day:
    """A day with what was done on it."""

    words: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class LogView:
    """The whole print in words."""

    name: str
    born: str
    facts: tuple[tuple[str, str], ...]
    days: tuple[Day, ...]


def log_view(lines: Sequence[AccessLine], about: About, texts: Texts, *, printed: datetime) -> LogView:
    """Return the log as it is printed."""
    in_order = sorted(lines, key=lambda line: line.seq, reverse=True)
    by_day = groupby(in_order, key=lambda line: oslo_day(line.at))
    return LogView(
        name=about.name or texts("access_log.no_name"),
        born=date_words(about.born, texts) if about.born else texts("access_log.no_birth_date"),
        facts=_facts(in_order, about, texts, printed),
        days=tuple(Day(_day_in_words(day, texts), _entries(those, about, texts)) for day, those in by_day),
    )


def _facts(
    in_order: Sequence[AccessLine], about: About, texts: Texts, printed: datetime
) -> tuple[tuple[str, str], ...]:
    local = oslo(printed)
    at = texts("access_log.at", date=date_words(local.date(), texts), hour=local.hour, minute=local.minute)
    shown = {
        "period": _period(in_order, texts),
        "lines": str(len(in_order)),
        "printed": at,
        "check": " ".join(_in_groups(about.head)),
    }
    return tuple((texts(f"access_log.{name}"), words) for name, words in shown.items() if words)


def _period(in_order: Sequence[AccessLine], texts: Texts) -> str:
    if not in_order:
        return ""
    first, last = (date_words(oslo_day(line.at), texts) for line in (in_order[-1], in_order[0]))
    return first if first == last else texts("access_log.from_to", first=first, last=last)


def _in_groups(head: str) -> Iterable[str]:
    return (head[start : start + HASH_GROUP] for start in range(0, HASH_SHOWN, HASH_GROUP))


def _day_in_words(day: date, texts: Texts) -> str:
    weekday, month = texts(f"patient.weekday.{day.weekday()}"), texts(f"patient.month.{day.month}")
    return texts("access_log.day", weekday=weekday, day=day.day, month=month, year=day.year)


def _entries(those: Iterable[AccessLine], about: About, texts: Texts) -> tuple[Entry, ...]:
    """Return a day's entries; lines that repeat themselves stand together where the newest of them was."""
    together: dict[object, list[AccessLine]] = {}
    for line in those:
        repeats = line.action in OFTEN
        key = (line.by, line.action, line.reason) if repeats else line.seq
        together.setdefault(key, []).append(line)
    return tuple(_entry(alike, about, texts) for alike in together.values())


def _entry(alike: Sequence[AccessLine], about: About, texts: Texts) -> Entry:
    line = alike[0]
    who, role = _who(line, texts)
    return Entry(
        when=_when(alike, texts),
        who=who,
        role=role,
        unit=_unit(line.by.unit, about, texts),
        what=texts(f"access.{line.action}") if f"access.{line.action}" in texts else line.action,
        reason=texts("access_log.reason", reason=one_line(line.reason)) if line.reason else None,
    )


def _when(alike: Sequence[AccessLine], texts: Texts) -> str:
    last, first = (_time(line.at, texts) for line in (alike[0], alike[-1]))
    return last if len(alike) == 1 else texts("access_log.times", first=first, last=last, count=len(alike))


def _time(at: datetime, texts: Texts) -> str:
    local = oslo(at)
    return texts("access_log.time", hour=local.hour, minute=local.minute)


def _who(line: AccessLine, texts: Texts) -> tuple[str, str | None]:
    """Return who it was, and in which role; a screen and the hospital's own system are no people."""
    by = line.by
    if by.id.startswith(SCREEN):
        return texts("access_log.a_screen"), by.name
    role = texts(f"role.{by.role}") if f"role.{by.role}" in texts else by.role
    if by.role == "system":
        return by.name or role, None if by.name is None else role
    return by.name or texts("access_log.nobody_named"), role


def _unit(said: str | None, about: About, texts: Texts) -> str:
    unit = Unit.parse(said) if said else None
    if unit is None:
        return said or ""
    if about.protected and unit.kind in ELSEWHERE:
        return texts(f"access_log.unit.somewhere_{unit.kind}")
    hospital, _, ward = unit.id.partition("/")
    hospital = about.hospitals.get(hospital, hospital)
    if unit.kind == "hospital" and unit.id in about.hospitals:
        return hospital
    return texts(f"access_log.unit.{unit.kind}", name=unit.id, hospital=hospital, ward=ward or hospital)
