"""A rule is data: an id, a condition, what it suggests, its sources. A rule set is checked once, when it is loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any, Literal

from engine.conditions import And, Compare, Condition, CountOf, Has, Holds, Is, Limit, Not, Or, Suggested, walk
from engine.errors import RuleSetError
from engine.items import Item
from engine.thresholds import Threshold

Strength = Literal["recommend", "consider"]
STRONGEST_FIRST: tuple[Strength, ...] = ("recommend", "consider")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a rule suggests: a target such as `track:cga_team` or `module:falls`, and how strongly."""

    target: str
    strength: Strength = "recommend"


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that leads to a suggestion; `sources` are ids of the sources file."""

    id: str
    when: Condition
    suggest: Suggestion
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """A named condition that rules build on and that suggests nothing by itself."""

    id: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Ladder:
    """Groups in the order they are tried; the first whose definition holds is the answer."""

    id: str
    rungs: tuple[tuple[int, str], ...]


Clause = Rule | Definition
SHORT_DIGEST = 12


def short_digest(digest: str) -> str:
    """Return as much of a digest as a person can compare at a glance."""
    return digest.removeprefix("sha256:")[:SHORT_DIGEST]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a kept rule set says of itself: its digest, and a digest of each table behind its scores."""

    digest: str
    tables: Mapping[str, str]


