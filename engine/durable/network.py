"""The network that the extension builds from rails, and the sizes at which it stops giving right answers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.durable.rails import Check, Comparison, Either, Every, Pair, Rail, checks
from engine.errors import RuleSetError

ALWAYS = "always"
"""The sentinel: an attribute of every fact, and the rule that it holds. A run in which it did not fire is no run."""

MOST_FIRST_CONDITIONS = 60
MOST_WAITING = 64
"""The extension walks its network with a stack of this size, and stops midway when it is full."""
MOST_GROUPS = 14
MOST_FIRINGS = 100
"""A rule fires once for every way its alternatives can be met together, so that groups of them multiply."""
MOST_ATTRIBUTES = 200
"""A fact has room for 254 properties."""

_OPERATORS: dict[Comparison, str] = {"!=": "$neq", "<": "$lt", ">=": "$gte", ">": "$gt"}


@dataclass(frozen=True)
class Part:
    """Clauses that run as one durable rule set."""

    pairs: tuple[Pair, ...]

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """Return the attributes that its rules read; it is sent no other."""
        return tuple(dict.fromkeys(check.attribute for rail in self._rails for check in checks(rail)))

    @cached_property
    def first_conditions(self) -> int:
        """Return how many comparisons every fact is met with first."""
        return len(_network(self._rails))

    @cached_property
    def waiting(self) -> int:
        """Return how many branches may wait at once while the extension walks the network."""
        return _waiting(_network(self._rails))

    @property
    def fits(self) -> bool:
        """Return whether the extension runs it safely."""
        return (
            self.first_conditions <= MOST_FIRST_CONDITIONS
            and self.waiting <= MOST_WAITING
            and len(self.attributes) <= MOST_ATTRIBUTES
        )

    def as_json(self) -> str:
        """Return the rule set in the extension's notation, each rail a rule named `id+` or `id-`."""
        rails: dict[str, Rail] = {ALWAYS: _SENTINEL}
        for pair in self.pairs:
            rails |= {f"{pair.id}+": pair.holds, f"{pair.id}-": pair.fails}
        return json.dumps({name: {"all": [{"m": _as_data(rail)}]} for name, rail in rails.items()})

    @property
    def _rails(self) -> list[Rail]:
        return [_SENTINEL, *(rail for pair in self.pairs for rail in (pair.holds, pair.fails))]


_SENTINEL = Check(ALWAYS, "==", 1)


def split(pairs: Iterable[Pair]) -> list[Part]:
    """Return the pairs in as few parts as the extension runs safely, in their order."""
    parts: list[Part] = []
    for pair in pairs:
        longer = Part((*parts[-1].pairs, pair)) if parts else None
        if longer and longer.fits:
            parts[-1] = longer
        else:
            parts.append(Part((pair,)))
    return parts


def check_size(pair: Pair) -> None:
    """Refuse a clause that the extension would run wrongly even alone."""
    for rail in (pair.holds, pair.fails):
        if _widest(rail) > MOST_WAITING:
            raise _too_large(pair, f"more than {MOST_WAITING} alternatives")
        if _groups(rail) > MOST_GROUPS:
            raise _too_large(pair, f"more than {MOST_GROUPS} groups within each other or side by side")
        if _firings(rail) > MOST_FIRINGS:
            raise _too_large(pair, f"alternatives that can be met together in more than {MOST_FIRINGS} ways")
    if not Part((pair,)).fits:
        raise _too_large(pair, f"more than {MOST_FIRST_CONDITIONS} alternatives to begin with")


def _too_large(pair: Pair, reason: str) -> RuleSetError:
    return RuleSetError(
        f"{pair.id}: its condition has {reason}, which durable_rules does not run safely. "
        "Move a piece of it to a definition and write Holds(that definition)."
    )


def _widest(rail: Rail) -> int:
    if isinstance(rail, Check):
        return 1
    here = len(rail.rails) if isinstance(rail, Either) else 1
    return max(here, *map(_widest, rail.rails))


def _groups(rail: Rail) -> int:
    return 0 if isinstance(rail, Check) else 1 + sum(map(_groups, rail.rails))


def _firings(rail: Rail) -> int:
    match rail:
        case Check():
            return 1
        case Every(rails):
            return math.prod(map(_firings, rails))
        case Either(rails):
            return sum(map(_firings, rails))


def _network(rails: Sequence[Rail]) -> dict[object, Any]:
    """Return the extension's tree of comparisons: shared from the beginning, every alternative leading to one node."""
    root: dict[object, Any] = {}
    for rail in rails:
        _grow(root, rail)
    return root


def _grow(node: dict[object, Any], rail: Rail) -> dict[object, Any]:
    match rail:
        case Check():
            following: dict[object, Any] = node.setdefault(rail, {})
            return following
        case Every(rails):
            for part in rails:
                node = _grow(node, part)
            return node
        case Either(rails):
            after: dict[object, Any] = {}
            for part in rails:
                _grow(node, part)[object()] = after
            return after


def _waiting(node: dict[object, Any]) -> int:
    """Return the most branches that wait while this one is walked: its children, and below the last all others wait."""
    return max(1, len(node) - 1 + max(map(_waiting, node.values()), default=0))


def _as_data(rail: Rail) -> dict[str, Any]:
    match rail:
        case Check(attribute, "==", constant):
            return {attribute: constant}
        case Check(attribute, comparison, constant):
            return {_OPERATORS[comparison]: {attribute: constant}}
        case Every(rails):
            return {"$and": [_as_data(part) for part in rails]}
        case Either(rails):
            return {"$or": [_as_data(part) for part in rails]}
