"""Two engines in lock-step: the reference decides, the second gives its opinion, and a disagreement is an error.

A rule in error is never a "no": neither it nor anything that builds on it is suggested or ruled out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from engine.evaluation import Outcome, Truth, World, missing, outcome, settle, truth
from engine.facts import Value
from engine.rules import Clause, RuleSet


class SecondEngine(Protocol):
    """Another engine over the same rule set."""

    def truths(self, world: World) -> Mapping[str, Truth | str]:
        """Return each clause's truth in a world, or the word `error` where it could not say."""


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways the facts may be, differing in some numbers only and resting on the same facts.

    `possible` are those the facts leave open; `conceivable` those that a person could still make true by replacing what
    is only proposed: no rule is settled by them, but what they would ask is part of what is missing.
    """

    possible: Sequence[Mapping[str, Value]]
    conceivable: Sequence[Mapping[str, Value]] = ()


def evaluate(
    ruleset: RuleSet, ways: Ways, second: SecondEngine | None = None
) -> tuple[list[World], dict[str, Outcome]]:
    """Return the possible worlds, and how each clause comes out over all of them."""
    items = _varying((*ways.possible, *ways.conceivable))
    reached = ruleset.dependents(clause for item in items for clause in ruleset.comparing[item])
    first, *others = _told_apart(ruleset, ways.possible, items)
    worlds = [settle(ruleset, first, {})]
    alike = {clause: held for clause, held in worlds[0].truths.items() if clause not in reached}
    worlds += [settle(ruleset, values, alike) for values in others]
    wrong = ruleset.dependents(_disagreeing(worlds, second)) if second else set()
    outcomes = {
        clause.id: _outcome(clause, worlds if clause.id in reached else worlds[:1], wrong) for clause in ruleset.clauses
    }
    unsettled = {clause for clause in reached if outcomes[clause].state == "cannot_tell"}
    if unsettled and ways.conceivable:
        further = [settle(ruleset, values, alike) for values in _told_apart(ruleset, ways.conceivable, items)]
        outcomes |= {clause: _asking(ruleset.by_id[clause], outcomes[clause], further) for clause in unsettled}
    return worlds, outcomes


def _asking(clause: Clause, found: Outcome, further: Sequence[World]) -> Outcome:
    """Return the outcome with what would be missing in further worlds too."""
    return replace(found, missing=found.missing.union(*(missing(clause.when, world) for world in further)))


def _varying(alternatives: Sequence[Mapping[str, Value]]) -> set[str]:
    first = alternatives[0]
    return {item for values in alternatives[1:] for item, value in values.items() if first.get(item) is not value}


def _told_apart(
    ruleset: RuleSet, alternatives: Sequence[Mapping[str, Value]], items: set[str]
) -> list[Mapping[str, Value]]:
    """Return one alternative of each kind: CFS 2 and 3 are one kind to rules that all draw the line at 4."""
    if len(alternatives) <= 1:
        return list(alternatives)
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
