"""Which counts are hidden: each that is under five, and as many beside them that none can be solved from a total.

A column with its total is a sum with unknown parts. A part could be solved where it is alone, and where the sum leaves
it only one size. Two of the columns count among those of the other two, so rows are looked at as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

FEWEST = 5
"""A count under this could point to someone."""

MOST_HIDDEN = FEWEST - 1
Counts = tuple[int, int, int, int]
Hidden = tuple[int | None, int | None, int | None, int | None]
WIDE, NARROW = (0, 1), (2, 3)
"""The places of the counts of everyone, and of the counts that are among them."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of four counts and their totals, None where a count is hidden."""

    rows: tuple[Hidden, ...]
    totals: Hidden


def enough(count: int) -> int | None:
    """Return a count that stands alone, None where it is hidden."""
    return count if count >= FEWEST else None


def among(totals: Hidden, counts: tuple[int, int]) -> tuple[int | None, int | None]:
    """Return two counts that are among those of the whole, with what must be hidden left out."""
    row = (totals[0] or 0, totals[1] or 0, *counts)
    hidden = {place for place in WIDE if totals[place] is None}
    hidden |= {place for place in NARROW if row[place] < FEWEST}
    hidden |= set(_of_row(row, hidden))
    return _less(row, hidden)[2:]


def with_hidden(rows: Sequence[Counts]) -> Table:
    """Return the rows with what must be hidden left out."""
    hidden = {(row, place) for row, counts in enumerate(rows) for place in range(4) if counts[place] < FEWEST}
    totals = _totals(rows)
    while more := {*_beside(rows, hidden), *_below(rows, hidden)} - hidden:
        hidden |= more
    shown = [_less(counts, {place for at, place in hidden if at == row}) for row, counts in enumerate(rows)]
    gone = {place for place in range(4) if totals[place] < FEWEST or not _safe(_column(rows, hidden, place))}
    while more_totals := set(_of_row(totals, gone)) - gone:
        gone |= more_totals
    return Table(tuple(shown), _less(totals, gone))


def _totals(rows: Sequence[Counts]) -> Counts:
    first, second, third, fourth = (sum(counts[place] for counts in rows) for place in range(4))
    return first, second, third, fourth


def _less(counts: Counts, hidden: Collection[int]) -> Hidden:
    first, second, third, fourth = (None if place in hidden else count for place, count in enumerate(counts))
    return first, second, third, fourth


def _below(rows: Sequence[Counts], hidden: Collection[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield, for each column whose hidden counts could be solved, the smallest count that is shown."""
    for place in range(4):
        shown = [(counts[place], row) for row, counts in enumerate(rows) if (row, place) not in hidden]
        if shown and not _safe(_column(rows, hidden, place)):
            yield min(shown)[1], place


def _column(rows: Sequence[Counts], hidden: Collection[tuple[int, int]], place: int) -> list[int]:
    return [rows[row][place] for row, at in hidden if at == place]


def _safe(counts: Sequence[int]) -> bool:
    """Return whether counts of which the sum is known may each be anything, also to one who takes all to be small."""
    if not counts:
        return True
    total, others = sum(counts), len(counts) - 1
    all_small = MOST_HIDDEN <= total <= MOST_HIDDEN * others
    some_large = total > MOST_HIDDEN * len(counts)
    return others > 0 and (all_small or some_large)


def _beside(rows: Sequence[Counts], hidden: Collection[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for row, counts in enumerate(rows):
        yield from ((row, place) for place in _of_row(counts, {place for at, place in hidden if at == row}))


def _of_row(counts: Counts, hidden: Collection[int]) -> Iterator[int]:
    """Yield which of the narrow counts must go, where a wide one sets a bound on what is hidden."""
    told = [place for place in NARROW if place not in hidden]
    most = sum(counts[place] for place in WIDE if place not in hidden)
    least = sum(counts[place] for place in told)
    open_above = any(place in hidden for place in WIDE)  # by four at least, which is as much as a small count can be
    bounded_below = open_above and least > most
    bounded_above = not open_above and len(told) == 1 and most - least < FEWEST
    if bounded_below or bounded_above:
        yield from told
