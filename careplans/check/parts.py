"""What a check answers with: how each element stands, the words it rests on, and what to write."""

from __future__ import annotations

from dataclasses import dataclass
from re import Pattern
from typing import Literal

from careplans.check.layout import Unit
from careplans.completeness import State

Shows = Literal[
    "said", "elsewhere", "none", "what", "who", "when", "incomplete", "open", "account", "before", "now", "expected"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the text by their place, the end not included, and what they show."""

    start: int
    end: int
    shows: Shows


@dataclass(frozen=True, slots=True)
class Reading:
    """An element, how it stands in the text, the words that rests on, and text keys of what to write."""

    id: str
    state: State
    rests_on: tuple[Words, ...] = ()
    write: tuple[str, ...] = ()


def whole(unit: Unit, shows: Shows) -> Words:
    """Return the whole unit as words that show something."""
    return Words(unit.start, unit.start + len(unit.text), shows)


def first(pattern: Pattern[str], unit: Unit, shows: Shows) -> Words | None:
    """Return the first words of the unit that match, or those of the line it stands under."""
    found = pattern.search(unit.text)
    if found is None:
        return first(pattern, unit.lead, shows) if unit.lead else None
    return Words(unit.start + found.start(), unit.start + found.end(), shows)
