"""What a rule can say, as data: comparisons over items, joined by `&`, `|` and `~`.

A condition is never run by Python's own `and`/`or`; it is an expression that several engines decide, explain, print in
words and compile. See `evaluation.py` for the engine that is the authority.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn

from engine.errors import RuleSetError

Operator = Literal[">=", "<", "=="]


@dataclass(frozen=True, slots=True)
class Limit:
    """A number's name in the thresholds file; the number itself is dated, sourced and may be set locally."""

    name: str


@dataclass(frozen=True)
class Condition:
    """Something that holds, does not hold, or cannot be told."""

    def __and__(self, other: Condition) -> Condition:
        return And(_parts(And, self) + _parts(And, _condition(other)))

    def __or__(self, other: Condition) -> Condition:
        return Or(_parts(Or, self) + _parts(Or, _condition(other)))

    def __invert__(self) -> Condition:
        return self.condition if isinstance(self, Not) else Not(self)

    def __bool__(self) -> NoReturn:
        raise RuleSetError(
            "A condition is neither true nor false before it is decided. "
            "Write `&` for and, `|` for or, `~` for not, with brackets around each side."
        )


@dataclass(frozen=True)
class Compare(Condition):
    """A number against a limit, `at_least(POLYPHARMACY)`."""

    item: str
    operator: Operator
    limit: Limit


@dataclass(frozen=True)
class Is(Condition):
    """A single answer, `residence.is_("care_home")` or `weight_loss.is_yes()`."""

    item: str
    answer: str | bool


@dataclass(frozen=True)
class Has(Condition):
    """A member of a set answer, `municipal_services.has("home_nursing")`."""

    item: str
    member: str


@dataclass(frozen=True)
class And(Condition):
    """All of them hold."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Or(Condition):
    """At least one of them holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Not(Condition):
    """It does not hold."""

    condition: Condition


@dataclass(frozen=True)
class CountOf(Condition):
    """At least `limit` of them hold."""

    limit: Limit
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Holds(Condition):
    """A rule or a definition, by its id, holds."""

    id: str


@dataclass(frozen=True)
class Suggested(Condition):
    """Some rule suggests this target, for example `track:cga_team`."""

    target: str


def count_of(limit: Limit, *conditions: Condition) -> Condition:
    """Return the condition that at least `limit` of the conditions hold."""
    return CountOf(limit, conditions)


def walk(condition: Condition) -> Iterator[Condition]:
    """Yield a condition and every condition inside it."""
    yield condition
    for part in parts(condition):
        yield from walk(part)


def parts(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions directly inside a condition."""
    if isinstance(condition, And | Or | CountOf):
        return condition.conditions
    return (condition.condition,) if isinstance(condition, Not) else ()


def _parts(kind: type[And] | type[Or], condition: Condition) -> tuple[Condition, ...]:
    return condition.conditions if isinstance(condition, And | Or) and type(condition) is kind else (condition,)


def _condition(other: object) -> Condition:
    if isinstance(other, Condition):
        return other
    raise RuleSetError(f"A condition is joined with a condition, not with {other!r}. Compare an item first.")
