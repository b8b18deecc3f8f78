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
WORD = pl.UInt64
LISTS = (AT_HOME, IN_NURSING_HOME)


@cache
def groups() -> tuple[CodeSet, ...]:
    """Return every group of substances that a criterion of either list names."""
    return tuple(dict.fromkeys(group for each in _every() for group in each.groups))


def group_table(substances: Sequence[str | None]) -> dict[str, pl.Series]:
    """Return the groups of each substance as the bits of a word, and those where it matters how it is used."""
    bits = [sum(1 << n for n, group in enumerate(groups()) if each and each in group) for each in substances]
    by_use = sum(1 << groups().index(each.groups[0]) for each in _every() if each.regular)
    return {
        "groups": pl.Series(bits, dtype=WORD),
        "groups_by_use": pl.Series([each & by_use for each in bits], dtype=WORD),
    }


def marks() -> Iterator[pl.Expr]:
    """Yield a line's groups, and the same where it is in regular use, or where its use is not known."""
    yield pl.col("groups")
    for name, use in (("regular_groups", 0), ("unclear_groups", UNKNOWN)):
        yield pl.when(pl.col("as_needed") == use).then("groups_by_use").otherwise(pl.lit(0, WORD)).alias(name)
    for each in _counting():
        yield pl.when(_in("groups", each.groups[0])).then("substance").otherwise(0).alias(_column("count", each))


def gathered() -> Iterator[pl.Expr]:
    """Yield what the criteria ask of all of one person's lines: groups, and how many substances of some."""
    yield pl.col("groups", "regular_groups", "unclear_groups").bitwise_or()
    for each in _counting():
        name = _column("count", each)
        yield (pl.col(name).n_unique() - (pl.col(name).min() == 0)).alias(name)


def with_doses(people: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Return the people with the daily doses that some criteria ask for; few lines have one."""
    for each in _every():
        if each.over_mg is not None:
            summed, unclear = _column("mg", each), _column("mg_unclear", each)
            dosed = (
                lines.filter(_in("groups", each.groups[0]))
                .group_by("person")
                .agg(_dose().sum().alias(summed), _dose().is_null().any().alias(unclear))
            )
            people = people.join(dosed, on="person", how="left", maintain_order="left").with_columns(
                pl.col(summed).fill_null(0.0), pl.col(unclear).fill_null(value=False)
            )
    return people


def _dose() -> pl.Expr:
    """Return a line's daily dose in milligrams, null where it or its unit is not known."""
    unit = pl.col("unit").fill_null("").str.to_lowercase()
    return pl.col("dose") * unit.replace_strict(MILLIGRAMS, default=None, return_dtype=pl.Float64)


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
        regular, unclear = (_in(side, criterion.groups[0]) for side in ("regular_groups", "unclear_groups"))
        return named & regular, named & ~regular & unclear
    if criterion.count > 1:
        return named & (pl.col(_column("count", criterion)) >= criterion.count), pl.lit(value=False)
    return named, pl.lit(value=False)


def _every() -> tuple[Criterion, ...]:
    return tuple(each for name in LISTS for each in criteria(name))


def _counting() -> tuple[Criterion, ...]:
    return tuple(each for each in _every() if each.count > 1)


def _column(kind: str, criterion: Criterion) -> str:
    return f"{kind}.{criterion.list_name}.{criterion.number}"


def _in(column: str, group: CodeSet) -> pl.Expr:
    return (pl.col(column) & pl.lit(1 << groups().index(group), WORD)) != 0