@dataclass(frozen=True)
class RuleSet:
    """Rules over items, with the limits in force, in strata: a stratum uses only what earlier ones settled."""

    version: str
    items: Mapping[str, Item]
    rules: tuple[Rule, ...]
    definitions: tuple[Definition, ...]
    thresholds: Mapping[str, Threshold]
    knowledge: Mapping[str, Any] = field(default_factory=dict)
    overlay: str | None = None
    kept: Kept | None = None

    def __post_init__(self) -> None:
        for clause in self.clauses:
            for condition in walk(clause.when):
                self._check(clause, condition)
        _ = self.strata

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Return the definitions and rules with each `Suggested` resolved to the rules that suggest it."""
        written: tuple[Clause, ...] = (*self.definitions, *self.rules)
        if len({clause.id for clause in written}) < len(written):
            raise RuleSetError("Two rules share an id. Give one of them another.")
        return tuple(replace(clause, when=self._resolved(clause.when)) for clause in written)

    @cached_property
    def by_id(self) -> dict[str, Clause]:
        """Return the clauses by id."""
        return {clause.id: clause for clause in self.clauses}

    @cached_property
    def written(self) -> dict[str, Condition]:
        """Return each clause's condition as it is written, which is how it is shown."""
        clauses: tuple[Clause, ...] = (*self.definitions, *self.rules)
        return {clause.id: clause.when for clause in clauses}

    @cached_property
    def limits(self) -> dict[str, float]:
        """Return each limit in force by name."""
        return {name: threshold.value for name, threshold in self.thresholds.items()}

    @cached_property
    def limits_used(self) -> dict[str, tuple[Threshold, ...]]:
        """Return the thresholds that each clause itself compares with, in the order they are written."""
        return {
            clause.id: tuple(map(self.thresholds.__getitem__, _limit_names(clause.when))) for clause in self.clauses
        }

    @cached_property
    def numbers_used(self) -> dict[str, Mapping[str, float]]:
        """Return the numbers in force that each clause itself compares with, by the limit's name."""
        return {clause: {limit.name: limit.value for limit in limits} for clause, limits in self.limits_used.items()}

    @cached_property
    def unconfirmed(self) -> frozenset[str]:
        """Return the clauses that compare with a limit which is recalled and not yet read in its source."""
        used = self.limits_used.items()
        return frozenset(clause for clause, limits in used if any(limit.confirm for limit in limits))

    @cached_property
    def comparing(self) -> dict[str, frozenset[str]]:
        """Return, for each item, the clauses whose own condition compares it."""
        found: dict[str, set[str]] = {item: set() for item in self.items}
        for clause in self.clauses:
            for part in walk(clause.when):
                if isinstance(part, Compare | Is | Has):
                    found[part.item].add(clause.id)
        return {item: frozenset(clauses) for item, clauses in found.items()}

    @cached_property
    def comparisons(self) -> tuple[Compare, ...]:
        """Return every comparison of a number with a limit, each once."""
        found = (part for clause in self.clauses for part in walk(clause.when) if isinstance(part, Compare))
        return tuple(dict.fromkeys(found))

    @cached_property
    def uses(self) -> dict[str, set[str]]:
        """Return, for each clause, the clauses that its own condition builds on."""
        return {
            clause.id: {part.id for part in walk(clause.when) if isinstance(part, Holds)} for clause in self.clauses
        }

    @cached_property
    def strata(self) -> tuple[tuple[Clause, ...], ...]:
        """Return the clauses in layers, each using only layers before it; a cycle is an error that names it."""
        sorter = TopologicalSorter(self.uses)
        try:
            sorter.prepare()
        except CycleError as cycle:
            raise RuleSetError(
                f"These rules wait for each other: {' -> '.join(cycle.args[1])}. Break the circle."
            ) from None
        layers = []
        while ready := sorter.get_ready():
            layers.append(tuple(clause for clause in self.clauses if clause.id in ready))
            sorter.done(*ready)
        return tuple(layers)

    @cached_property
    def digest(self) -> str:
        """Return `sha256:…` over rules, items, limits and the tables of the scores, the local overlay included."""
        if self.kept:
            return self.kept.digest
        content = {
            "clauses": [asdict(clause) | {"when": as_data(clause.when)} for clause in self.clauses],
            "items": [repr(item) for item in self.items.values()],
            "limits": self.limits,
            "knowledge": self.knowledge,
        }
        return _digest(content)

    @cached_property
    def tables(self) -> Mapping[str, str]:
        """Return a digest of each table behind the scores, by its name."""
        return self.kept.tables if self.kept else {name: _digest(table) for name, table in self.knowledge.items()}

    @cached_property
    def _by_target(self) -> dict[str, tuple[Rule, ...]]:
        found: dict[str, tuple[Rule, ...]] = {}
        for rule in self.rules:
            found[rule.suggest.target] = (*found.get(rule.suggest.target, ()), rule)
        return found

    def suggesting(self, target: str) -> tuple[Rule, ...]:
        """Return the rules that suggest a target."""
        return self._by_target.get(target, ())

    def offering(self, target: str) -> tuple[Rule, ...]:
        """Return the rules that suggest a target, as they are decided: with each `Suggested` resolved."""
        found = (self.by_id[rule.id] for rule in self.suggesting(target))
        return tuple(rule for rule in found if isinstance(rule, Rule))

    def dependents(self, ids: Iterable[str]) -> set[str]:
        """Return the ids and every clause that builds on them, near or far."""
        found = set(ids)
        for layer in self.strata if found else ():
            found |= {clause.id for clause in layer if self.uses[clause.id] & found}
        return found

    @cached_property
    def _known(self) -> dict[Condition, Condition]:
        return {}

    def _resolved(self, condition: Condition) -> Condition:
        """Return the condition as it is decided; equal ones are one and the same, so that each is settled once."""
        found = self._rewritten(condition)
        return self._known.setdefault(found, found)

    def _rewritten(self, condition: Condition) -> Condition:
        match condition:
            case Suggested(target):
                if not self.suggesting(target):
                    raise RuleSetError(f"No rule suggests {target}. Write the target of an existing rule.")
                return Or(tuple(self._resolved(Holds(rule.id)) for rule in self.suggesting(target)))
            case And(conditions) | Or(conditions):
                return type(condition)(tuple(map(self._resolved, conditions)))
            case CountOf(limit, conditions):
                return CountOf(limit, tuple(map(self._resolved, conditions)))
            case Not(inner):
                return Not(self._resolved(inner))
            case _:
                return condition

    def _check(self, clause: Clause, condition: Condition) -> None:
        match condition:
            case Compare(item=item) | Is(item=item) | Has(item=item) if item not in self.items:
                raise RuleSetError(f"{clause.id}: there is no item {item}. Add it to items.toml or mend the name.")
            case Compare(limit=Limit(name)) | CountOf(limit=Limit(name)) if name not in self.thresholds:
                raise RuleSetError(f"{clause.id}: there is no limit {name}. Add it to thresholds.toml with its source.")
            case Holds(id=used) if used not in self.by_id:
                raise RuleSetError(f"{clause.id}: there is no rule {used}. Mend the name.")


def as_data(condition: Condition) -> Any:
    """Return a condition as nested lists, for the digest and for comparing rule sets."""
    match condition:
        case Compare(item, operator, limit):
            return [operator, item, limit.name]
        case Is(item, answer):
            return ["is", item, answer]
        case Has(item, member):
            return ["has", item, member]
        case Holds(used):
            return ["holds", used]
        case Suggested(target):
            return ["suggested", target]
        case CountOf(limit, conditions):
            return ["count_of", limit.name, *map(as_data, conditions)]
        case Not(inner):
            return ["not", as_data(inner)]
        case And(conditions):
            return ["and", *map(as_data, conditions)]
        case Or(conditions):
            return ["or", *map(as_data, conditions)]
    raise RuleSetError(f"{type(condition).__name__} is not a condition that a rule can hold.")


def _digest(content: object) -> str:
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _limit_names(condition: Condition) -> dict[str, None]:
    return dict.fromkeys(part.limit.name for part in walk(condition) if isinstance(part, Compare | CountOf))
