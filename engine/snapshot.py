"""A rule set as plain data and back, so that an old one can be kept, compared and run again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from engine.conditions import And, Compare, Condition, CountOf, Has, Holds, Is, Limit, Not, Or
from engine.errors import RuleSetError
from engine.items import Item
from engine.rules import Clause, Definition, Kept, Rule, RuleSet, Suggestion, as_data
from engine.thresholds import Threshold

SCHEMA = "retthjem/rules/1"


def to_snapshot(ruleset: RuleSet) -> dict[str, Any]:
    """Return the rule set as JSON values; each table behind the scores goes by its digest."""
    return {
        "schema": SCHEMA,
        "version": ruleset.version,
        "digest": ruleset.digest,
        "overlay": ruleset.overlay,
        "items": {item.id: _item(item) for item in ruleset.items.values()},
        "rules": {rule.id: _rule(ruleset, rule) for rule in ruleset.rules},
        "definitions": {each.id: as_data(ruleset.by_id[each.id].when) for each in ruleset.definitions},
        "tables": dict(ruleset.tables),
        "limits": {limit.name: asdict(limit) for limit in ruleset.thresholds.values()},
    }


def from_snapshot(data: Mapping[str, Any]) -> RuleSet:
    """Return the rule set that a snapshot holds; raise `RuleSetError` if it is not one."""
    if data.get("schema") != SCHEMA:
        raise RuleSetError(f"A kept rule set begins with schema {SCHEMA}. Make one with `retthjem rules export`.")
    items = {name: Item(**{**row, "id": name, "codes": tuple(row["codes"])}) for name, row in data["items"].items()}
    rules = [
        Rule(name, to_condition(row["when"]), Suggestion(row["suggests"], row["strength"]), tuple(row["sources"]))
        for name, row in data["rules"].items()
    ]
    return RuleSet(
        version=data["version"],
        items=items,
        rules=tuple(rules),
        definitions=tuple(Definition(name, to_condition(when)) for name, when in data["definitions"].items()),
        thresholds={name: Threshold(**row) for name, row in data["limits"].items()},
        overlay=data["overlay"],
        kept=Kept(data["digest"], data["tables"]),
    )


def to_condition(data: list[Any]) -> Condition:
    """Return the condition that `as_data` wrote."""
    match data:
        case ["is", item, answer]:
            return Is(item, answer)
        case ["has", item, member]:
            return Has(item, member)
        case ["holds", used]:
            return Holds(used)
        case ["not", inner]:
            return Not(to_condition(inner))
        case ["and", *inner]:
            return And(tuple(map(to_condition, inner)))
        case ["or", *inner]:
            return Or(tuple(map(to_condition, inner)))
        case ["count_of", limit, *inner]:
            return CountOf(Limit(limit), tuple(map(to_condition, inner)))
        case [(">=" | "<" | "==") as operator, item, limit]:
            return Compare(item, operator, Limit(limit))
    raise RuleSetError("A kept rule set holds a condition that no rule can have. Make it anew.")


def _item(item: Item) -> dict[str, Any]:
    return {"kind": item.kind, "codes": list(item.codes), "low": item.low, "high": item.high, "unit": item.unit}


def _rule(ruleset: RuleSet, rule: Rule) -> dict[str, Any]:
    resolved: Clause = ruleset.by_id[rule.id]
    return {
        "when": as_data(resolved.when),
        "suggests": rule.suggest.target,
        "strength": rule.suggest.strength,
        "sources": list(rule.sources),
    }
