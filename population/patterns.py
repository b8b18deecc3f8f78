"""Kinds of people: those of whom the rules can ask nothing that tells them apart are settled once, together.

A pattern is every comparison's state, which CFS levels are possible, and what the scores wait for, packed into a few
whole numbers. A register has far fewer patterns than people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import reduce
from operator import or_

import polars as pl

from engine.rules import RuleSet
from population.compiled import LEVEL, WAITS_FOR, Compiled, Node
from population.leaves import UNKNOWN, WORD, WORD_BITS, bits, state
from population.levels import EVERY_LEVEL, MASK
from population.tree import QUESTIONS
from rules.scoring import CFS_LEVELS, SPICT

POSSIBLE, CONCEIVABLE = "levels.possible", "levels.conceivable"


@dataclass(frozen=True, slots=True)
class Part:
    """A column of the pattern, how many bits it takes, and what they are at a place in a word."""

    name: str
    placed: Callable[[int], pl.Expr]
    bits: int
    kind: type[pl.DataType] | pl.DataType = pl.UInt8


def parts_of(rules: Compiled) -> tuple[Part, ...]:
    """Return all that settles the rules for a person, read of columns of facts."""
    unscored = ~_scored()
    possible = pl.when(unscored).then(pl.col("tree.levels")).otherwise(_own_level())
    conceivable = pl.when(unscored).then(pl.lit(EVERY_LEVEL, MASK)).otherwise(_own_level())
    asks = [_flag(f"asks.{score}.{item}", each) for score, item, each in _asks()]
    leaves = [_leaf(leaf, rules.ruleset) for leaf in rules.leaves]
    return (_levels(POSSIBLE, possible), _levels(CONCEIVABLE, conceivable), *asks, *leaves)


def _levels(name: str, mask: pl.Expr) -> Part:
    return Part(name, lambda place: mask.cast(WORD) * (1 << place), len(CFS_LEVELS), MASK)


def _flag(name: str, holds: pl.Expr) -> Part:
    return Part(name, lambda place: bits(holds, 1 << place), 1, pl.Boolean)


def _leaf(leaf: Node, ruleset: RuleSet) -> Part:
    return Part(f"leaf.{leaf.name}", lambda place: state(leaf.condition, ruleset, place), 2)  # type: ignore[arg-type] # a leaf's condition is a comparison


def packed(facts: pl.DataFrame, parts: Sequence[Part]) -> pl.DataFrame:
    """Return everyone's parts packed into whole numbers; what is the same of everyone is read of the first alone.

    A register knows few of the answers, so that this is so of most.
    """
    alike = {name for name in facts.columns if _is_alike(facts[name])}
    return facts.select(
        _word(word, facts, alike).alias(f"word.{number}") for number, word in enumerate(_in_words(parts))
    )


def _is_alike(facts: pl.Series) -> bool:
    return facts.len() > 0 and not facts.null_count() and bool(facts.min() == facts.max())


def _word(word: Sequence[tuple[Part, int]], facts: pl.DataFrame, alike: Set[str]) -> pl.Expr:
    same: list[pl.Expr] = []
    differing: list[pl.Expr] = []
    for part, place in word:
        found = part.placed(place)
        (same if set(found.meta.root_names()) <= alike else differing).append(found)
    of_all = facts.head(1).select(reduce(or_, same)).item() if same else 0
    return reduce(or_, differing, pl.repeat(of_all, facts.height, dtype=WORD))


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
