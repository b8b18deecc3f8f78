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

STATE = pl.UInt8


def state(leaf: Leaf, ruleset: RuleSet) -> pl.Expr:
    """Return a comparison's state for each row of facts."""
    match leaf:
        case Compare():
            return _compared(leaf, ruleset.limits[leaf.limit.name])
        case Is(item, answer):
            given = pl.col(item)
            return _state(given == _coded(ruleset, item, answer), (given != UNKNOWN))
        case Has(item, member):
            place = 1 << ruleset.items[item].codes.index(member)
            held, failed = ((pl.col(f"{item}.{side}") & place) != 0 for side in ("yes", "no"))
            return _state(held, held | failed)


def _compared(leaf: Compare, limit: float) -> pl.Expr:
    low, high = pl.col(f"{leaf.item}.low"), pl.col(f"{leaf.item}.high")
    if leaf.operator == "==":
        return _state(
            (low == limit) & (high == limit), (low > limit) | (high < limit) | ((low == high) & (low == limit))
        )
    reached, below = low >= limit, high < limit
    return _state(reached if leaf.operator == ">=" else below, reached | below)


def _state(held: pl.Expr, known: pl.Expr) -> pl.Expr:
    return pl.when(~known).then(0).when(held).then(HOLDS).otherwise(FAILS).cast(STATE)


def _coded(ruleset: RuleSet, item: str, answer: str | bool) -> int:
    return int(answer) if isinstance(answer, bool) else ruleset.items[item].codes.index(answer)
