"""What can be wrong with a row, and what is set aside for it: the whole row, one value, or nothing.

Set aside is unknown, never no: a person with a diagnosis set aside may have any diagnosis.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Literal

import polars as pl

Aside = Literal["row", "value", "nothing"]
MASK = pl.UInt32
FIRST = 20
"""How many rows of each kind of fault are named; all are counted."""

FOUND: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "table": pl.String, "column": pl.String, "kind": pl.String, "aside": pl.String, "rows": pl.UInt64,
    "first": pl.List(pl.UInt32),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault in a column, and what is set aside for it."""

    column: str
    kind: str
    aside: Aside


Faults = Sequence[tuple[Fault, pl.Expr]]


def masked(faults: Mapping[int, pl.Expr]) -> pl.Expr:
    """Return the faults of a row as the bits of one number, each at its place."""
    none = pl.lit(0, MASK)
    bits = (pl.when(found).then(pl.lit(1 << place, MASK)).otherwise(none) for place, found in faults.items())
    return reduce(or_, bits, none)


def bits_of(faults: Iterable[Fault], *, aside: Aside) -> int:
    """Return the bits of the faults for which so much is set aside."""
    return sum(1 << place for place, fault in enumerate(faults) if fault.aside == aside)


def counted(table: str, faults: Sequence[Fault], rows: pl.DataFrame) -> Iterator[Mapping[str, object]]:
    """Yield how many rows have each fault, and the first of them, from their `row` and `fault`."""
    kinds = (
        rows.select("row", "fault")
        .filter(pl.col("fault") != 0)
        .group_by("fault")
        .agg(pl.len().alias("rows"), pl.col("row").bottom_k(FIRST).alias("first"))
    )
    for place, fault in enumerate(faults if kinds.height else ()):
        found = kinds.filter((pl.col("fault") & (1 << place)) != 0)
        if found.height:
            yield told(table, fault, rows=int(found["rows"].sum()), first=found["first"].explode())


def told(table: str, fault: Fault, *, rows: int, first: pl.Series) -> Mapping[str, object]:
    """Return one line of the report: never a value, only where it stands."""
    named = {"column": fault.column, "kind": fault.kind, "aside": fault.aside}
    return {"table": table, **named, "rows": rows, "first": first.sort().head(FIRST).to_list()}


def all_told(lines: Iterable[Mapping[str, object]]) -> pl.DataFrame:
    """Return the lines of all buckets as one line for each fault, in the order of tables and columns."""
    found = pl.DataFrame(list(lines), dict(FOUND))
    keys = ("table", "column", "kind", "aside")
    return (
        found.explode("first")
        .group_by(keys, maintain_order=True)
        .agg(pl.col("first").sort().head(FIRST))
        .join(found.group_by(keys).agg(pl.col("rows").sum()), on=keys, maintain_order="left")
        .select(*keys, "rows", "first")
        .sort(keys)
    )
