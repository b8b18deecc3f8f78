"""Where each bucket's rows lie in a file: one in the order of its people is read where it is, and not split first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from population.opening import Source

AT_ONCE = 1_000_000
"""How many rows are read at a time: what takes time beside the rows is shared by many, and they still fit in memory."""


def bounds_of(patients: Source, people_a_bucket: int) -> tuple[int, ...] | None:
    """Return the person that each bucket but the first begins with; None where the people are in no order."""
    bounds: list[int] = []
    rows = 0
    for persons in _in_order(patients):
        if persons is None:
            return None
        bounds += persons.gather_every(people_a_bucket, -rows % people_a_bucket).to_list()
        rows += persons.len()
    return tuple(dict.fromkeys(bounds))[1:]


def spans_of(source: Source, bounds: Sequence[int]) -> list[int] | None:
    """Return the row that each bucket begins with, and last how many there are; None where they are in no order."""
    before = pl.Series([0] * len(bounds), dtype=pl.Int64)
    rows = 0
    for persons in _in_order(source):
        if persons is None:
            return None
        before += persons.search_sorted(pl.Series(bounds, dtype=pl.Int64), side="left").cast(pl.Int64)
        rows += persons.len()
    return [0, *before, rows]


def _in_order(source: Source) -> Iterator[pl.Series | None]:
    """Yield the persons of a file bit by bit, None where one is out of order or missing."""
    last: int | None = None
    with source.being_read():
        column = source.scan().select(pl.col("person").cast(pl.Int64))
        for batch in column.collect_batches(chunk_size=AT_ONCE, engine="streaming"):
            persons = batch["person"]
            if not persons.len():
                continue
            if persons.null_count() or not persons.is_sorted() or (last is not None and persons[0] < last):
                yield None
                return
            last = persons[-1]
            yield persons
