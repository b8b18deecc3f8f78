"""NORGEP and NORGEP-NH over columns: which groups a person has a current medicine of, and which criteria they meet.

The criteria and what meets them are those of `rules/scores/norgep.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import polars as pl

from population.leaves import OPEN, UNKNOWN
from rules.knowledge import ITEMS, CodeSet
from rules.scores.norgep import (
    AT_HOME,
    IN_NURSING_HOME,
    MILLIGRAMS,
    NURSING_HOME_RESIDENCES,
    Criterion,
    criteria,
)

NUMBER = pl.Int32
BITS = 64
LISTS = (AT_HOME, IN_NURSING_HOME)


@cache
def groups() -> tuple[CodeSet, ...]:
    """Return every group of substances that a criterion of either list names."""
    return tuple(dict.fromkeys(group for name in LISTS for each in criteria(name) for group in each.groups))


def group_masks(substances: Sequence[str | None]) -> Iterator[pl.Series]:
    """Yield the groups of each substance as masks, in as many words as they take."""
    for word in range(_words()):
        part = groups()[word * BITS : (word + 1) * BITS]
        masks = [sum(1 << n for n, group in enumerate(part) if each and each in group) for each in substances]
        yield pl.Series(f"groups.{word}", masks, pl.UInt64)


def dose() -> pl.Expr:
    """Return a line's daily dose in milligrams, null where it or its unit is not known."""
    unit = pl.col("unit").fill_null("").str.to_lowercase()
    return pl.col("dose") * unit.replace_strict(MILLIGRAMS, default=None, return_dtype=pl.Float64)


def gathered() -> Iterator[pl.Expr]:
    """Yield what the criteria ask of one person's lines: groups, groups in regular use, substances, doses."""
    counts = pl.col("current") & pl.col("coded")
    kinds = {
        "groups": counts,
        "regular": counts & (pl.col("as_needed") == 0),
        "unclear": counts & (pl.col("as_needed") == UNKNOWN),
    }
    for name, lines in kinds.items():
        for word in range(_words()):
            yield pl.col(f"groups.{word}").filter(lines).bitwise_or().fill_null(0).alias(f"{name}.{word}")
    for each in _every():
        lines = counts & _in("groups", each.groups[0])
        if each.count > 1:
            yield pl.col("substance").filter(lines).n_unique().alias(_column("count", each))
        if each.over_mg is not None:
            yield pl.col("mg").filter(lines).sum().alias(_column("mg", each))
            yield pl.col("mg").filter(lines).is_null().any().alias(_column("mg_unclear", each))


def hits() -> Iterator[pl.Expr]:
    """Yield how many criteria of each list are met, at least and at most; open while a medicine has no code."""
    for name in LISTS:
        met = [_met(each) for each in criteria(name)]
        low = pl.sum_horizontal([certain.cast(NUMBER) for certain, _ in met])
        open_ = pl.sum_horizontal([unclear.cast(NUMBER) for _, unclear in met])
        yield low.alias(f"{name}.low")
        yield pl.when(pl.col("uncoded")).then(OPEN).otherwise(low + open_).cast(NUMBER).alias(f"{name}.high")


def by_residence() -> Iterator[pl.Expr]:
    """Yield the hits as they are shown and as rules settle on them; an unknown residence may be either list's."""
    residences = ITEMS["residence"].codes
    nursing = pl.col("residence").is_in([residences.index(each) for each in NURSING_HOME_RESIDENCES])
    unknown = pl.col("residence") == UNKNOWN
    for end, both in (("low", pl.min_horizontal), ("high", pl.max_horizontal)):
        at_home, in_nursing_home = (pl.col(f"{name}.{end}") for name in LISTS)
        own = pl.when(nursing).then(in_nursing_home).otherwise(at_home)
        yield own.alias(f"norgep_shown.{end}")
        yield pl.when(unknown).then(both(at_home, in_nursing_home)).otherwise(own).alias(f"norgep_hits.{end}")
    either = pl.any_horizontal([pl.col(f"{name}.low") != pl.col(f"{name}.high") for name in LISTS])
    yield (~unknown | either).alias("norgep_hits.asks.medicines")
    yield unknown.alias("norgep_hits.asks.residence")


def _met(criterion: Criterion) -> tuple[pl.Expr, pl.Expr]:
    """Return where a criterion is met, and where that hangs on a dose or a use that is not known."""
    named = pl.all_horizontal([_in("groups", group) for group in criterion.groups])
    if criterion.over_mg is not None:
        over = named & (pl.col(_column("mg", criterion)) > criterion.over_mg)
        return over, named & ~over & pl.col(_column("mg_unclear", criterion))
    if criterion.regular:
        regular = _in("regular", criterion.groups[0])
        return named & regular, named & ~regular & _in("unclear", criterion.groups[0])
    if criterion.count > 1:
        return named & (pl.col(_column("count", criterion)) >= criterion.count), pl.lit(value=False)
    return named, pl.lit(value=False)


def _every() -> Iterator[Criterion]:
    """Yield the criteria that count substances or doses, each of which has columns of its own."""
    for name in LISTS:
        yield from (each for each in criteria(name) if each.count > 1 or each.over_mg is not None)


def _column(kind: str, criterion: Criterion) -> str:
    return f"{kind}.{criterion.list_name}.{criterion.number}"


def _in(kind: str, group: CodeSet) -> pl.Expr:
    word, place = divmod(groups().index(group), BITS)
    return (pl.col(f"{kind}.{word}") & pl.lit(1 << place, pl.UInt64)) != 0


def _words() -> int:
    return -(-len(groups()) // BITS)
