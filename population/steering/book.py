"""The closed months' counts, added up over months and parts as the tables ask for them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from population.steering.counting import ALL, UNKNOWN, Cell, months_of, tertial_of
from population.steering.figures import ROOT, Every, Figure, table

Places = Mapping[str, Mapping[str, Sequence[str]]]
"""Each hospital's wards and the municipalities it serves, as `{"STO": {"ward": [...], "municipality": [...]}}`."""


class Book:
    """One hospital's counts."""

    def __init__(self, cells: Iterable[Cell], places: Mapping[str, Sequence[str]]) -> None:
        self._held: dict[tuple[str, str, date], dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        self._places = places
        for cell in cells:
            self._held[cell.figure, cell.breakdown, cell.month][cell.part][cell.category] += cell.count

    @property
    def months(self) -> tuple[date, ...]:
        """Return the months in which anybody was counted."""
        return tuple(sorted({month for figure, breakdown, month in self._held if (figure, breakdown) == (ROOT, ALL)}))

    def firsts(self, span: Every) -> tuple[date, ...]:
        """Return the first month of every period; a tertial is one where each of its months has somebody."""
        if span == "month":
            return self.months
        tertials = sorted({tertial_of(month) for month in self.months})
        return tuple(first for first in tertials if set(months_of(first)) <= set(self.months))

    def count(self, months: Iterable[date]) -> int:
        """Return how many stays ended in some months."""
        return sum(self.counts(ROOT, months).values())

    def counts(self, figure: str, months: Iterable[date]) -> Counter[str]:
        """Return a figure's counts in some months, of the whole hospital."""
        return self.by_part(figure, ALL, months)[""]

    def by_part(self, figure: str, breakdown: str, months: Iterable[date]) -> Mapping[str, Counter[str]]:
        """Return a figure's counts in some months, part by part."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for month in months:
            for part, counts in self._held.get((figure, breakdown, month), {}).items():
                found[part].update(counts)
        return found

    def parts(self, breakdown: str) -> tuple[str, ...]:
        """Return the parts that may be told apart, the last of which is everybody else.

        They never come of the counts: who is named would then have been there.
        """
        known = table()["breakdown"][breakdown].get("parts") or self._places.get(breakdown, ())
        return (*known, UNKNOWN)


def folded(by_part: Mapping[str, Counter[str]], parts: Collection[str]) -> Mapping[str, Counter[str]]:
    """Return the counts of the parts that are told apart, all others' under the unknown."""
    found: dict[str, Counter[str]] = {part: Counter() for part in parts}
    for part, counts in by_part.items():
        found[part if part in found else UNKNOWN].update(counts)
    return found


def span_of(figure: Figure, breakdown: str) -> Every:
    """Return whether a figure is told by month or by tertial: wards as the figure itself, all others by tertial."""
    return figure.every if breakdown in (ALL, "ward") else "tertial"
