"""Kinds of people: those of whom the rules can ask nothing that tells them apart are settled once, together.

A pattern is every comparison's state, which CFS levels are possible, and what the scores wait for, packed into a few
whole numbers. A register has far fewer patterns than people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from population.compiled import LEVEL, WAITS_FOR, Compiled
from population.leaves import UNKNOWN, state
from population.levels import EVERY_LEVEL, MASK
from population.tree import QUESTIONS
from rules.scoring import CFS_LEVELS, SPICT

WORD_BITS = 64
POSSIBLE, CONCEIVABLE = "levels.possible", "levels.conceivable"


@dataclass(frozen=True, slots=True)
class Part:
    """A column of the pattern and how many bits it takes."""

    name: str
    expression: pl.Expr
    bits: int
    kind: type[pl.DataType] | pl.DataType = pl.UInt8


def parts_of(rules: Compiled) -> tuple[Part, ...]:
    """Return all that settles the rules for a person, read of columns of facts."""
    leaves = [Part(f"leaf.{leaf.name}", state(leaf.condition, rules.ruleset), 2) for leaf in rules.leaves]  # type: ignore[arg-type] # a leaf's condition is a comparison
    asks = [Part(f"asks.{score}.{item}", each, 1, pl.Boolean) for score, item, each in _asks()]
    unscored = ~_scored()
    possible = pl.when(unscored).then(pl.col("tree.levels")).otherwise(_own_level())
    conceivable = pl.when(unscored).then(pl.lit(EVERY_LEVEL, MASK)).otherwise(_own_level())
    bits = len(CFS_LEVELS)
    return (Part(POSSIBLE, possible, bits, MASK), Part(CONCEIVABLE, conceivable, bits, MASK), *asks, *leaves)


def words(parts: Sequence[Part]) -> Iterator[pl.Expr]:
    """Yield the parts packed into whole numbers."""
    for number, word in enumerate(_in_words(parts)):
        shifted = [part.expression.cast(pl.UInt64) * (1 << at) for part, at in word]
        yield pl.sum_horizontal(shifted).alias(f"word.{number}")


def unpacked(parts: Sequence[Part]) -> Iterator[pl.Expr]:
    """Yield the parts again from the whole numbers."""
    for number, word in enumerate(_in_words(parts)):
        for part, at in word:
            found = (pl.col(f"word.{number}") // (1 << at)) & ((1 << part.bits) - 1)
            yield found.cast(part.kind).alias(part.name)


def _in_words(parts: Sequence[Part]) -> list[list[tuple[Part, int]]]:
    found: list[list[tuple[Part, int]]] = [[]]
    at = 0
    for part in parts:
        if at + part.bits > WORD_BITS:
            found.append([])
            at = 0
        found[-1].append((part, at))
        at += part.bits
    return found


def _scored() -> pl.Expr:
    return pl.col("cfs_clinician.low") != UNKNOWN


def _own_level() -> pl.Expr:
    return pl.lit(1, MASK) * 2 ** (pl.col("cfs_clinician.low") - CFS_LEVELS[0])


def _asks() -> Iterator[tuple[str, str, pl.Expr]]:
    """Yield which answers each score waits for."""
    yield LEVEL, "cfs_clinician", ~_scored()
    for place, question in enumerate(QUESTIONS):
        yield LEVEL, question, ~_scored() & (pl.col("tree.next") == 1 << place)
        yield "cfs_tree_distance", question, _scored() & ((pl.col("tree.open") & (1 << place)) != 0)
    for item in WAITS_FOR["norgep_hits"]:
        yield "norgep_hits", item, pl.col(f"norgep_hits.asks.{item}")
    for item in SPICT:
        yield "spict_count", item, pl.col(item) == UNKNOWN
