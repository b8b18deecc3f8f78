"""The CFS classification tree over columns: `rules/scores/cfs.py` itself, asked once for each kind of person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from engine.facts import SetAnswer
from population.leaves import UNKNOWN, WORD
from population.levels import MASK, mask_of
from rules.case import Answer
from rules.knowledge import ITEMS
from rules.scores.cfs import Inputs, Possible, possible, tree, tree_result

QUESTIONS = tree().questions
STEP = 6
"""Bits for a question's answers: there are at most 2 ** STEP sets of answers that the tree tells apart."""

COUNTED = 16
"""A set is told by how many of its members are in it, and how many are not; this many is more than any set has."""


def tree_columns(facts: pl.DataFrame) -> pl.DataFrame:
    """Return the levels still possible, the questions still open, and the next question, for each row of facts."""
    asked = facts.select(_raw(question).alias(question) for question in QUESTIONS)
    kinds = [_kinds(asked[question]) for question in QUESTIONS]
    keys = asked.select(
        pl.sum_horizontal([kind.number * (1 << (STEP * n)) for n, kind in enumerate(kinds)]).alias("key")
    )
    distinct = keys.unique()
    results = [tree_result(_inputs(key, kinds)) for key in distinct["key"]]
    table = distinct.with_columns(
        pl.Series("tree.levels", [mask_of(each.levels) for each in results], MASK),
        pl.Series("tree.open", [_mask(each.open) for each in results], pl.UInt8),
        pl.Series("tree.next", [_mask({each.next_question}) for each in results], pl.UInt8),
    )
    return keys.join(table, on="key", how="left", maintain_order="left").drop("key")


@dataclass(frozen=True, slots=True)
class Kinds:
    """The sets of answers that a question may still have, and for each row the number of its own."""

    sets: Sequence[Possible]
    number: pl.Expr


def _kinds(raw: pl.Series) -> Kinds:
    question, distinct = raw.name, raw.unique()
    found = [possible(question, _answer(question, each)) for each in distinct]
    sets = list(dict.fromkeys(found))
    numbers = pl.Series([sets.index(each) for each in found], dtype=WORD)
    return Kinds(sets, pl.col(question).replace_strict(distinct, numbers, return_dtype=WORD))


def _inputs(key: int, kinds: Sequence[Kinds]) -> Inputs:
    numbers = ((key >> (STEP * n)) & ((1 << STEP) - 1) for n in range(len(kinds)))
    return tuple(kind.sets[number] for kind, number in zip(kinds, numbers, strict=True))


def _raw(question: str) -> pl.Expr:
    """Return what the tree knows of a question as a whole number; -1 is nothing."""
    if ITEMS[question].kind == "set":
        yes, no = (pl.col(f"{question}.{side}").bitwise_count_ones().cast(pl.Int32) for side in ("yes", "no"))
        return yes * COUNTED + no
    return (pl.col(f"{question}.low") if ITEMS[question].kind == "count" else pl.col(question)).cast(pl.Int32)


def _answer(question: str, raw: int) -> Answer | None:
    item = ITEMS[question]
    if item.kind == "set":
        yes, no = divmod(raw, COUNTED)
        return SetAnswer(frozenset(item.codes[:yes]), frozenset(item.codes[yes : yes + no]))
    if raw == UNKNOWN:
        return None
    return raw if item.kind == "count" else item.codes[raw] if item.codes else bool(raw)


def _mask(questions: frozenset[str] | set[str | None]) -> int:
    return sum(1 << QUESTIONS.index(question) for question in questions if question)
