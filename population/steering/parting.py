"""Each figure part by part: as far as parts can be told apart, and never finer than the stays that it counts are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from population.steering.book import Book, folded, span_of
from population.steering.cuts import Groups, coarse, cut, halved, keeps_whole
from population.steering.figures import ROOT, Figure, figures, limit
from population.steering.rows import Counted, Level, Row
from population.steering.wholes import EVERYBODY, Told, Wholes, months_in

Parts = Mapping[str, Counted]


class Parting:
    """Tells the figures of a hospital part by part, each after the one that its rows are of."""

    def __init__(self, book: Book, wholes: Wholes) -> None:
        self._book = book
        self._wholes = wholes
        self._told: dict[tuple[str, str, date], Told] = {}
        for figure in figures().values():
            for breakdown in figure.breakdowns:
                for first in book.firsts(span_of(figure, breakdown)):
                    self._add(self._tell(figure, breakdown, first))

    def __iter__(self) -> Iterator[Told]:
        """Yield every table that is told apart at all."""
        return iter(self._told.values())

    def _add(self, told: Told | None) -> None:
        if told is not None and told.rows:
            self._told[told.figure.id, told.breakdown, told.first] = told

    def _tell(self, figure: Figure, breakdown: str, first: date) -> Told | None:
        span = span_of(figure, breakdown)
        months = months_in(first, span)
        wholes = [self._wholes.of(figure.id, each) for each in (months if figure.every == "month" else (first,))]
        level = shared_level(wholes, months)
        told = Told(figure, breakdown, first, span, wholes[0].by, months)
        above = () if figure.id == ROOT else self._above(told)
        return None if level is None or above is None else self._rows(told, above, (level, wholes))

    def _above(self, told: Told) -> tuple[Groups, ...] | None:
        """Return the groups in which the stays that are counted are told themselves, None where they are not."""
        figure = figures()[told.by.within]
        firsts = told.covers if span_of(figure, told.breakdown) == "month" else (told.first,)
        tables = [self._told.get((figure.id, told.breakdown, first)) for first in firsts]
        return None if None in tables else tuple(table.groups for table in tables if table)

    def _rows(self, told: Told, above: Sequence[Groups], how: tuple[Level, Sequence[Told]]) -> Told:
        """Return the table with its rows, without any where no part can be told from the others."""
        level, wholes = how
        fine = shared_groups(wholes)
        parts = self._counted(told)
        least = coarse(told.figure.tree)
        groups = cut(
            halved(tuple(parts)),
            lambda branches: (
                all(together(parts, group).holds(least, level) for group in coarse(branches))
                and all(keeps_whole(branches, each) for each in above)
            ),
        )
        if len(groups) == 1:
            return told
        sums = {group: together(parts, group) for group in groups}
        shown = fine if all(each.holds(fine, level) for each in sums.values()) else least
        rows = tuple(counted.row(group, shown, level) for group, counted in sums.items())
        return replace(told, groups=groups, rows=rows if days_stand(rows, wholes) else without_days(rows))

    def _counted(self, told: Told) -> Parts:
        """Return what was counted in each part that may be told apart."""
        parts = self._book.parts(told.breakdown)
        counts = folded(self._book.by_part(told.figure.id, told.breakdown, told.covers), parts)
        of = folded(self._book.by_part(told.by.within, told.breakdown, told.covers), parts)
        number = {part: sum(of[part][category] for category in told.by.of) for part in parts}
        return {part: Counted(told.figure, number[part], counts[part]) for part in parts}


def together(parts: Parts, group: Sequence[str]) -> Counted:
    """Return what was counted in some parts, added up."""
    counts: Counter[str] = Counter()
    for part in group:
        counts.update(parts[part].counts)
    return Counted(parts[group[0]].figure, sum(parts[part].n for part in group), counts)


def shared_level(wholes: Sequence[Told], months: Sequence[date]) -> Level | None:
    """Return how those who lack what a figure needs are told in its parts; None where months cannot be added up.

    They are counted with the spare category where they are few in the whole hospital: apart, they would be too few.
    """
    rows = [row for told in wholes for row in told.rows]
    same = len({told.by.id for told in wholes}) == 1 and len(rows) == len(wholes)
    if not same or sorted(month for told in wholes for month in told.covers) != sorted(months):
        return None
    figure = wholes[0].figure
    unsure = sum(row.unsure if row.lacking is None else row.lacking for row in rows)
    if figure.id == ROOT:
        return EVERYBODY
    if figure.spare and unsure * limit("lacking_one_in") <= sum(row.n for row in rows):
        return Level(True, unsure)
    if all(row.lacking is None for row in rows):
        return Level(True, unsure)
    return Level(False) if all(row.lacking is not None for row in rows) else None


def shared_groups(wholes: Sequence[Told]) -> Groups:
    """Return the categories that every month tells apart, the coarsest where months differ."""
    kinds = {told.groups for told in wholes}
    return kinds.pop() if len(kinds) == 1 else coarse(wholes[0].figure.tree)


def days_stand(rows: Sequence[Row], wholes: Sequence[Told]) -> bool:
    """Return whether all parts and all months' wholes show their days in all, and tell the same categories apart.

    The days of a part that hides them would be the difference. And where a whole tells categories that its parts do
    not, days that seem few enough in a part are too many or too few beside the other parts.
    """
    every = (*rows, *(row for told in wholes for row in told.rows))
    told_apart = {tuple(block.categories for block in row.blocks) for row in every}
    return len(told_apart) == 1 and all(row.total is not None for row in every)


def without_days(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the rows without their days in all."""
    return tuple(replace(row, total=None) for row in rows)
