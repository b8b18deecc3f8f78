"""How a column stands in its file, and what reading it comes to: values in whole numbers and days, and faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from population.extract import PATIENTS, Column, Table
from population.faults import Aside, Fault
from rules.times import LATEST

YES, NO = ("true", "yes", "ja", "1"), ("false", "no", "nei", "0")


@dataclass(frozen=True, slots=True)
class Numbered:
    """The numbers that words go by, each distinct one once for the whole extract; a code not in them is a fault.

    `codes` are diagnosis codes as they are written, the first `of_icd` of them ICD-10's; `blank` are those of no sign.
    """

    on: date = LATEST
    codes: tuple[str, ...] = ()
    of_icd: int = 0
    blank: tuple[str, ...] = ()
    atc: tuple[str, ...] = ()
    systems: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """A column read in two steps, so that nothing is worked out twice: `first`, and by it the values and the faults."""

    values: Mapping[str, pl.Expr]
    faults: tuple[tuple[Fault, pl.Expr], ...] = ()
    first: Mapping[str, pl.Expr] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column stands: its table, and how its file has it."""

    table: Table
    types: Mapping[str, pl.DataType]
    numbered: Numbered

    def kind_of(self, column: Column) -> pl.DataType:
        """Return what a column is in the file; one that is left out would have been text."""
        return self.types.get(column.name, pl.String())

    def is_text(self, column: Column) -> bool:
        """Return whether a column is text in the file, or words."""
        return is_text(self.kind_of(column))

    def aside(self, column: Column) -> Aside:
        """Return what is set aside for a fault: a row that has lost what it is about says nothing."""
        whole = column.filled or (column.kind in {"day", "yes_no"} and self.table.name != PATIENTS)
        return "row" if whole else "value"


def given_of(column: Column) -> pl.Expr:
    """Return a column as it came, without what is blank."""
    return pl.col(f"given.{column.name}")


def of_words(given: pl.Expr, kind: pl.DataType, read: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """Return what a text is read as; where the words are known beforehand, each of them is read once."""
    if not isinstance(kind, pl.Enum):
        return read(given)
    said = pl.select(read(pl.lit(kind.categories))).to_series()
    return pl.lit(said).gather(given.to_physical())


def place_among(given: pl.Expr, words: tuple[str, ...]) -> pl.Expr:
    """Return each word's place among the words, null where it is not one of them."""
    return given.cast(pl.Enum(words), strict=False).to_physical()


def number_among(given: pl.Expr, words: tuple[str, ...]) -> pl.Expr:
    """Return the same as the number that a code goes by."""
    return place_among(given, words).cast(pl.UInt32)


def is_text(kind: pl.DataType) -> bool:
    """Return whether a kind of column is text, or words."""
    return kind == pl.String() or isinstance(kind, pl.Categorical | pl.Enum)
