"""The medicine scores: regular and as-needed medicines, NORGEP hits, fall-risk medicines, and doses a day."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Literal

from engine.facts import WHOLE_LIST, Facts, Interval, joined
from rules.case import Medicine, Note
from rules.knowledge import CODE_SETS, CodeSet, rows

FALL_RISK_CLASSES = tuple(CodeSet.parse(row["atc_prefixes"]) for row in rows("stoppfall_atc"))
SUBSTANCE = re.compile(r"[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the medicine list on the index date: its substance, and whether it is in regular use (None unknown).

    `fact` is the line as a fact that alone says the same.
    """

    place: int
    medicine: Medicine
    substance: str | None
    current: bool
    as_needed: bool | None
    regular: bool | None
    fact: Facts = field(compare=False)


def lines_on(medicines: Sequence[Medicine], index_date: date, course_days: float) -> list[Line]:
    """Return the medicine list as it stands on the index date."""
    return [_line(place, medicine, index_date, course_days=course_days) for place, medicine in enumerate(medicines)]


def counted_lines(lines: Sequence[Line] | None, kind: Literal["regular", "as_needed"]) -> Interval:
    """Return how many distinct substances are in regular use, or as needed; one without an ATC code counts as one."""
    if lines is None:
        return unknown_list("medicines")
    by_kind = [(line, line.regular if kind == "regular" else line.current and line.as_needed) for line in lines]
    certain = [line for line, counts in by_kind if counts is True]
    possible = [line for line, counts in by_kind if counts is not False]
    low, high = _distinct(certain), _distinct(possible)
    return counted(low, high, "medicines", low_facts=joined_facts(certain), high_facts=whole(lines))


def fall_risk_medicines(lines: Sequence[Line] | None) -> Interval:
    """Return how many distinct substances raise the risk of falling (STOPPFall), as needed ones included."""
    if lines is None:
        return unknown_list("medicines")
    hits = [line for line in lines if line.current and line.substance and raises_fall_risk(line.substance)]
    high = None if uncoded(lines) else _distinct(hits)
    return counted(_distinct(hits), high, "medicines", low_facts=joined_facts(hits), high_facts=whole(lines))


def uncoded(lines: Iterable[Line]) -> bool:
    """Return whether a current medicine lacks a usable ATC code, so that it may be anything."""
    return any(line.current and line.substance is None for line in lines)


def medicine_notes(lines: Sequence[Line]) -> list[Note]:
    """Return what a person should know of the list: no usable code, and the same substance twice."""
    current = [line for line in lines if line.current]
    notes = [Note("medicine_without_atc", f"medicines[{line.place}]") for line in current if line.substance is None]
    times = Counter(line.substance for line in current if line.substance)
    return notes + [
        Note("same_substance_twice", "medicines", {"atc": code, "times": n})
        for code, n in sorted(times.items())
        if n > 1
    ]


def counted(low: int, high: int | None, item: str, *, low_facts: Facts, high_facts: Facts) -> Interval:
    """Return a count over a list as an interval; what is missing is the list itself, said more exactly."""
    given: Facts = {**low_facts, (item, WHOLE_LIST): None}
    return Interval(low, high, given, high_facts, () if low == high else (item,))


def unknown_list(item: str) -> Interval:
    """Return the count over a list that nobody gave."""
    return Interval(0, None, missing=(item,))


def whole(lines: Sequence[Line]) -> Facts:
    """Return the whole list as a fact: these lines, and no other."""
    return {**joined_facts(lines), ("medicines", WHOLE_LIST): None}


def joined_facts(lines: Iterable[Line]) -> Facts:
    """Return several lines as facts."""
    return joined([line.fact for line in lines])


def _line(place: int, medicine: Medicine, index_date: date, *, course_days: float) -> Line:
    code = (medicine.atc or "").strip().upper()
    substance = code if SUBSTANCE.fullmatch(code) else None
    current = medicine.current_on(index_date)
    as_needed = None if medicine.use is None else medicine.use == "as_needed"
    left_out = not current or (substance is not None and substance in CODE_SETS["left_out"])
    course = _is_course(medicine, course_days)
    regular = False if left_out or as_needed or course else None if as_needed is None or course is None else True
    fact: Facts = {("medicines", place): _entry(medicine, substance)}
    return Line(place, medicine, substance, current, as_needed, regular, fact)


def _is_course(medicine: Medicine, course_days: float) -> bool | None:
    if medicine.stop is None:
        return False
    return None if medicine.start is None else (medicine.stop - medicine.start).days + 1 < course_days


@lru_cache(maxsize=20_000)
def raises_fall_risk(substance: str) -> bool:
    """Return whether STOPPFall lists the substance."""
    return any(substance in each for each in FALL_RISK_CLASSES)


def _distinct(lines: Sequence[Line]) -> int:
    return len({line.substance for line in lines if line.substance}) + sum(line.substance is None for line in lines)


def _entry(medicine: Medicine, substance: str | None) -> object:
    plain = medicine.use == "regular" and medicine.stop is None and medicine.dose is None
    if substance and plain and medicine.start is None:
        return substance
    entry = {
        "atc": substance or medicine.atc,
        "name": medicine.name if substance is None else None,
        "use": medicine.use,
        "from": medicine.start.isoformat() if medicine.start else None,
        "to": medicine.stop.isoformat() if medicine.stop else None,
        "dose": medicine.dose,
        "unit": medicine.unit,
    }
    return {key: value for key, value in entry.items() if value is not None}
