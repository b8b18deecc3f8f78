"""Two engines in lock-step: the reference decides, the second gives its opinion, and a disagreement is an error.

A rule in error is never a "no": neither it nor anything that builds on it is suggested or ruled out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.evaluation import Outcome, Truth, World, outcome, settle
from engine.facts import Value
from engine.rules import Clause, RuleSet


class SecondEngine(Protocol):
    """Another engine over the same rule set."""

    def truths(self, world: World) -> Mapping[str, Truth | str]:
        """Return each clause's truth in a world, or the word `error` where it could not say."""


def evaluate(
    ruleset: RuleSet, alternatives: Sequence[Mapping[str, Value]], second: SecondEngine | None = None
) -> tuple[list[World], dict[str, Outcome]]:
    """Return the worlds of these alternatives, and how each clause comes out over all of them."""
    varying = _varying(ruleset, alternatives)
    first = settle(ruleset, alternatives[0], {})
    alike = {clause: held for clause, held in first.truths.items() if clause not in varying}
    worlds = [first, *(settle(ruleset, values, alike) for values in alternatives[1:])]
    wrong = ruleset.dependents(_disagreeing(worlds, second)) if second else set()
    return worlds, {
        clause.id: _outcome(clause, worlds if clause.id in varying else worlds[:1], wrong) for clause in ruleset.clauses
    }


def _varying(ruleset: RuleSet, alternatives: Sequence[Mapping[str, Value]]) -> set[str]:
    """Return the clauses that can differ from world to world: those that an alternative's own value reaches."""
    first = alternatives[0]
    items = {item for values in alternatives[1:] for item, value in values.items() if first.get(item) is not value}
    return ruleset.dependents(clause for item in items for clause in ruleset.comparing[item])


def _outcome(clause: Clause, worlds: Sequence[World], wrong: set[str]) -> Outcome:
    return Outcome("error") if clause.id in wrong else outcome(clause.when, worlds)


def _disagreeing(worlds: Sequence[World], second: SecondEngine) -> set[str]:
    found: set[str] = set()
    for world in worlds:
        opinion = second.truths(world)
        found |= {clause for clause, held in world.truths.items() if opinion.get(clause, "error") is not held}
    return found
