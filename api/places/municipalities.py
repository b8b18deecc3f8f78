"""Municipalities by name: the register of numbers, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from engine.texts import Texts

REGISTER = Path(__file__).parent / "data" / "municipalities.toml"


@cache
def municipalities() -> Mapping[str, str]:
    """Return the municipalities' names by number."""
    names: Mapping[str, str] = tomllib.loads(REGISTER.read_text("utf-8"))["municipalities"]
    return names


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
