"""NORGEP and NORGEP-NH over columns: which groups a person has a current medicine of, and which criteria they meet.

The criteria and what meets them are those of `rules/scores/norgep.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, reduce
from operator import and_

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
UNCODED, REGULAR, UNCLEAR = "uncoded", "regular", "unclear"
Mark = str | CodeSet | tuple[str, CodeSet]
"""What a bit says: a medicine without a usable code; one of a group; one of a group in regular, or in unclear, use."""


@cache
def groups() -> tuple[CodeSet, ...]:
    """Return every group of substances that a criterion of either list names."""
    return tuple(dict.fromkeys(group for each in _every() for group in each.groups))


def group_table(substances: Sequence[str | None]) -> dict[str, pl.Series]:
    """Return the groups of each substance as the bits of a word, and those it is in only where its use is so."""
    found = [[group for group in groups() if each and each in group] for each in substances]
    uncoded = [each is None for each in substances]
    return {
        "groups": _words([[*each, *[UNCODED] * none] for each, none in zip(found, uncoded, strict=True)]),
        "groups_if_regular": _words([[(REGULAR, group) for group in each if group in _by_use()] for each in found]),
        "groups_if_unclear": _words([[(UNCLEAR, group) for group in each if group in _by_use()] for each in found]),
    }


def counted() -> Mapping[str, pl.Expr]:
    """Return which lines each criterion counts that asks for several substances."""
    return {_column("count", each): _in(each.groups[0]) for each in _every() if each.count > 1}


def groups_met() -> pl.Expr:
    """Return a line's groups, its use considered."""
    none, use = pl.lit(0, WORD), pl.col("as_needed")
    by_use = pl.when(use == 0).then("groups_if_regular").when(use == UNKNOWN).then("groups_if_unclear").otherwise(none)
    return pl.col("groups") | by_use


def is_uncoded() -> pl.Expr:
    """Return whether a person has a medicine without a usable code."""
    return _in(UNCODED)


def with_doses(people: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Return the people with the daily doses that some criteria ask for; few lines have one."""
    asking = [each for each in _every() if each.over_mg is not None]
    sums = {_column("mg", each): _dose().filter(_in(each.groups[0])).sum() for each in asking}
    unclear = {_column("mg_unclear", each): _dose().is_null().filter(_in(each.groups[0])).any() for each in asking}
    asked = sum(1 << _places()[group] for group in dict.fromkeys(each.groups[0] for each in asking))
    dosed = lines.filter((pl.col("groups") & pl.lit(asked, WORD)) != 0)
    by_person = dosed.group_by("person", maintain_order=True).agg(**sums, **unclear)
    return people.join(by_person, on="person", how="left", maintain_order="left").with_columns(
        pl.col(list(sums)).fill_null(0.0), pl.col(list(unclear)).fill_null(value=False)
    )


def _dose() -> pl.Expr:
    """Return a line's daily dose in milligrams, null where it or its unit is not known."""
    unit = pl.col("unit").fill_null("").str.to_lowercase()
    return pl.col("dose") * unit.replace_strict(MILLIGRAMS, default=None, return_dtype=pl.Float64)


def with_hits(people: pl.DataFrame) -> pl.DataFrame:
    """Return the people with how many criteria of each list are met, least and most; open where one is uncoded."""
    low = {f"{name}.low": [_met(each).cast(NUMBER) for each in criteria(name)] for name in LISTS}
    unclear = {name: [each for each in criteria(name) if each.over_mg is not None or each.regular] for name in LISTS}
    people = people.with_columns(pl.sum_horizontal(met).alias(end) for end, met in low.items())
    high = {
        name: pl.col(f"{name}.low") + pl.sum_horizontal([_unclear(each) for each in unclear[name]]) for name in LISTS
    }
    return people.with_columns(
        pl.when(is_uncoded()).then(OPEN).otherwise(most).cast(NUMBER).alias(f"{name}.high")
        for name, most in high.items()
    )


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


def _met(criterion: Criterion) -> pl.Expr:
    """Return where a criterion is met for certain."""
    named = [_in(group) for group in criterion.groups]
    if criterion.over_mg is not None:
        named.append(pl.col(_column("mg", criterion)) > criterion.over_mg)
    if criterion.regular:
        named.append(_in((REGULAR, criterion.groups[0])))
    if criterion.count > 1:
        named.append(pl.col(_column("count", criterion)) >= criterion.count)
    return reduce(and_, named)


def _unclear(criterion: Criterion) -> pl.Expr:
    """Return where it hangs on a dose or a use that is not known."""
    first = criterion.groups[0]
    unclear = pl.col(_column("mg_unclear", criterion)) if criterion.over_mg is not None else _in((UNCLEAR, first))
    return (reduce(and_, [_in(group) for group in criterion.groups]) & ~_met(criterion) & unclear).cast(NUMBER)


def _every() -> tuple[Criterion, ...]:
    return tuple(each for name in LISTS for each in criteria(name))


@cache
def _by_use() -> tuple[CodeSet, ...]:
    """Return the groups of the criteria that only regular use meets."""
    return tuple(dict.fromkeys(each.groups[0] for each in _every() if each.regular))


@cache
def _places() -> Mapping[Mark, int]:
    """Return the place of each mark in the word."""
    by_use: list[Mark] = [(use, group) for use in (REGULAR, UNCLEAR) for group in _by_use()]
    return {mark: place for place, mark in enumerate((UNCODED, *groups(), *by_use))}


def _words(marks: Sequence[Sequence[Mark]]) -> pl.Series:
    return pl.Series([sum(1 << _places()[mark] for mark in each) for each in marks], dtype=WORD)


def _column(kind: str, criterion: Criterion) -> str:
    return f"{kind}.{criterion.list_name}.{criterion.number}"


def _in(mark: Mark) -> pl.Expr:
    return (pl.col("groups") & pl.lit(1 << _places()[mark], WORD)) != 0
