"""Each column of an extract as an expression: its value in whole numbers and days, and what may be wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from engine.items import Item
from population.extract import PATIENTS, Column, Table
from population.facts import ANSWERED
from population.faults import Aside, Fault
from rules.places import municipalities, numbered_since
from rules.times import EARLIEST, LATEST

EVERY_MEMBER = -1
"""In place of a member: every member of the set that has no row of its own."""

YES, NO = ("true", "yes", "ja", "1"), ("false", "no", "nei", "0")
WITHOUT_YEAR = r"^(0000\b|-)?-?\d{1,2}[-./]\d{1,2}[-./]?$"
MOST_A_DAY = 1_000_000
ITEM = pl.UInt8


@dataclass(frozen=True, slots=True)
class Read:
    """A column read: its value under the names it goes by, and its faults."""

    values: Mapping[str, pl.Expr]
    faults: tuple[tuple[Fault, pl.Expr], ...] = ()


@dataclass(frozen=True, slots=True)
class Numbered:
    """The numbers that codes go by, each distinct code once for the whole extract; a code not in them is a fault."""

    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    on: date = LATEST


def read(table: Table, types: Mapping[str, pl.DataType], numbered: Numbered) -> Iterator[Read]:
    """Yield the table's columns, those that the file leaves out as unknown; not whose row it is."""
    for column in table.columns:
        if column.kind not in {"person", "unread"}:
            given = _text(column.name) if types.get(column.name) == pl.String() else pl.col(column.name)
            if isinstance(types.get(column.name), pl.Categorical | pl.Enum):
                given = pl.col(column.name).cast(pl.String)
            present = given if column.name in types else pl.lit(None, pl.String)
            yield _with_missing(column, present, READERS[column.kind](column, present, _Place(table, types, numbered)))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a column stands: its table, and how its file has it."""

    table: Table
    types: Mapping[str, pl.DataType]
    numbered: Numbered

    def is_text(self, column: Column) -> bool:
        kind = self.types.get(column.name, pl.String())
        return kind == pl.String() or isinstance(kind, pl.Categorical | pl.Enum)

    def aside(self, column: Column) -> Aside:
        """Return what is set aside for a fault: a row that has lost what it is about says nothing."""
        whole = column.filled or (column.kind in {"day", "yes_no"} and self.table.name != PATIENTS)
        return "row" if whole else "value"


def _text(name: str) -> pl.Expr:
    stripped = pl.col(name).str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def _with_missing(column: Column, given: pl.Expr, found: Read) -> Read:
    if not column.filled:
        return found
    return Read(found.values, ((Fault(column.name, "missing", "row"), given.is_null()), *found.faults))


def _day(column: Column, given: pl.Expr, place: _Place) -> Read:
    kind = place.types.get(column.name, pl.String())
    if place.is_text(column):
        day = given.str.slice(0, len("2026-01-01")).str.to_date("%Y-%m-%d", strict=False)
        day = pl.when(given.str.contains(r"^\d{4}-\d{2}-\d{2}([T ][\d:.]+)?$")).then(day)
        yearless = given.str.contains(WITHOUT_YEAR) | given.str.starts_with("0000")
    else:
        zoned = isinstance(kind, pl.Datetime) and kind.time_zone
        day = (given.dt.convert_time_zone("Europe/Oslo") if zoned else given).cast(pl.Date)
        yearless = day.dt.year() <= 1
    early, late = day < EARLIEST, day > LATEST
    impossible = given.is_not_null() & day.is_null() & ~yearless
    aside = place.aside(column)
    faults = [("year_missing", yearless), ("before_1900", early & ~yearless), ("not_a_day", impossible | late)]
    if column.name == "birth_date":
        faults.append(("after_the_day", (day > place.numbered.on) & ~late))
    wrong = pl.any_horizontal([found.fill_null(value=False) for _, found in faults])
    return Read(
        {column.name: pl.when(~wrong).then(day)},
        tuple((Fault(column.name, kind, aside), found) for kind, found in faults),
    )


def _yes_no(column: Column, given: pl.Expr, place: _Place) -> Read:
    text = given.cast(pl.String).str.to_lowercase()
    read: pl.Expr = pl.when(text.is_in(YES)).then(pl.lit(value=True)).when(text.is_in(NO)).then(pl.lit(value=False))
    said = given if place.types.get(column.name) == pl.Boolean() else read
    return Read({column.name: said}, (_unread(column, given, said, place=place),))


def _choice(column: Column, given: pl.Expr, place: _Place) -> Read:
    said = _place_among(given.str.to_lowercase(), column.codes)
    return Read({column.name: said}, (_unread(column, given, said, place=place),))


def _unread(column: Column, given: pl.Expr, said: pl.Expr, *, place: _Place) -> tuple[Fault, pl.Expr]:
    return Fault(column.name, "unknown_choice", place.aside(column)), given.is_not_null() & said.is_null()


def _place_among(given: pl.Expr, codes: tuple[str, ...]) -> pl.Expr:
    return given.cast(pl.Enum(codes), strict=False).to_physical()


def _municipality(column: Column, given: pl.Expr, place: _Place) -> Read:
    """Read a number; of a day before the register's own, whether it was in force cannot be said."""
    if place.numbered.on < numbered_since():
        return Read({column.name: given})
    said = given.cast(pl.Enum(sorted(municipalities())), strict=False).cast(pl.String)
    fault = Fault(column.name, "municipality_not_valid", "value")
    return Read({column.name: said}, ((fault, given.is_not_null() & said.is_null()),))


def _as_text(column: Column, given: pl.Expr, _: _Place) -> Read:
    return Read({column.name: given})


