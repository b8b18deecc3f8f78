"""Two engines in lock-step: the reference decides, the second gives its opinion, and a disagreement is an error.

A rule in error is never a "no": neither it nor anything that builds on it is suggested or ruled out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.evaluation import Outcome, Truth, World, outcome, settle
from engine.facts import Value
from engine.rules import RuleSet


class SecondEngine(Protocol):
    """Another engine over the same rule set."""

    def truths(self, world: World) -> Mapping[str, Truth | str]:
        """Return each clause's truth in a world, or the word `error` where it could not say."""


def evaluate(
    ruleset: RuleSet, alternatives: Sequence[Mapping[str, Value]], second: SecondEngine | None = None
) -> tuple[list[World], dict[str, Outcome]]:
    """Return the worlds of these alternatives, and how each clause comes out over all of them."""
    worlds = [settle(ruleset, values) for values in alternatives]
    wrong = ruleset.dependents(_disagreeing(worlds, second)) if second else set()
    return worlds, {
        clause.id: Outcome("error") if clause.id in wrong else outcome(clause.when, worlds) for clause in ruleset.clauses
    }


def _disagreeing(worlds: Sequence[World], second: SecondEngine) -> set[str]:
    found: set[str] = set()
    for world in worlds:
        opinion = second.truths(world)
        found |= {id for id, held in world.truths.items() if opinion.get(id, "error") is not held}
    return found
