"""The tables and columns of an extract, as `data/extract.toml` has them, and a template for each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rules.knowledge import ITEMS

FILE = Path(__file__).parent / "data" / "extract.toml"
PATIENTS = "patients"
"""The one table that must be there."""

CSV, PARQUET = ".csv", ".parquet"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how it is read, what it means, and which words it may hold."""

    name: str
    kind: str
    means: str
    codes: tuple[str, ...] = ()
    needed: bool = False
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the extract: one file."""

    name: str
    means: str
    columns: tuple[Column, ...]

    def named(self, column: str) -> Column:
        """Return a column by its name."""
        return next(each for each in self.columns if each.name == column)


@cache
def tables() -> Mapping[str, Table]:
    """Return the tables by name."""
    read = tomllib.loads(FILE.read_text("utf-8"))
    return {
        name: Table(name, row["means"], tuple(_column(each) for each in row["columns"])) for name, row in read.items()
    }


def templates() -> Iterator[tuple[str, str]]:
    """Yield the name and the content of an empty CSV file for each table."""
    for table in tables().values():
        yield f"{table.name}{CSV}", ",".join(column.name for column in table.columns) + "\n"


def _column(row: Mapping[str, Any]) -> Column:
    given = dict(row)
    item = given.pop("codes_of", None)
    codes = ITEMS[item].codes if item else tuple(given.pop("codes", ()))
    return Column(**given, codes=codes)
