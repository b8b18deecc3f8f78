"""Masks over the nine CFS levels: in which of the ways the facts may be something is so. Bit 0 is level 1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_, or_

import polars as pl

from rules.scoring import CFS_LEVELS

MASK = pl.UInt16
EVERY_LEVEL = (1 << len(CFS_LEVELS)) - 1


def mask_of(levels: Iterable[int]) -> int:
    """Return levels as a mask."""
    return sum(1 << (level - CFS_LEVELS[0]) for level in levels)


def literal(mask: int) -> pl.Expr:
    """Return a mask that is the same for everyone."""
    return pl.lit(mask, MASK)


NOWHERE = literal(0)


def everywhere(condition: pl.Expr) -> pl.Expr:
    """Return every level where a condition holds, and no level where it does not."""
    return condition.cast(MASK) * EVERY_LEVEL


def all_of(masks: Sequence[pl.Expr]) -> pl.Expr:
    """Return the levels that are in every mask."""
    return reduce(and_, masks) if masks else literal(EVERY_LEVEL)


def any_of(masks: Sequence[pl.Expr]) -> pl.Expr:
    """Return the levels that are in one of the masks."""
    return reduce(or_, masks) if masks else NOWHERE


def others(mask: pl.Expr) -> pl.Expr:
    """Return the levels that are not in a mask."""
    return mask ^ EVERY_LEVEL


def at_least(masks: Sequence[pl.Expr], limit: float) -> pl.Expr:
    """Return the levels that stand in at least so many of the masks."""
    return any_of([_at_level(masks, limit, place) for place in range(len(CFS_LEVELS))])


def _at_level(masks: Sequence[pl.Expr], limit: float, place: int) -> pl.Expr:
    only = 1 << place
    count = pl.sum_horizontal([((mask & only) != 0).cast(pl.UInt8) for mask in masks])
    return (count >= limit).cast(MASK) * only
