"""The reference evaluator, and the authority: settles conditions three-valued, with reasons and with what is missing.

A *world* is one way the facts may be. Where a number can only be one of a few (the CFS may be 6 or 9), each is a world,
and a rule is settled only if it is settled alike in all of them.

How each kind of condition is answered for stands in three tables: `TRUTH` says whether it holds, `REASONS` which facts
settle it, `MISSING` which answers could. (A look-up takes a fifth of the time of trying pattern after pattern.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn, TypeAlias, TypeVar

from engine.conditions import And, Compare, Condition, CountOf, Has, Holds, Is, Not, Or, Suggested
from engine.errors import RuleSetError
from engine.facts import Facts, Interval, SetAnswer, Value, joined
from engine.rules import RuleSet

Truth: TypeAlias = bool | None
Answered = TypeVar("Answered")
Memory: TypeAlias = dict[int, tuple[Condition, Answered]]
State = Literal["fired", "not_fired", "cannot_tell", "error"]
NOTHING: frozenset[str] = frozenset()


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


# How a kind of condition is answered for: one function a kind, the condition being of that kind.
Answering: TypeAlias = Mapping[type[Condition], Callable[[Any, World], Answered]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a rule came out: the facts behind it when it fired, the answers that could settle it when unsettled."""

    state: State
    facts: Facts = field(default_factory=dict)
    missing: frozenset[str] = NOTHING


NOT_FIRED = Outcome("not_fired")


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
    truths = [truth(condition, world) for world in worlds]
    if False not in truths and None not in truths:
        return Outcome("fired", joined([reasons(condition, world) for world in worlds]))
    if True not in truths and None not in truths:
        return NOT_FIRED
    return Outcome("cannot_tell", missing=NOTHING.union(*[missing(condition, world) for world in worlds]))


def truth(condition: Condition, world: World) -> Truth:
    """Return True, False, or None where the facts do not settle it."""
    found = world.decided.get(id(condition))
    if found is None:
        found = world.decided[id(condition)] = condition, TRUTH[type(condition)](condition, world)
    return found[1]


def reasons(condition: Condition, world: World) -> Facts:
    """Return facts that alone settle a settled condition as it is."""
    found = world.carried.get(id(condition))
    if found is None:
        found = world.carried[id(condition)] = condition, REASONS[type(condition)](condition, world)
    return found[1]


def missing(condition: Condition, world: World) -> frozenset[str]:
    """Return the items whose answers could settle the condition, or overturn it where it rests on a proposal."""
    found = world.asked.get(id(condition))
    if found is None:
        found = world.asked[id(condition)] = condition, MISSING[type(condition)](condition, world)
    return found[1]


def _unresolved(condition: Suggested, _: World) -> NoReturn:
    raise RuleSetError(f"What {condition.target} hangs on is not known. Resolve it when the rules are loaded.")


def _all_hold(condition: And, world: World) -> Truth:
    found: Truth = True
    for part in condition.conditions:
        held = truth(part, world)
        if held is False:
            return False
        if held is None:
            found = None
    return found


def _some_holds(condition: Or, world: World) -> Truth:
    found: Truth = False
    for part in condition.conditions:
        held = truth(part, world)
        if held is True:
            return True
        if held is None:
            found = None
    return found


def _opposite(condition: Not, world: World) -> Truth:
    held = truth(condition.condition, world)
    return None if held is None else not held


def _settled_before(condition: Holds, world: World) -> Truth:
    return world.truths[condition.id]


def _enough_hold(condition: CountOf, world: World) -> Truth:
    return _counted(condition, world, [truth(part, world) for part in condition.conditions])


def _counted(condition: CountOf, world: World, truths: Sequence[Truth]) -> Truth:
    limit, certain = world.ruleset.limits[condition.limit.name], truths.count(True)
    possible = certain + truths.count(None)
    return True if certain >= limit else False if possible < limit else None


def _compared(condition: Compare, world: World) -> Truth:
    number = world.values.get(condition.item)
    if not isinstance(number, Interval):
        return None
    limit, low, high = world.ruleset.limits[condition.limit.name], number.low, number.high
    if condition.operator == "==":
        outside = low > limit or (high is not None and high < limit)
        return True if number.exact and low == limit else False if outside else None
    at_least = True if low >= limit else False if high is not None and high < limit else None
    return at_least if condition.operator == ">=" or at_least is None else not at_least


