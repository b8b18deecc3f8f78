"""The language check: an epikrise describes function and leaves services to the municipality (SPEC section 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from careplans.check.cues import compiled, cue, lists, words_of
from careplans.check.layout import Unit, layout_of

TABLE = "language"


@dataclass(frozen=True, slots=True)
class Remark:
    """Words that order a place, promise a service or decide for the municipality; `group` has another wording."""

    start: int
    end: int
    category: str
    group: str


def check_language(text: str) -> tuple[Remark, ...]:
    """Return the words that are not the hospital's to write, in order; at most one remark a clause."""
    clauses = (clause for unit in layout_of(text).units for clause in _clauses(unit))
    return tuple(remark for clause in clauses if (remark := _first(clause)))


def groups() -> tuple[str, ...]:
    """Return every group of phrases, in the order they are tried."""
    return tuple(words_of(TABLE, "groups"))


def _clauses(unit: Unit) -> Iterator[Unit]:
    """Cut at a comma and a joining word: what makes one half harmless says nothing of the other."""
    start = 0
    for found in cue(TABLE, "joining").finditer(unit.text):
        if unit.text[: found.start()].rstrip().endswith(","):
            yield Unit(unit.start + start, unit.text[start : found.start()])
            start = found.start()
    yield Unit(unit.start + start, unit.text[start:])


def _first(unit: Unit) -> Remark | None:
    if cue(TABLE, "harmless").search(unit.text):
        return None
    return next(_remarks(unit), None)


def _remarks(unit: Unit) -> Iterator[Remark]:
    for group in groups():
        found = _phrases(group).search(unit.text)
        if found and not _own_harmless(group).search(unit.text):
            category = str(words_of(TABLE, "groups", group, "category"))
            yield Remark(unit.start + found.start(), unit.start + found.end(), category, group)


@cache
def _phrases(group: str) -> re.Pattern[str]:
    table = words_of(TABLE, "groups", group)
    return compiled((*table["nb"], *table["nn"]), lists())


@cache
def _own_harmless(group: str) -> re.Pattern[str]:
    return compiled(words_of(TABLE, "groups", group).get("own_harmless", ()), lists())
