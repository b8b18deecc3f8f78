"""The reference evaluator, and the authority: settles conditions three-valued, with reasons and with what is missing.

A *world* is one way the facts may be. Where a number can only be one of a few (the CFS may be 6 or 9), each is a world,
and a rule is settled only if it is settled alike in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, TypeVar

from engine.conditions import And, Compare, Condition, CountOf, Has, Holds, Is, Not, Or
from engine.errors import RuleSetError
from engine.facts import Facts, Interval, SetAnswer, Value, joined
from engine.rules import RuleSet

Truth: TypeAlias = bool | None
Answered = TypeVar("Answered")
Memory: TypeAlias = dict[int, tuple[Condition, Answered]]
State = Literal["fired", "not_fired", "cannot_tell", "error"]


@dataclass(frozen=True, slots=True)
class World:
    """One way the facts may be, and what has been settled in it so far; what is in neither is unknown.

    `decided`, `asked` and `carried` remember each condition with its answer, so that its identity stays its own.
    """

    ruleset: RuleSet
    values: Mapping[str, Value]
    truths: dict[str, Truth] = field(default_factory=dict)
    decided: Memory[Truth] = field(default_factory=dict)
    asked: Memory[frozenset[str]] = field(default_factory=dict)
    carried: Memory[Facts] = field(default_factory=dict)


Asked: TypeAlias = tuple[Condition, World]
Answering: TypeAlias = Callable[[Condition, World], Answered]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a rule came out: the facts behind it when it fired, the answers that could settle it when unsettled."""

    state: State
    facts: Facts = field(default_factory=dict)
    missing: frozenset[str] = frozenset()


def settle(ruleset: RuleSet, values: Mapping[str, Value], known: Mapping[str, Truth]) -> World:
    """Return the world of these values with every clause's truth, stratum by stratum; `known` are settled already."""
    world = World(ruleset, values, dict(known))
    for stratum in ruleset.strata:
        for clause in stratum:
            if clause.id not in known:
                world.truths[clause.id] = truth(clause.when, world)
    return world


def outcome(condition: Condition, worlds: Sequence[World]) -> Outcome:
    """Return how a condition comes out over all worlds: settled only if it is settled alike in each."""
    truths = {truth(condition, world) for world in worlds}
    if truths == {True}:
        return Outcome("fired", joined(reasons(condition, world) for world in worlds))
    if truths == {False}:
        return Outcome("not_fired")
    return Outcome("cannot_tell", missing=frozenset().union(*(missing(condition, world) for world in worlds)))


def truth(condition: Condition, world: World) -> Truth:
    """Return True, False, or None where the facts do not settle it."""
    found = world.decided.get(id(condition))  # asked for more than anything else, so without a call in between
    return found[1] if found else _remember(world.decided, _truth, (condition, world))


def _remembered(memory: Memory[Answered], answer: Answering[Answered], asked: Asked) -> Answered:
    found = memory.get(id(asked[0]))
    return found[1] if found else _remember(memory, answer, asked)


def _remember(memory: Memory[Answered], answer: Answering[Answered], asked: Asked) -> Answered:
    found = answer(*asked)
    memory[id(asked[0])] = asked[0], found
    return found


def _truth(condition: Condition, world: World) -> Truth:
    match condition:
        case And(conditions):
            return _all(truth(part, world) for part in conditions)
        case Or(conditions):
            return _not(_all(_not(truth(part, world)) for part in conditions))
        case Not(inner):
            return _not(truth(inner, world))
        case Holds(used):
            return world.truths[used]
        case Compare():
            return _compared(condition, world)
        case Is(item, answer):
            value = world.values.get(item)
            return None if value is None else value == answer
        case Has(item, member):
            return _has(world.values.get(item), member)
        case CountOf(limit, conditions):
            return _counted(world.ruleset.limits[limit.name], [truth(part, world) for part in conditions])
    raise RuleSetError(f"{type(condition).__name__} cannot be decided. Resolve it when the rules are loaded.")


def reasons(condition: Condition, world: World) -> Facts:
    """Return facts that alone settle a settled condition as it is."""
    return _remembered(world.carried, _reasons, (condition, world))


def _reasons(condition: Condition, world: World) -> Facts:
    held = truth(condition, world)
    match condition:
        case And(conditions):
            return _carried(conditions, world, held, every=held is True)
        case Or(conditions):
            return _carried(conditions, world, held, every=held is False)
        case CountOf(conditions=conditions):
            return joined(reasons(part, world) for part in conditions if truth(part, world) is held)
        case Not(inner):
            return reasons(inner, world)
        case Holds(used):
            return reasons(world.ruleset.by_id[used].when, world)
        case _:
            return _leaf_facts(condition, world)


