"""A closed month's stays as counts: what is stored, before anything is hidden of it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from population.steering.facts import StayFacts
from population.steering.figures import WEEKDAYS, Figure, categories, days_of, figures, table
from rules.times import oslo

ALL, UNKNOWN = "all", ""
"""The breakdown that is none; and the part of a stay of which a breakdown's fact is not known."""

TOTAL, PAIR = "total", "pair"
"""Categories that are no part of a figure: the sum of days, and what two raters gave (`pair:4:5`)."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """How many stays of a month (by its first day) were in a category of a figure; `part` is the ward, or the like."""

    month: date
    hospital: str
    breakdown: str
    part: str
    figure: str
    category: str
    count: int


def month_of(stay: StayFacts) -> date | None:
    """Return the first day of the month that a stay is counted in: the one in which it ended."""
    return stay.left.replace(day=1) if stay.left else None


def tertial_of(month: date) -> date:
    """Return the first month of the four that a month is one of."""
    return month.replace(month=(month.month - 1) // 4 * 4 + 1)


def months_of(tertial: date) -> tuple[date, ...]:
    """Return the four months of a tertial."""
    return tuple(tertial.replace(month=tertial.month + later) for later in range(4))


def breakdowns() -> tuple[str, ...]:
    """Return what figures are broken down by."""
    return tuple(table()["breakdown"])


def part_of(breakdown: str, stay: StayFacts) -> str:
    """Return which part of a breakdown a stay is in."""
    match breakdown:
        case "ward" | "municipality" | "sex" | "arrival":
            return getattr(stay, breakdown) or UNKNOWN
        case "hour":
            return _started(breakdown, oslo(stay.admitted).hour if stay.admitted else None)
        case "weekday":
            return WEEKDAYS[oslo(stay.admitted).weekday()] if stay.admitted else UNKNOWN
        case "age":
            return _started(breakdown, stay.age)
    return UNKNOWN


def cells(stays: Iterable[StayFacts], month: date) -> tuple[Cell, ...]:
    """Return the counts of the stays that ended in a month; what nobody was in is left out."""
    counted: Counter[tuple[str, str, str, str, str]] = Counter()
    for stay in (each for each in stays if month_of(each) == month.replace(day=1)):
        for figure in figures().values():
            for category, number in _of_stay(figure, stay):
                for breakdown, part in _places(figure, stay):
                    counted[stay.hospital, breakdown, part, figure.id, category] += number
    return tuple(sorted(Cell(month.replace(day=1), *key, number) for key, number in counted.items() if number))


def _places(figure: Figure, stay: StayFacts) -> Iterator[tuple[str, str]]:
    yield ALL, ""
    for breakdown in figure.breakdowns:
        yield breakdown, part_of(breakdown, stay)


def _of_stay(figure: Figure, stay: StayFacts) -> Iterator[tuple[str, int]]:
    category = categories(figure, stay)
    if category is None:
        return
    yield category, 1
    yield TOTAL, days_of(figure, stay) or 0
    if figure.id == "agreement" and stay.raters:
        yield f"{PAIR}:{stay.raters.first}:{stay.raters.second}", 1


def _started(breakdown: str, value: int | None) -> str:
    """Return the part that a number falls in, unknown also where it is below them all."""
    given = table()["breakdown"][breakdown]
    place = 0 if value is None else bisect_right(given["starts"], value)
    return str(given["parts"][place - 1]) if place else UNKNOWN