def _answered_so(condition: Is, world: World) -> Truth:
    value = world.values.get(condition.item)
    return None if value is None else value == condition.answer


def _has_member(condition: Has, world: World) -> Truth:
    answer = world.values.get(condition.item)
    if not isinstance(answer, SetAnswer):
        return None
    return True if condition.member in answer.yes else False if condition.member in answer.no else None


TRUTH: Answering[Truth] = {
    And: _all_hold,
    Or: _some_holds,
    Not: _opposite,
    Holds: _settled_before,
    CountOf: _enough_hold,
    Compare: _compared,
    Is: _answered_so,
    Has: _has_member,
    Suggested: _unresolved,
}


def _carried(condition: And | Or, world: World) -> Facts:
    held = truth(condition, world)
    carrying = [part for part in condition.conditions if truth(part, world) is held]
    if held is isinstance(condition, And) or len(carrying) == 1:
        return joined([reasons(part, world) for part in carrying])
    # One is enough; the firmest speaks: what rests on an answer before what rests on a proposal, then the shortest.
    found = [(len(missing(part, world)), reasons(part, world)) for part in carrying]
    return min(found, key=lambda pair: (pair[0], len(pair[1])))[1]


def _carried_by_count(condition: CountOf, world: World) -> Facts:
    held = truth(condition, world)
    return joined([reasons(part, world) for part in condition.conditions if truth(part, world) is held])


def _carrying_end(condition: Compare, world: World) -> Facts:
    number, limit = world.values[condition.item], world.ruleset.limits[condition.limit.name]
    if not isinstance(number, Interval):
        raise RuleSetError(f"{condition.item} is not a number in this world. Give it as an interval.")
    if condition.operator != "==":
        return number.low_facts if number.low >= limit else number.high_facts
    if number.exact and number.low == limit:
        return joined((number.low_facts, number.high_facts))
    return number.low_facts if number.low > limit else number.high_facts


def _answer_fact(condition: Is, world: World) -> Facts:
    return {(condition.item, None): world.values[condition.item]}


def _member_fact(condition: Has, world: World) -> Facts:
    item, answer = condition.item, world.values[condition.item]
    if not isinstance(answer, SetAnswer):
        raise RuleSetError(f"{item} is not a set in this world.")
    codes = world.ruleset.items[item].codes
    if len(answer.yes) + len(answer.no) == len(codes):
        return {(item, None): [code for code in codes if code in answer.yes]}
    return {(item, condition.member): condition.member in answer.yes}


REASONS: Answering[Facts] = {
    And: _carried,
    Or: _carried,
    Not: lambda condition, world: reasons(condition.condition, world),
    Holds: lambda condition, world: reasons(world.ruleset.by_id[condition.id].when, world),
    CountOf: _carried_by_count,
    Compare: _carrying_end,
    Is: _answer_fact,
    Has: _member_fact,
    Suggested: _unresolved,
}


def _open(condition: And | Or, world: World) -> frozenset[str]:
    """Return what is missing; where one part decides it, only what could overturn every part that does."""
    deciding = isinstance(condition, Or)
    if truth(condition, world) is not deciding:
        return NOTHING.union(*[missing(part, world) for part in condition.conditions])
    deciders = [missing(part, world) for part in condition.conditions if truth(part, world) is deciding]
    return NOTHING.union(*deciders) if all(deciders) else NOTHING


def _open_count(condition: CountOf, world: World) -> frozenset[str]:
    held, asked = truth(condition, world), [missing(part, world) for part in condition.conditions]
    firm = [truth(part, world) if not each else None for part, each in zip(condition.conditions, asked, strict=True)]
    settled = held is not None and _counted(condition, world, firm) is held
    return NOTHING if settled else NOTHING.union(*asked)


def _open_answer(condition: Compare | Is | Has, world: World) -> frozenset[str]:
    settled, value = truth(condition, world) is not None, world.values.get(condition.item)
    if isinstance(value, Interval):
        return frozenset(value.provisional if settled else value.missing + value.provisional)
    return NOTHING if settled else frozenset((condition.item,))


MISSING: Answering[frozenset[str]] = {
    And: _open,
    Or: _open,
    Not: lambda condition, world: missing(condition.condition, world),
    Holds: lambda condition, world: missing(world.ruleset.by_id[condition.id].when, world),
    CountOf: _open_count,
    Compare: _open_answer,
    Is: _open_answer,
    Has: _open_answer,
    Suggested: _unresolved,
}