def missing(condition: Condition, world: World) -> frozenset[str]:
    """Return the items whose answers could settle the condition, or overturn it where it rests on a proposal."""
    return _remembered(world.asked, _missing, (condition, world))


def _missing(condition: Condition, world: World) -> frozenset[str]:
    held = truth(condition, world)
    match condition:
        case And(conditions):
            return _open(conditions, world, deciding=False, held=held)
        case Or(conditions):
            return _open(conditions, world, deciding=True, held=held)
        case CountOf():
            return _open_count(condition, world, held)
        case Not(inner):
            return missing(inner, world)
        case Holds(used):
            return missing(world.ruleset.by_id[used].when, world)
        case _:
            return _leaf_missing(condition, world, held)


def _carried(conditions: Iterable[Condition], world: World, held: Truth, *, every: bool) -> Facts:
    carrying = [part for part in conditions if truth(part, world) is held]
    if every:
        return joined(reasons(part, world) for part in carrying)
    # One is enough; the firmest speaks: what rests on an answer before what rests on a proposal, then the shortest.
    found = [(len(missing(part, world)), reasons(part, world)) for part in carrying]
    return min(found, key=lambda pair: (pair[0], len(pair[1])))[1]


def _open(conditions: Iterable[Condition], world: World, *, deciding: bool, held: Truth) -> frozenset[str]:
    if held is not deciding:
        return frozenset().union(*(missing(part, world) for part in conditions))
    deciders = [missing(part, world) for part in conditions if truth(part, world) is deciding]
    return frozenset().union(*deciders) if all(deciders) else frozenset()


def _open_count(condition: CountOf, world: World, held: Truth) -> frozenset[str]:
    asked = [missing(part, world) for part in condition.conditions]
    firm = [truth(part, world) if not each else None for part, each in zip(condition.conditions, asked, strict=True)]
    settled = held is not None and _counted(world.ruleset.limits[condition.limit.name], firm) is held
    return frozenset() if settled else frozenset().union(*asked)


def _leaf_facts(condition: Condition, world: World) -> Facts:
    match condition:
        case Compare(item, operator, limit):
            number = world.values[item]
            if not isinstance(number, Interval):
                raise RuleSetError(f"{item} is not a number in this world. Give it as an interval.")
            return _carrying_end(number, operator, world.ruleset.limits[limit.name])
        case Is(item):
            return {(item, None): world.values[item]}
        case Has(item, member):
            return _member_fact(world, item, member)
    raise RuleSetError(f"{type(condition).__name__} has no reasons of its own.")


def _carrying_end(number: Interval, operator: str, limit: float) -> Facts:
    if operator == "==" and number.exact and number.low == limit:
        return joined((number.low_facts, number.high_facts))
    above = number.low > limit if operator == "==" else number.low >= limit
    return number.low_facts if above else number.high_facts


def _member_fact(world: World, item: str, member: str) -> Facts:
    answer = world.values[item]
    if not isinstance(answer, SetAnswer):
        raise RuleSetError(f"{item} is not a set in this world.")
    codes = world.ruleset.items[item].codes
    if len(answer.yes) + len(answer.no) == len(codes):
        return {(item, None): [code for code in codes if code in answer.yes]}
    return {(item, member): member in answer.yes}


def _leaf_missing(condition: Condition, world: World, held: Truth) -> frozenset[str]:
    if not isinstance(condition, Compare | Is | Has):
        raise RuleSetError(f"{type(condition).__name__} asks for no answer of its own.")
    value = world.values.get(condition.item)
    if isinstance(value, Interval):
        return frozenset(value.provisional if held is not None else value.missing + value.provisional)
    return frozenset() if held is not None else frozenset((condition.item,))


def _compared(condition: Compare, world: World) -> Truth:
    number = world.values.get(condition.item)
    if not isinstance(number, Interval):
        return None
    limit, high = world.ruleset.limits[condition.limit.name], number.high
    match condition.operator:
        case ">=":
            return True if number.low >= limit else False if high is not None and high < limit else None
        case "<":
            return False if number.low >= limit else True if high is not None and high < limit else None
        case "==":
            outside = number.low > limit or (high is not None and high < limit)
            return True if number.exact and number.low == limit else False if outside else None


def _has(answer: Value | None, member: str) -> Truth:
    if not isinstance(answer, SetAnswer):
        return None
    return True if member in answer.yes else False if member in answer.no else None


def _counted(limit: float, truths: Sequence[Truth]) -> Truth:
    certain = truths.count(True)
    possible = certain + truths.count(None)
    return True if certain >= limit else False if possible < limit else None


def _all(truths: Iterable[Truth]) -> Truth:
    found: Truth = True
    for each in truths:
        if each is False:
            return False
        if each is None:
            found = None
    return found


def _not(held: Truth) -> Truth:
    return None if held is None else not held
