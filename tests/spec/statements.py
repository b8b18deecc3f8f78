"""What a clinical statement of the specification looks like as data: a sentence, a person, and what must follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rules.case import Case

Outcome = Literal["holds", "does_not", "unknown"]
OUTCOMES: tuple[Outcome, ...] = ("holds", "does_not", "unknown")


@dataclass(frozen=True)
class RuleCase:
    """A rule and how it comes out for someone; `missing` are the answers that could settle an undecided one."""

    rule: str
    outcome: Outcome
    title: str
    case: Case
    missing: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ScoreCase:
    """A score and its value for someone, or [low, high]; `high` None is open upwards."""

    score: str
    title: str
    case: Case
    low: float | None
    high: float | None


@dataclass(frozen=True)
class WholeCase:
    """What the assessment as a whole says of someone; only what is named is compared."""

    title: str
    case: Case
    says: Mapping[str, Any]


@dataclass(frozen=True)
class Expected:
    """One outcome of a rule, before the rule is named."""

    outcome: Outcome
    title: str
    case: Case
    missing: tuple[str, ...] | None = None


def rule(id: str, *cases: Expected) -> tuple[RuleCase, ...]:
    """Return the cases of a rule."""
    return tuple(RuleCase(id, each.outcome, each.title, each.case, each.missing) for each in cases)


def holds(title: str, case: Case) -> Expected:
    """Return that the rule holds for someone."""
    return Expected("holds", title, case)


def does_not(title: str, case: Case) -> Expected:
    """Return that the rule does not hold for someone."""
    return Expected("does_not", title, case)


def unknown(title: str, case: Case, *, missing: str | None = None) -> Expected:
    """Return that the facts do not settle the rule; `missing` names, in the order of the form, what could."""
    return Expected("unknown", title, case, None if missing is None else tuple(missing.split()))


def score(id: str, *cases: ScoreCase) -> tuple[ScoreCase, ...]:
    """Return the cases of a score."""
    return tuple(ScoreCase(id, each.title, each.case, each.low, each.high) for each in cases)


def is_(value: float | None, title: str, case: Case) -> ScoreCase:
    """Return that the score is a number; None: it does not apply."""
    return ScoreCase("", title, case, value, value)


def between(low: float, high: float | None, title: str, case: Case) -> ScoreCase:
    """Return that the score lies somewhere from low to high; `high` None is open upwards."""
    return ScoreCase("", title, case, low, high)


def whole(title: str, case: Case, **says: Any) -> WholeCase:
    """Return what the assessment says of someone."""
    return WholeCase(title, case, says)
