"""Which facts a change of rules moves a person by: what a changed comparison looks at, and what is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.conditions import CountOf
from engine.items import Item
from population.compiled import LEVEL, Compiled, Leaf, Node
from population.leaves import OPEN, UNKNOWN
from rules.knowledge import ITEMS, SCORE_ITEMS

Value = bool | int | str | Mapping[str, int | None] | Mapping[str, Sequence[str]] | None
Fact = tuple[str, Value]
"""An item and what is known of it: None is unknown; `low` and `high` are the ends of what it may be, None is open."""

KNOWN_ITEMS = {**ITEMS, **SCORE_ITEMS}


def moved_items(rule: str, old: Compiled, new: Compiled) -> tuple[str, ...]:
    """Return the items that a rule compares otherwise than before, in the form's order."""
    before, after = (set(_comparisons(rule, rules)) for rules in (old, new))
    moved = {item for item, _ in before ^ after}
    return tuple(item for item in KNOWN_ITEMS if item in moved)


def looked_at(rule: str, sides: Sequence[Compiled]) -> tuple[str, ...]:
    """Return the items that a rule compares in some rule sets, in the form's order."""
    compared = {item for rules in sides for item, _ in _comparisons(rule, rules)}
    return tuple(item for item in KNOWN_ITEMS if item in compared)


def _comparisons(rule: str, rules: Compiled) -> Iterator[tuple[str, object]]:
    """Yield each item that a rule looks at, with how; an item in a count also with what the count must reach."""
    if rule not in rules.clauses:
        return
    waiting: list[tuple[Node, tuple[object, ...]]] = [(rules.clauses[rule], ())]
    while waiting:
        node, within = waiting.pop()
        if isinstance(node.condition, Leaf):
            yield node.condition.item, (node.condition, _limit(node, rules), within)
        if isinstance(node.condition, CountOf):
            within = (*within, _limit(node, rules))
        waiting += [(rules.by_name[part], within) for part in node.parts]


def _limit(node: Node, rules: Compiled) -> float | None:
    limit = getattr(node.condition, "limit", None)
    return rules.ruleset.limits[limit.name] if limit else None


def facts_for(items: Sequence[str], facts: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Return what is known of some items, of a person's facts and of the row of scores."""
    return tuple((item, _known(KNOWN_ITEMS[item], facts, row)) for item in items)


def unknown_for(items: Sequence[str], facts: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Return those of some items that are not known, or not exactly."""
    known = ((item, _nothing_is_none(value)) for item, value in facts_for(items, facts, row))
    return tuple((item, value) for item, value in known if value is None or _is_between(value))


def _nothing_is_none(value: Value) -> Value:
    return None if isinstance(value, Mapping) and not any(value.values()) else value


def _is_between(value: Value) -> bool:
    return isinstance(value, Mapping) and "low" in value


def _known(item: Item, facts: Mapping[str, Any], row: Mapping[str, Any]) -> Value:
    if item.id == LEVEL:
        return _between(row["cfs.low"], row["cfs.high"])
    if f"{item.id}.low" in facts:
        low, high = facts[f"{item.id}.low"], facts[f"{item.id}.high"]
        return _between(None if low == UNKNOWN else low, None if high == OPEN else high)
    if item.kind == "set":
        return {side: _members(item, facts[f"{item.id}.{side}"]) for side in ("yes", "no")}
    given = facts[item.id]
    if given == UNKNOWN:
        return None
    return bool(given) if item.kind == "yes_no" else item.codes[given]


def _between(low: int | None, high: int | None) -> Value:
    if low is None and high is None:
        return None
    return low if low == high else {"low": low, "high": high}


def _members(item: Item, mask: int) -> list[str]:
    return [code for place, code in enumerate(item.codes) if mask & (1 << place)]
