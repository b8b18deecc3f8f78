"""Each clause as two rails: `+` holds when the clause certainly holds, `-` when it certainly does not.

A rail compares attributes of one flat fact with constants. An attribute that is unknown is not in the fact and matches
nothing, so that where neither rail holds the answer is that it cannot be told.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, TypeAlias

from engine.conditions import And, Compare, Condition, CountOf, Has, Holds, Is, Not, Or
from engine.errors import RuleSetError
from engine.items import Item
from engine.rules import Clause, RuleSet

Comparison = Literal["==", "!=", "<", ">=", ">"]
Fact: TypeAlias = Mapping[str, float]
SAYS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, ">=": operator.ge, ">": operator.gt}
OTHER_ANSWER = -1
"""An answer that is none of the item's codes: it is known, and it equals none of them."""


@dataclass(frozen=True, slots=True)
class Check:
    """An attribute compared with a constant."""

    attribute: str
    comparison: Comparison
    constant: float


@dataclass(frozen=True, slots=True)
class Every:
    """All of them hold."""

    rails: tuple[Rail, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of them holds."""

    rails: tuple[Rail, ...]


Rail: TypeAlias = Check | Every | Either


@dataclass(frozen=True, slots=True)
class Pair:
    """The two rails of a clause, or of a part of a count."""

    id: str
    holds: Rail
    fails: Rail


@dataclass(frozen=True, slots=True)
class Count:
    """How many parts hold: counted before the rules run, since durable_rules counts wrongly."""

    name: str
    parts: tuple[Pair, ...]

    def within(self, fact: Fact) -> dict[str, float]:
        """Return the fewest and the most parts that may hold."""
        certain = sum(met(part.holds, fact) for part in self.parts)
        impossible = sum(met(part.fails, fact) for part in self.parts)
        return {low(self.name): certain, high(self.name): len(self.parts) - impossible}


@dataclass
class Compiler:
    """Turns clauses into rails, and keeps the counts they need, inner counts first."""

    ruleset: RuleSet
    counts: dict[CountOf, Count] = field(default_factory=dict)

    def pair(self, clause: Clause) -> Pair:
        """Return the two rails of a clause."""
        return self._pair(clause.id, clause.when)

    def _pair(self, id: str, condition: Condition) -> Pair:
        return Pair(id, self._rail(condition, True), self._rail(condition, False))

    def _rail(self, condition: Condition, wanted: bool) -> Rail:
        match condition:
            case And(conditions) | Or(conditions):
                kind = Every if isinstance(condition, And) is wanted else Either
                return _joined(kind, (self._rail(part, wanted) for part in conditions))
            case Not(inner):
                return self._rail(inner, not wanted)
            case Compare(item, comparison, limit):
                return _compared(item, comparison if wanted else f"not {comparison}", self.ruleset.limits[limit.name])
            case CountOf(limit):
                most = ">=" if wanted else "not >="
                return _compared(self._count(condition).name, most, self.ruleset.limits[limit.name])
            case Is(item, answer):
                return Check(item, "==" if wanted else "!=", as_number(self.ruleset.items[item], answer))
            case Has(item, code):
                return Check(member(item, code), "==", int(wanted))
            case Holds(used):
                return Check(settled(used), "==", int(wanted))
        raise RuleSetError(f"{type(condition).__name__} has no rails. Resolve it when the rules are loaded.")

    def _count(self, condition: CountOf) -> Count:
        if condition not in self.counts:
            parts = tuple(self._pair("", part) for part in condition.conditions)
            self.counts[condition] = Count(f"count__{len(self.counts)}", parts)
        return self.counts[condition]


@cache
def low(number: str) -> str:
    """Return the attribute of a number's lower end."""
    return f"{number}_low"


@cache
def high(number: str) -> str:
    """Return the attribute of a number's upper end."""
    return f"{number}_high"


@cache
def member(item: str, code: str) -> str:
    """Return the attribute that says whether a set holds a member."""
    return f"{item}__{code}"


@cache
def settled(id: str) -> str:
    """Return the attribute that says how a clause of an earlier stratum came out."""
    return f"holds__{id}"


def as_number(item: Item, answer: object) -> int:
    """Return an answer as a number, so that no text from outside reaches the extension."""
    if item.kind == "yes_no":
        return int(answer) if isinstance(answer, bool) else OTHER_ANSWER
    return item.codes.index(answer) if isinstance(answer, str) and answer in item.codes else OTHER_ANSWER


def checks(rail: Rail) -> Iterable[Check]:
    """Yield every comparison in a rail."""
    if isinstance(rail, Check):
        yield rail
    else:
        for part in rail.rails:
            yield from checks(part)


def met(rail: Rail, fact: Fact) -> bool:
    """Return whether a flat fact meets a rail, for the parts of a count."""
    match rail:
        case Check(attribute, comparison, constant):
            return attribute in fact and SAYS[comparison](fact[attribute], constant)
        case Every(rails):
            return all(met(part, fact) for part in rails)
        case Either(rails):
            return any(met(part, fact) for part in rails)


def _compared(number: str, comparison: str, limit: float) -> Rail:
    match comparison:
        case ">=" | "not <":
            return Check(low(number), ">=", limit)
        case "<" | "not >=":
            return Check(high(number), "<", limit)
        case "==":
            return Every((Check(low(number), "==", limit), Check(high(number), "==", limit)))
    return Either((Check(low(number), ">", limit), Check(high(number), "<", limit)))


def _joined(kind: type[Every] | type[Either], rails: Iterable[Rail]) -> Rail:
    """Join rails without nesting the same kind or repeating one, comparisons first: the extension allows few groups."""
    flat = dict.fromkeys(part for rail in rails for part in (rail.rails if isinstance(rail, kind) else (rail,)))
    if len(flat) == 1:
        return next(iter(flat))
    return kind(tuple(sorted(flat, key=lambda rail: not isinstance(rail, Check))))
