"""A table's rows as they come, read: whose each is, its values in whole numbers and days, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from population.columns import Numbered
from population.extract import PATIENTS
from population.faults import Fault, Faults, masked
from population.opening import Source
from population.reading import Reading, reading
from population.words import as_words


@dataclass(frozen=True, slots=True)
class Whose:
    """Who a row is of: what they are called, and of that the whole number that they go by."""

    person: pl.Expr
    key: pl.Expr


CALLED = pl.col("called")
NUMBERED = Whose(pl.col("person").cast(pl.Int64), CALLED.reinterpret(signed=False))
"""Where people are whole numbers in the extract, they go by them."""


def worded(source: Source, rows: pl.DataFrame) -> tuple[Source, pl.DataFrame]:
    """Return rows with words for texts, and the file as if it had them so."""
    words = {name: as_words(rows[name], (source.table.name, name)) for name in source.worded()}
    types = source.types | {name: each.dtype for name, each in words.items()}
    return replace(source, types=types), rows.with_columns(**words)


def read_rows(source: Source, rows: pl.DataFrame, numbered: Numbered, *, whose: Whose) -> pl.DataFrame:
    """Return rows by `row` and `key`, with the columns' values, and the bits of what is wrong with each as `fault`."""
    read = reading(source.table, source.types, numbered)
    given = read.of(rows).with_columns(called=whose.person)
    called = {"person": CALLED} if source.table.name == PATIENTS else {}
    faults = _found(given, every_fault(read, source.types))
    return given.select("row", key=whose.key.fill_null(0), fault=masked(faults), **called, **read.values)


def _found(rows: pl.DataFrame, faults: Faults) -> Mapping[int, pl.Expr]:
    """Return the faults that any row has, by their places; of most extracts that is hardly one."""
    there = rows.select(found.any().alias(str(place)) for place, (_, found) in enumerate(faults)).row(0)
    return {place: found for place, (_, found) in enumerate(faults) if there[place]}


def every_fault(read: Reading, types: Mapping[str, pl.DataType]) -> Faults:
    """Return what can be wrong with a table's rows, in the order of their bits: first, that they are nobody's."""
    person = pl.col("person")
    missing = (
        person.is_null()
        if types["person"].is_integer()
        else person.cast(pl.String).str.strip_chars().fill_null("") == ""
    )
    return [(Fault("person", "missing", "row"), missing), *read.faults]
