"""Two engines in lock-step: the reference decides, the second gives its opinion, and a disagreement is an error.

A rule in error is never a "no": neither it nor anything that builds on it is suggested or ruled out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.evaluation import Outcome, Truth, World, outcome, settle, truth
from engine.facts import Value
from engine.rules import Clause, RuleSet


class SecondEngine(Protocol):
    """Another engine over the same rule set."""

    def truths(self, world: World) -> Mapping[str, Truth | str]:
        """Return each clause's truth in a world, or the word `error` where it could not say."""


def evaluate(
    ruleset: RuleSet, alternatives: Sequence[Mapping[str, Value]], second: SecondEngine | None = None
) -> tuple[list[World], dict[str, Outcome]]:
    """Return the worlds of these alternatives, and how each clause comes out over all of them.

    The alternatives differ only in the numbers of some items, and rest on the same facts.
    """
    items = _varying(alternatives)
    reached = ruleset.dependents(clause for item in items for clause in ruleset.comparing[item])
    first, *others = _told_apart(ruleset, alternatives, items)
    worlds = [settle(ruleset, first, {})]
    alike = {clause: held for clause, held in worlds[0].truths.items() if clause not in reached}
    worlds += [settle(ruleset, values, alike) for values in others]
    wrong = ruleset.dependents(_disagreeing(worlds, second)) if second else set()
    return worlds, {
        clause.id: _outcome(clause, worlds if clause.id in reached else worlds[:1], wrong) for clause in ruleset.clauses
    }


def _varying(alternatives: Sequence[Mapping[str, Value]]) -> set[str]:
    first = alternatives[0]
    return {item for values in alternatives[1:] for item, value in values.items() if first.get(item) is not value}


def _told_apart(
    ruleset: RuleSet, alternatives: Sequence[Mapping[str, Value]], items: set[str]
) -> list[Mapping[str, Value]]:
    """Return one alternative of each kind: CFS 2 and 3 are one kind to rules that all draw the line at 4."""
    comparisons = [comparison for comparison in ruleset.comparisons if comparison.item in items]
    kinds: dict[tuple[Truth, ...], Mapping[str, Value]] = {}
    for values in alternatives:
        world = World(ruleset, values)
        kinds.setdefault(tuple(truth(comparison, world) for comparison in comparisons), values)
    return list(kinds.values())


def _outcome(clause: Clause, worlds: Sequence[World], wrong: set[str]) -> Outcome:
    return Outcome("error") if clause.id in wrong else outcome(clause.when, worlds)


def _disagreeing(worlds: Sequence[World], second: SecondEngine) -> set[str]:
    found: set[str] = set()
    for world in worlds:
        opinion = second.truths(world)
        found |= {clause for clause, held in world.truths.items() if opinion.get(clause, "error") is not held}
    return found
