"""A world as one flat fact of numbers. What is unknown is left out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache

from engine.durable.rails import as_number, high, low, member
from engine.facts import Interval, SetAnswer, Value
from engine.items import NUMBERS, Item

LARGEST, SMALLEST = 1e15, 1e-4
"""Outside these a number is written with an exponent, which the extension does not read."""


def flat(values: Mapping[str, Value], items: Iterable[Item]) -> dict[str, float]:
    """Return the attributes of these items that are known; a number that cannot be written raises `ValueError`."""
    fact: dict[str, float] = {}
    for item in items:
        value = values.get(item.id)
        if isinstance(value, Interval):
            if item.kind in NUMBERS:
                _add_number(fact, item.id, value)
        elif isinstance(value, SetAnswer):
            _add_members(fact, item, value)
        elif value is not None and item.kind in {"yes_no", "choice"}:
            fact[item.id] = as_number(item, value)
    return fact


def writable(number: float) -> bool:
    """Return whether the extension reads the number as it is written here."""
    return math.isfinite(number) and (number == 0 or SMALLEST <= abs(number) < LARGEST)


def _add_number(fact: dict[str, float], item: str, number: Interval) -> None:
    fact[low(item)] = _plain(number.low)
    if number.high is not None:
        fact[high(item)] = _plain(number.high)


def _add_members(fact: dict[str, float], item: Item, answer: SetAnswer) -> None:
    for code in item.codes:
        if code in answer.yes:
            fact[member(item.id, code)] = 1
        elif code in answer.no:
            fact[member(item.id, code)] = 0


@lru_cache(maxsize=10_000)
def _plain(number: float) -> float:
    if not writable(number):
        raise ValueError("a number is too large or too small to be written without an exponent")
    return int(number) if number == int(number) else number
