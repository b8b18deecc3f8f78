"""Each figure of a whole hospital: of which stays, in which months, and how far its categories can be told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from population.steering.book import Book
from population.steering.counting import ALL, months_of
from population.steering.cuts import Groups, coarse, cut
from population.steering.figures import ROOT, Every, Figure, figures, limit
from population.steering.rows import Counted, Level, Row

EVERYBODY = Level(pooled=True)
"""Of the stays themselves nobody lacks anything."""


@dataclass(frozen=True, slots=True)
class Told:
    """A table of one hospital, without rows where it is too small to be shown.

    `by` is the figure whose `within` and `of` say which stays were counted, in the months that it `covers`. `groups`
    are the categories as they are told apart, or the parts where it is broken down.
    """

    figure: Figure
    breakdown: str
    first: date
    span: Every
    by: Figure
    covers: tuple[date, ...] = ()
    groups: Groups = ()
    rows: tuple[Row, ...] = ()


def months_in(first: date, span: Every) -> tuple[date, ...]:
    """Return the months of a period."""
    return (first,) if span == "month" else months_of(first)


class Wholes:
    """Tells the figures of a whole hospital, each after the one that its rows are of."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._told: dict[tuple[str, date], Told] = {}
        for figure in figures().values():
            for first in book.firsts(figure.every):
                self._told[figure.id, first] = self._tell(figure, first)

    def __iter__(self) -> Iterator[Told]:
        """Yield every table that may be spoken of, if only to say that it is hidden: there are stays enough to show."""
        shown = {month for month in self._book.months if self.of(ROOT, month).rows}
        return (told for told in self._told.values() if shown.issuperset(months_in(told.first, told.span)))

    def of(self, figure: str, first: date) -> Told:
        """Return a figure's table of a period."""
        return self._told[figure, first]

    def _tell(self, figure: Figure, first: date) -> Told:
        if figure.id == ROOT:
            return self._row(Told(figure, ALL, first, figure.every, figure, (first,)), self._book.count((first,)))
        covers, by = self._footing(figure, first)
        told = Told(figure, ALL, first, figure.every, by, covers)
        return self._row(told, self._number(by, covers, first)) if covers else told

    def _row(self, told: Told, number: int) -> Told:
        counted = Counted(told.figure, number, self._book.counts(told.figure.id, told.covers))
        level = level_of(counted)
        if told.by is not told.figure and not level.pooled:
            return told  # how many lack it would then be known, also of the figure that is hidden
        groups = cut(told.figure.tree, lambda branches: counted.holds(coarse(branches), level))
        if len(groups) < len(coarse(told.figure.tree)) or not counted.holds(groups, level):
            return told
        row = counted.row((), groups, level)
        return Told(told.figure, ALL, told.first, told.span, told.by, told.covers, groups, (row,))

    def _footing(self, figure: Figure, first: date) -> tuple[tuple[date, ...], Figure]:
        """Return the months that are counted, and the figure whose `within` and `of` say which stays.

        The nearest that is shown itself; in a tertial, in the months where it is, or the others where those are more.
        Months of both kinds are never added up: something hidden would be the difference.
        """
        months = months_in(first, figure.every)
        if not all(self.of(ROOT, month).rows for month in months):
            return (), figure
        by = figure
        while by.within != ROOT:
            shown = self._shown(by, months, first)
            if 2 * len(shown) >= len(months):
                return shown, by
            months, by = tuple(month for month in months if month not in shown), figures()[by.within]
        return months, by

    def _shown(self, by: Figure, months: Sequence[date], first: date) -> tuple[date, ...]:
        """Return the months in which the stays that would be counted are shown themselves."""
        if figures()[by.within].every == "tertial":
            return self.of(by.within, first).covers if self._shows(by, first) else ()
        return tuple(month for month in months if self._shows(by, month))

    def _shows(self, by: Figure, first: date) -> bool:
        return any(row.count(*by.of) is not None for row in self.of(by.within, first).rows)

    def _number(self, by: Figure, covers: Sequence[date], first: date) -> int:
        """Return how many stays are counted, as they are shown themselves."""
        firsts = (first,) if figures()[by.within].every == "tertial" else covers
        return sum(row.count(*by.of) or 0 for each in firsts for row in self.of(by.within, each).rows)


def level_of(counted: Counted) -> Level:
    """Return how those who lack what a figure needs are told in the whole hospital."""
    if counted.figure.id == ROOT:
        return EVERYBODY
    fewest = limit("fewest")
    pooled = counted.lacking < fewest and counted.figure.spare is not None
    return Level(pooled, fewest - 1 if pooled else 0)
