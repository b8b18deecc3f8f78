"""The columns of answers: an item and a word are looked up together, in one table for all items."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from population.columns import NO, YES, Place, Read, place_among
from population.extract import Column
from population.facts import ANSWERED
from population.faults import Fault

EVERY_MEMBER = -1
"""In place of a member: every member of the set that has no row of its own."""

ITEM = pl.UInt8


def item(column: Column, given: pl.Expr, _: Place) -> Read:
    """Read which item an answer is to."""
    said = pl.col("given.item").cast(pl.Enum(ITEM_IDS), strict=False).to_physical()
    unknown = Fault(column.name, "unknown_item", "row"), given.is_not_null() & ITEM_PLACE.is_null()
    return Read({column.name: ITEM_PLACE.cast(ITEM)}, (unknown,), {"read.item": said.cast(pl.UInt32)})


def member(column: Column, given: pl.Expr, _: Place) -> Read:
    """Read which member of its set an answer is about."""
    of_set = _looked_up(given, MEMBERS).cast(pl.Int8)
    said = pl.when(given.is_not_null()).then(of_set)
    fault = Fault(column.name, "unknown_choice", "row")
    return Read({column.name: said.fill_null(EVERY_MEMBER)}, ((fault, given.is_not_null() & of_set.is_null()),))


def value(column: Column, given: pl.Expr, _: Place) -> Read:
    """Read an answer, as its item asks for it."""
    number, word, kind = (pl.col(f"read.{name}") for name in ("number", "word", "kind"))
    text = given.cast(pl.String).str.to_lowercase()
    first = {
        "read.number": text.cast(pl.Int32, strict=False),
        "read.word": _looked_up(text, WORDS),
        "read.kind": _by_item(KINDS),
    }
    within = number.is_between(_by_item(LOW), _by_item(HIGH))
    counts, worded = kind == COUNT, kind != COUNT
    everyone = (kind == SET) & pl.col("given.member").is_null() & (word == 1)
    faults = (
        ("not_a_number", counts & given.is_not_null() & number.is_null()),
        ("out_of_range", counts & number.is_not_null() & ~within),
        ("unknown_choice", worded & given.is_not_null() & word.is_null()),
        ("member_missing", everyone),
    )
    said = pl.when(counts & within).then(number).when(worded & ~everyone.fill_null(value=False)).then(word)
    return Read(
        {column.name: said.cast(pl.Int32)},
        tuple((Fault(column.name, kind, "row"), found) for kind, found in faults),
        first,
    )


ITEM_IDS = tuple(each.id for each in ANSWERED)
ITEM_PLACE = pl.col("read.item")
COUNT, SET, OTHER = 0, 1, 2


def _now_placed() -> pl.Expr:
    """Return the item's place in the step where the column of it is only being made."""
    return place_among(pl.col("given.item"), ITEM_IDS).cast(pl.UInt32)


def _by_item(table: Mapping[int, int]) -> pl.Expr:
    return _now_placed().replace_strict(dict(table), default=None, return_dtype=pl.Int32)


def _looked_up(given: pl.Expr, words: Mapping[tuple[int, str], int]) -> pl.Expr:
    """Return what a word says of the row's item."""
    vocabulary = tuple(dict.fromkeys(word for _, word in words))
    key = _now_placed() * len(vocabulary) + place_among(given, vocabulary).cast(pl.UInt32)
    table = {item * len(vocabulary) + vocabulary.index(word): said for (item, word), said in words.items()}
    return key.replace_strict(table, default=None, return_dtype=pl.Int32)


KINDS = {place: {"count": COUNT, "set": SET}.get(item.kind, OTHER) for place, item in enumerate(ANSWERED)}
LOW, HIGH = (
    {place: getattr(item, end) for place, item in enumerate(ANSWERED) if item.kind == "count"}
    for end in ("low", "high")
)
MEMBERS = {
    (place, code): n for place, item in enumerate(ANSWERED) if item.kind == "set" for n, code in enumerate(item.codes)
}
WORDS = {
    (place, code): n
    for place, item in enumerate(ANSWERED)
    if item.kind == "choice"
    for n, code in enumerate(item.codes)
} | {
    (place, word): said
    for place, item in enumerate(ANSWERED)
    if item.kind in {"yes_no", "set"}
    for said, words in ((1, YES), (0, NO))
    for word in words
}
"""What each answer is as a number, by the item's place and the word."""
