"""Each column of an extract as an expression: its value in whole numbers and days, and what may be wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from population import answer_columns
from population.columns import NO, YES, Numbered, Place, Read, given_of, is_text, number_among, of_words, place_among
from population.extract import Column, Table
from population.faults import Fault
from rules.places import municipalities, numbered_since
from rules.times import EARLIEST, LATEST

WITHOUT_YEAR = r"^(0000\b|-)?-?\d{1,2}[-./]\d{1,2}[-./]?$"
SECOND_YEAR = date(2, 1, 1)
MOST_A_DAY = 1_000_000
NUMBERED = ("code", "system", "atc")
"""Columns of few distinct words, which are looked up as they are written."""

WORDED = ("yes_no", "choice", "municipality")
"""Columns of few distinct words, which are looked up without the blanks about them, capitals or not."""

LEFT_OUT: Mapping[str, type[pl.DataType]] = {
    "day": pl.Date, "yes_no": pl.Boolean, "choice": pl.UInt8, "municipality": pl.String, "text": pl.String,
    "amount": pl.Float64,
}  # fmt: skip
"""What stands, as null, for a column that the file leaves out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A table's columns as the steps they are read in."""

    given: tuple[pl.Expr, ...]
    first: tuple[pl.Expr, ...]
    values: Mapping[str, pl.Expr]
    faults: tuple[tuple[Fault, pl.Expr], ...]

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows with what the values and the faults are read of."""
        return rows.with_columns(self.given).with_columns(self.first)


def reading(table: Table, types: Mapping[str, pl.DataType], numbered: Numbered) -> Reading:
    """Return how the table's columns are read, those that the file leaves out as unknown; not whose row it is."""
    place = Place(table, types, numbered)
    columns = [column for column in table.columns if column.kind not in {"person", "unread"}]
    found = [_read(column, place) for column in columns]
    return Reading(
        tuple(_present(column, types).alias(f"given.{column.name}") for column in columns),
        tuple(each.alias(name) for read in found for name, each in read.first.items()),
        {name: value for read in found for name, value in read.values.items()},
        tuple(fault for read in found for fault in read.faults),
    )


def _read(column: Column, place: Place) -> Read:
    if column.name not in place.types and column.kind in LEFT_OUT:
        return Read({column.name: pl.lit(None, LEFT_OUT[column.kind])})
    return _with_missing(column, READERS[column.kind](column, given_of(column), place), place)


def _present(column: Column, types: Mapping[str, pl.DataType]) -> pl.Expr:
    """Return a column as it came, text without the blanks about it; what is blank is not there."""
    kind = types.get(column.name)
    if kind is None:
        return pl.lit(None, pl.String)
    if not is_text(kind) or column.kind in NUMBERED:  # what is numbered is looked up as it is written
        return pl.col(column.name)
    if isinstance(kind, pl.Enum) and column.kind in WORDED:
        return _where_not_blank(pl.col(column.name), kind)
    stripped = pl.col(column.name).cast(pl.String).str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def _where_not_blank(given: pl.Expr, kind: pl.Enum) -> pl.Expr:
    blank = [word for word in kind.categories if not word.strip()]
    return pl.when(~given.is_in(blank)).then(given) if blank else given


def _with_missing(column: Column, found: Read, place: Place) -> Read:
    if not column.filled:
        return found
    missing = given_of(column).is_null()
    if column.kind in NUMBERED and place.numbered.blank:
        missing |= given_of(column).cast(pl.String).is_in(place.numbered.blank)
    return Read(found.values, ((Fault(column.name, "missing", "row"), missing), *found.faults), found.first)


def _day(column: Column, given: pl.Expr, place: Place) -> Read:
    kind = place.types.get(column.name, pl.String())
    if place.is_text(column):
        read = given.str.slice(0, len("2026-01-01")).str.to_date("%Y-%m-%d", strict=False)
        first: pl.Expr = pl.when(given.str.contains(r"^\d{4}-\d{2}-\d{2}([T ][\d:.]+)?$")).then(read)
    else:
        zoned = isinstance(kind, pl.Datetime) and kind.time_zone
        first = (given.dt.convert_time_zone("Europe/Oslo") if zoned else given).cast(pl.Date)
    day = pl.col(f"day.{column.name}")
    faults = tuple(
        (Fault(column.name, kind, place.aside(column)), each) for kind, each in _of_day(column, place).items()
    )
    latest = place.numbered.on if column.name == "birth_date" else LATEST
    return Read(
        {column.name: pl.when(day.is_between(EARLIEST, latest)).then(day)}, faults, {f"day.{column.name}": first}
    )


def _of_day(column: Column, place: Place) -> Mapping[str, pl.Expr]:
    given, day = given_of(column), pl.col(f"day.{column.name}")
    yearless = day < SECOND_YEAR
    if place.is_text(column):
        yearless = given.str.contains(WITHOUT_YEAR) | given.str.starts_with("0000")
        # A day that was read has its year, so that the text is looked at again only where none was.
        yearless = pl.when(day.is_null() | (day < EARLIEST)).then(yearless).otherwise(pl.lit(value=False))
    faults = {
        "year_missing": yearless,
        "before_1900": (day < EARLIEST) & ~yearless,
        "not_a_day": (given.is_not_null() & day.is_null() & ~yearless) | (day > LATEST),
    }
    if column.name == "birth_date":
        faults["after_the_day"] = (day > place.numbered.on) & (day <= LATEST)
    return faults


