"""Municipalities by name: the register of numbers, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from engine.texts import Texts
from rules.places import municipalities

__all__ = ["municipalities", "municipality_in_words", "number_of"]


def municipality_in_words(number: str, texts: Texts) -> str:
    """Say a municipality by its name, or by its number where the register has no name for it."""
    return municipalities().get(number) or texts("lists.municipality", code=number)


def number_of(said: str) -> str:
    """Return the number of a municipality that was named or numbered; what is neither, as it was written."""
    return _numbers().get(said.strip().casefold(), said)


@cache
def _numbers() -> Mapping[str, str]:
    """Return the numbers by name, and by each of two names."""
    found = {part.casefold(): number for number, name in municipalities().items() for part in name.split(" – ")}
    return found | {name.casefold(): number for number, name in municipalities().items()}
