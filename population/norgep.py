"""NORGEP and NORGEP-NH over columns: which groups a person has a current medicine of, and which criteria they meet.

The criteria and what meets them are those of `rules/scores/norgep.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from population.by_person import Numbers
from population.leaves import OPEN, UNKNOWN, WORD
from rules.knowledge import ITEMS, CodeSet
from rules.scores.norgep import (
    AT_HOME,
    IN_NURSING_HOME,
    MILLIGRAMS,
    NURSING_HOME_RESIDENCES,
    Criterion,
    criteria,
)

Flags = NDArray[np.bool_]
LISTS = (AT_HOME, IN_NURSING_HOME)
UNCODED, REGULAR, UNCLEAR = "uncoded", "regular", "unclear"
Mark = str | CodeSet | tuple[str, CodeSet]
"""What a bit says: a medicine without a usable code; one of a group; one of a group in regular, or in unclear, use."""


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """Where it holds what a criterion asks for besides its groups, and where it may, for all that is known."""

    holds: Flags
    unclear: Flags | np.bool_ = np.False_


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
    return {
        _column(each): (pl.col("groups") & pl.lit(_mask(each.groups[0]))) != 0 for each in _every() if each.count > 1
    }


def groups_met() -> pl.Expr:
    """Return a line's groups, its use considered."""
    none, use = pl.lit(0, WORD), pl.col("as_needed")
    by_use = pl.when(use == 0).then("groups_if_regular").when(use == UNKNOWN).then("groups_if_unclear").otherwise(none)
    return pl.col("groups") | by_use


def is_dosed() -> pl.Expr:
    """Return whether a criterion asks for a line's dose."""
    return ((pl.col("groups") & pl.lit(_mask(*(each.groups[0] for each in _limits())))) != 0).alias("dosed")


def is_uncoded(groups: pl.Series) -> Flags:
    """Return whether each person has a medicine without a usable code."""
    return _has(groups, UNCODED)


def conditions(groups: pl.Series, counts: Mapping[str, Numbers], lines: pl.DataFrame) -> Mapping[Criterion, Condition]:
    """Return what some criteria ask for besides: a daily dose, a number of substances, regular use."""
    found = dict(_by_dose(lines, len(groups)))
    for each in _every():
        if each.count > 1:
            found[each] = _both(found.get(each), Condition(counts[_column(each)] >= each.count))
        if each.regular:
            regular, unclear = (_has(groups, (use, each.groups[0])) for use in (REGULAR, UNCLEAR))
            found[each] = _both(found.get(each), Condition(regular, unclear))
    return found


def _both(first: Condition | None, second: Condition) -> Condition:
    """Return where both hold; it is unclear where neither fails and one is unclear."""
    if first is None:
        return second
    open_ = (first.holds | first.unclear) & (second.holds | second.unclear)
    return Condition(first.holds & second.holds, open_)


def _by_dose(lines: pl.DataFrame, people: int) -> Iterator[tuple[Criterion, Condition]]:
    """Yield where daily doses add up to more than the limit; by line in their order, as the bedside adds them up."""
    person, dose = lines["person"].to_numpy(), lines.select(_dose()).to_series()
    for each, limit in _limits().items():
        of_it = _has(lines["groups"], each.groups[0])
        total = np.bincount(person, dose.fill_null(0.0).to_numpy() * of_it, minlength=people)
        unknown = np.bincount(person[of_it & dose.is_null().to_numpy()], minlength=people)
        yield each, Condition(total > limit, unknown > 0)


@cache
def _limits() -> Mapping[Criterion, float]:
    return {each: each.over_mg for each in _every() if each.over_mg is not None}


def _dose() -> pl.Expr:
    """Return a line's daily dose in milligrams, null where it or its unit is not known."""
    unit = pl.col("unit").fill_null("").str.to_lowercase()
    return pl.col("dose") * unit.replace_strict(MILLIGRAMS, default=None, return_dtype=pl.Float64)


def hits(groups: pl.Series, asked: Mapping[Criterion, Condition]) -> Iterator[tuple[str, Numbers]]:
    """Yield how many criteria of each list each person meets, least and most; open where a medicine is uncoded."""
    uncoded = is_uncoded(groups)
    for name in LISTS:
        met, unclear = np.zeros((2, len(groups)), np.uint8)  # a list has some tens of criteria
        for each in criteria(name):
            named, condition = _has(groups, *each.groups), asked.get(each)
            met += named if condition is None else named & condition.holds
            if condition is not None:
                unclear += named & ~condition.holds & condition.unclear
        yield f"{name}.low", met.astype(np.int32)
        yield f"{name}.high", np.where(uncoded, np.int32(OPEN), met + unclear)


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
    return pl.Series([_mask(*each) for each in marks], dtype=WORD)


def _mask(*marks: Mark) -> np.uint64:
    return np.uint64(sum(1 << _places()[mark] for mark in set(marks)))


def _column(criterion: Criterion) -> str:
    return f"count.{criterion.list_name}.{criterion.number}"


def _has(words: pl.Series, *marks: Mark) -> Flags:
    """Return which words have every one of the marks."""
    mask = _mask(*marks)
    has: Flags = (words.to_numpy() & mask) == mask
    return has
