"""What is shown of the counts, so that nothing under five can be solved from it: see docs/decisions/0012."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from population.steering.book import Book, Places
from population.steering.counting import ALL, Cell
from population.steering.parting import Parting
from population.steering.rows import Block, Row
from population.steering.wholes import Told, Wholes, months_in

__all__ = ["Block", "Published", "Row", "Table", "published"]


@dataclass(frozen=True, slots=True)
class Table:
    """A figure of a hospital in a period, whole or broken down; without rows it is too small to be shown.

    `covers` are the months that were counted: fewer than the period's where the others are too small. `of` is the
    figure whose stays were counted (`stays` for all), since the nearest may itself be too small to be shown.
    """

    hospital: str
    figure: str
    breakdown: str
    first: date
    months: int
    covers: tuple[date, ...] = ()
    of: str = "stays"
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """All that may be shown, on the page, in files and to programs; there is nothing more exact."""

    tables: tuple[Table, ...]

    def of(self, hospital: str, figure: str, breakdown: str = ALL) -> tuple[Table, ...]:
        """Return a figure's tables in order of time."""
        wanted = (hospital, figure, breakdown)
        found = (each for each in self.tables if (each.hospital, each.figure, each.breakdown) == wanted)
        return tuple(sorted(found, key=lambda each: each.first))


def published(cells: Iterable[Cell], places: Places | None = None) -> Published:
    """Return what may be shown of the closed months; more months change nothing of what was shown before.

    `places` says which wards and municipalities are told apart; without it none are, since a list that is made of the
    counts would tell who was there.
    """
    ordered = sorted(cells, key=lambda cell: cell.hospital)
    by_hospital = groupby(ordered, key=lambda cell: cell.hospital)
    return Published(
        tuple(each for hospital, held in by_hospital for each in _of_hospital(hospital, held, places or {}))
    )


def _of_hospital(hospital: str, cells: Iterable[Cell], places: Places) -> Iterator[Table]:
    book = Book(cells, places.get(hospital, {}))
    wholes = Wholes(book)
    yield from (_table(hospital, told) for told in (*wholes, *Parting(book, wholes)))


def _table(hospital: str, told: Told) -> Table:
    return Table(
        hospital=hospital,
        figure=told.figure.id,
        breakdown=told.breakdown,
        first=told.first,
        months=len(months_in(told.first, told.span)),
        covers=told.covers,
        of=told.by.within,
        rows=told.rows,
    )
