"""From columns of facts to what the rules suggest for everyone: begin here."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from population.compiled import Compiled
from population.patterns import packed, parts_of, unpacked
from population.routed import routed

CHUNK = 50_000
"""Patterns settled at once: what they take of memory is bounded, however many there are."""


MOST_KEPT = 200_000
"""How many settled patterns are kept for the next bucket."""


def screened(facts: pl.DataFrame, rules: Compiled) -> pl.DataFrame:
    """Return each rule's outcome and what follows, one row for each row of facts, in their order."""
    people = packed(facts, parts_of(rules))
    settled = _settled(people.unique(maintain_order=True), rules)
    return people.join(settled, on=people.columns, how="left", maintain_order="left").drop(people.columns)


def _settled(patterns: pl.DataFrame, rules: Compiled) -> pl.DataFrame:
    """Return patterns with what the rules say of each; those met in an earlier bucket are not settled again."""
    for met in rules.met:
        patterns = patterns.join(met, on=patterns.columns, how="anti", maintain_order="left")
    if rules.met and not patterns.height:
        return rules.met[0]
    new = pl.concat([patterns, pl.concat(_rows(patterns.rechunk(), rules))], how="horizontal")
    settled = pl.concat([*rules.met, new], rechunk=True)
    if settled.height <= MOST_KEPT:
        rules.met[:] = [settled]
    return settled


def _rows(patterns: pl.DataFrame, rules: Compiled) -> Iterator[pl.DataFrame]:
    parts = parts_of(rules)
    for chunk in patterns.iter_slices(CHUNK) if patterns.height else (patterns,):
        yield routed(rules.settled(chunk.select(unpacked(parts))), rules)