def _yes_no(column: Column, given: pl.Expr, place: Place) -> Read:
    kind = place.kind_of(column)
    return _word(column, given if kind == pl.Boolean() else of_words(given, kind, _yes_or_no), place)


def _yes_or_no(given: pl.Expr) -> pl.Expr:
    text = given.cast(pl.String).str.strip_chars().str.to_lowercase()
    return pl.when(text.is_in(YES)).then(pl.lit(value=True)).when(text.is_in(NO)).then(pl.lit(value=False))


def _choice(column: Column, given: pl.Expr, place: Place) -> Read:
    def read(words: pl.Expr) -> pl.Expr:
        return place_among(words.str.strip_chars().str.to_lowercase(), column.codes)

    return _word(column, of_words(given, place.kind_of(column), read), place)


def _word(column: Column, said: pl.Expr, place: Place) -> Read:
    read = pl.col(f"read.{column.name}")
    unknown = Fault(column.name, "unknown_choice", place.aside(column)), given_of(column).is_not_null() & read.is_null()
    return Read({column.name: read}, (unknown,), {f"read.{column.name}": said})


def _municipality(column: Column, given: pl.Expr, place: Place) -> Read:
    """Read a number; of a day before the register's own, whether it was in force cannot be said."""
    if place.numbered.on < numbered_since():
        return Read({column.name: given})
    in_force = pl.Enum(sorted(municipalities()))
    said = of_words(
        given, place.kind_of(column), lambda each: each.str.strip_chars().cast(in_force, strict=False).cast(pl.String)
    )
    read = pl.col(f"read.{column.name}")
    unknown = Fault(column.name, "municipality_not_valid", "value"), given.is_not_null() & read.is_null()
    return Read({column.name: read}, (unknown,), {f"read.{column.name}": said})


def _as_text(column: Column, given: pl.Expr, _: Place) -> Read:
    return Read({column.name: given})


def _amount(column: Column, given: pl.Expr, place: Place) -> Read:
    text = given.str.replace(",", ".", literal=True) if place.is_text(column) else given
    number = pl.col(f"read.{column.name}")
    possible = number.is_finite() & number.is_between(0, MOST_A_DAY)
    faults = (
        (Fault(column.name, "not_a_number", "value"), given.is_not_null() & (number.is_null() | number.is_nan())),
        (Fault(column.name, "out_of_range", "value"), ~number.is_nan() & ~possible),
    )
    first = {f"read.{column.name}": text.cast(pl.Float64, strict=False)}
    return Read({column.name: pl.when(possible).then(number)}, faults, first)


# Codes: each distinct one has a number, and what it counts as is looked up by it.


def _code(column: Column, given: pl.Expr, place: Place) -> Read:
    number, system = pl.col("read.code"), pl.col("read.system")
    known = (number < place.numbered.of_icd) | ((system != 0) & number.is_not_null())
    blank = place.numbered.blank
    written = given.is_not_null() & ~given.cast(pl.String).is_in(blank) if blank else given.is_not_null()
    unknown = Fault(column.name, "unknown_code", "row"), written & ~known.fill_null(value=False)
    number_of = of_words(given, place.kind_of(column), lambda each: number_among(each, place.numbered.codes))
    return Read({column.name: number}, (unknown,), {"read.code": number_of})


def _system(column: Column, given: pl.Expr, place: Place) -> Read:
    """Read a system by its number; 0 is ICD-10, also where none is named."""
    systems = place.numbered.systems

    def read(words: pl.Expr) -> pl.Expr:
        number = place_among(words, tuple(systems)).cast(pl.UInt32)
        return number.replace_strict(list(range(len(systems))), list(systems.values()), return_dtype=pl.UInt32)

    looked_up = of_words(given, place.kind_of(column), read)
    return Read({column.name: pl.col("read.system")}, (), {"read.system": looked_up.fill_null(0)})


def _atc(column: Column, given: pl.Expr, place: Place) -> Read:
    """Read an ATC code; without a usable one the medicine may be any, which number 0 stands for."""
    number = pl.col("read.atc")
    unknown = Fault(column.name, "unknown_code", "value"), given.is_not_null() & number.is_null()
    number_of = of_words(given, place.kind_of(column), lambda each: number_among(each, place.numbered.atc))
    return Read({column.name: (number + 1).fill_null(0)}, (unknown,), {"read.atc": number_of})


READERS: Mapping[str, Callable[[Column, pl.Expr, Place], Read]] = {
    "day": _day,
    "yes_no": _yes_no,
    "choice": _choice,
    "municipality": _municipality,
    "text": _as_text,
    "amount": _amount,
    "code": _code,
    "system": _system,
    "atc": _atc,
    "item": answer_columns.item,
    "member": answer_columns.member,
    "value": answer_columns.value,
}