def _amount(column: Column, given: pl.Expr, place: _Place) -> Read:
    text = given.str.replace(",", ".", literal=True) if place.is_text(column) else given
    number = text.cast(pl.Float64, strict=False)
    finite = number.is_finite()
    faults = (
        ("not_a_number", given.is_not_null() & (number.is_null() | number.is_nan())),
        ("out_of_range", ~number.is_nan() & (~finite | (number < 0) | (number > MOST_A_DAY))),
    )
    kept = pl.when(finite & (number >= 0) & (number <= MOST_A_DAY)).then(number)
    return Read({column.name: kept}, tuple((Fault(column.name, kind, "value"), found) for kind, found in faults))


# Codes: each distinct one has a number, and what it counts as is looked up by it.


def _code(column: Column, given: pl.Expr, place: _Place) -> Read:
    number = _place_among(given, place.numbered.codes["icd"]).cast(pl.UInt32)
    shaped = given.cast(pl.Enum(place.numbered.codes["icd-10"]), strict=False).is_not_null()
    elsewhere = _system_given(place).ne("icd-10") if "system" in place.types else pl.lit(value=False)
    known = (shaped | elsewhere) & number.is_not_null()
    unknown = given.is_not_null() & ~known.fill_null(value=False)
    return Read({column.name: number}, ((Fault(column.name, "unknown_code", "row"), unknown),))


def _system_given(place: _Place) -> pl.Expr:
    given = _text("system") if place.types["system"] == pl.String() else pl.col("system").cast(pl.String)
    return given.str.to_lowercase().fill_null("icd-10")


def _system(column: Column, _given: pl.Expr, place: _Place) -> Read:
    if column.name not in place.types:
        return Read({column.name: pl.lit(0, pl.UInt32)})
    return Read({column.name: _place_among(_system_given(place), place.numbered.codes["system"]).cast(pl.UInt32)})


def _atc(column: Column, given: pl.Expr, place: _Place) -> Read:
    """Read an ATC code; without a usable one the medicine may be any, which number 0 stands for."""
    number = _place_among(given.str.to_uppercase(), place.numbered.codes["atc"]).cast(pl.UInt32)
    fault = Fault(column.name, "unknown_code", "value")
    return Read({column.name: (number + 1).fill_null(0)}, ((fault, given.is_not_null() & number.is_null()),))


# Answers


def _item(column: Column, given: pl.Expr, _: _Place) -> Read:
    said = _place_among(given, tuple(item.id for item in ANSWERED)).cast(ITEM)
    return Read(
        {column.name: said}, ((Fault(column.name, "unknown_item", "row"), given.is_not_null() & said.is_null()),)
    )


def _member(column: Column, given: pl.Expr, _: _Place) -> Read:
    of_set = _by_item(lambda item: _place_among(given, item.codes).cast(pl.Int8), kinds=("set",))
    said = pl.when(given.is_null()).then(pl.lit(EVERY_MEMBER, pl.Int8)).otherwise(of_set)
    fault = Fault(column.name, "unknown_choice", "row")
    return Read({column.name: said.fill_null(EVERY_MEMBER)}, ((fault, given.is_not_null() & of_set.is_null()),))


def _value(column: Column, given: pl.Expr, place: _Place) -> Read:
    text = given.cast(pl.String).str.to_lowercase()
    yes_no = pl.when(text.is_in(YES)).then(1).when(text.is_in(NO)).then(0)
    number = text.cast(pl.Int32, strict=False)
    counts, answers, choices = _is_item("count"), _is_item("yes_no", "set"), _is_item("choice")
    within = _by_item(lambda item: number.is_between(item.low or 0, item.high or 0), kinds=("count",))
    choice = _by_item(lambda item: _place_among(text, item.codes).cast(pl.Int32), kinds=("choice",))
    said = pl.when(counts & within).then(number).when(answers).then(yes_no).when(choices).then(choice)
    everyone = _is_item("set") & _blank("member", place) & (said == 1)
    faults = (
        ("not_a_number", counts & given.is_not_null() & number.is_null()),
        ("out_of_range", counts & number.is_not_null() & ~within),
        ("unknown_choice", (answers | choices) & given.is_not_null() & said.is_null()),
        ("member_missing", everyone),
    )
    return Read(
        {column.name: pl.when(~everyone.fill_null(value=False)).then(said).cast(pl.Int32)},
        tuple((Fault(column.name, kind, "row"), found) for kind, found in faults),
    )


def _blank(name: str, place: _Place) -> pl.Expr:
    if name not in place.types:
        return pl.lit(value=True)
    return _text(name).is_null() if place.types[name] == pl.String() else pl.col(name).is_null()


def _is_item(*kinds: str) -> pl.Expr:
    return _text_of_item().is_in([item.id for item in ANSWERED if item.kind in kinds])


def _by_item(said: Callable[[Item], pl.Expr], kinds: tuple[str, ...]) -> pl.Expr:
    return pl.coalesce(
        [pl.when(_text_of_item() == item.id).then(said(item)) for item in ANSWERED if item.kind in kinds]
    )


def _text_of_item() -> pl.Expr:
    return pl.col("item").cast(pl.String).str.strip_chars()


READERS: Mapping[str, Callable[[Column, pl.Expr, _Place], Read]] = {
    "day": _day,
    "yes_no": _yes_no,
    "choice": _choice,
    "municipality": _municipality,
    "text": _as_text,
    "amount": _amount,
    "code": _code,
    "system": _system,
    "atc": _atc,
    "item": _item,
    "member": _member,
    "value": _value,
}
