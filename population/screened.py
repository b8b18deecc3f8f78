"""From columns of facts to what the rules suggest for everyone: begin here."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from population.compiled import Compiled
from population.patterns import parts_of, unpacked, words
from population.routed import routed

CHUNK = 50_000
"""Patterns settled at once: what they take of memory is bounded, however many there are."""


def screened(facts: pl.DataFrame, rules: Compiled) -> pl.DataFrame:
    """Return each rule's outcome and what follows, one row for each row of facts, in their order."""
    parts = parts_of(rules)
    people = facts.select(words(parts))
    patterns = people.unique(maintain_order=True).rechunk()
    settled = pl.concat(_settled(patterns, rules), rechunk=True)
    return people.join(
        pl.concat([patterns, settled], how="horizontal"), on=people.columns, how="left", maintain_order="left"
    ).drop(people.columns)


def _settled(patterns: pl.DataFrame, rules: Compiled) -> Iterator[pl.DataFrame]:
    parts = parts_of(rules)
    for chunk in patterns.iter_slices(CHUNK) if patterns.height else (patterns,):
        yield routed(rules.settled(chunk.select(unpacked(parts))), rules)
