"""Each comparison of the rules over columns of facts: it holds, it fails, or it is unknown."""

from __future__ import annotations

import polars as pl

from engine.conditions import Compare, Has, Is
from engine.rules import RuleSet
from population.compiled import FAILS, HOLDS, Leaf

UNKNOWN = -1
"""An answer that nobody gave; in a column of facts nothing is ever null."""

OPEN = 2**31 - 1
"""The upper end of a number that is open upwards."""

WORD, WORD_BITS = pl.UInt64, 64
"""What many small facts are packed into, each in a bit or two."""


def state(leaf: Leaf, ruleset: RuleSet, place: int) -> pl.Expr:
    """Return a comparison's state for each row of facts, as the bits at a place in a word."""
    held, failed = _both(leaf, ruleset)
    return bits(held, HOLDS << place, otherwise=bits(failed, FAILS << place))


def _both(leaf: Leaf, ruleset: RuleSet) -> tuple[pl.Expr, pl.Expr]:
    """Return where a comparison holds and where it fails."""
    match leaf:
        case Compare():
            return _compared(leaf, ruleset.limits[leaf.limit.name])
        case Is(item, answer):
            given, said = pl.col(item), _coded(ruleset, item, answer)
            return given == said, (given != said) & (given != UNKNOWN)
        case Has(item, member):
            bit = 1 << ruleset.items[item].codes.index(member)
            return (pl.col(f"{item}.yes") & bit) != 0, (pl.col(f"{item}.no") & bit) != 0


def bits(condition: pl.Expr, word: int, *, otherwise: pl.Expr | None = None) -> pl.Expr:
    """Return a word where a condition holds, and else another, or none of its bits."""
    return pl.when(condition).then(pl.lit(word, WORD)).otherwise(pl.lit(0, WORD) if otherwise is None else otherwise)


def _compared(leaf: Compare, limit: float) -> tuple[pl.Expr, pl.Expr]:
    low, high = pl.col(f"{leaf.item}.low"), pl.col(f"{leaf.item}.high")
    if leaf.operator == "==":
        return (low == limit) & (high == limit), (low > limit) | (high < limit)
    reached, below = low >= limit, high < limit
    return (reached, below) if leaf.operator == ">=" else (below, reached)


def _coded(ruleset: RuleSet, item: str, answer: str | bool) -> int:
    return int(answer) if isinstance(answer, bool) else ruleset.items[item].codes.index(answer)
