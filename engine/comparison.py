"""What differs between two rule sets: rules, limits, items, and which rules a changed limit reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from engine.items import Item
from engine.rules import RuleSet, as_data
from engine.thresholds import Threshold

Kind = Literal["added", "removed", "condition", "suggestion", "sources", "value", "bounds", "answers", "content"]
What = Literal["rule", "definition", "limit", "item", "table"]
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `reaches` are the rules that build on what changed, near or far."""

    what: What
    id: str
    kind: Kind
    reaches: tuple[str, ...] = ()


LIMIT_PARTS: Mapping[Kind, Callable[[Threshold], object]] = {
    "value": lambda limit: limit.value,
    "bounds": lambda limit: (limit.low, limit.high, limit.not_over),
    "sources": lambda limit: (limit.source, limit.confirm),
}


def compare(old: RuleSet, new: RuleSet) -> tuple[Change, ...]:
    """Return every difference, in the order of the new rule set."""
    return (*_limits(old, new), *_rules(old, new), *_definitions(old, new), *_items(old, new), *_tables(old, new))


def _limits(old: RuleSet, new: RuleSet) -> Iterable[Change]:
    for change in _changed("limit", old.thresholds, new.thresholds, parts=LIMIT_PARTS):
        using = (clause for clause, limits in new.limits_used.items() if change.id in {each.name for each in limits})
        yield Change("limit", change.id, change.kind, _rules_reached(new, using))


def _rules(old: RuleSet, new: RuleSet) -> Iterable[Change]:
    yield from _changed(
        "rule",
        {rule.id: rule for rule in old.rules},
        {rule.id: rule for rule in new.rules},
        parts={
            "suggestion": lambda rule: rule.suggest,
            "sources": lambda rule: rule.sources,
        },
    )
    yield from _conditions("rule", old, new)


def _definitions(old: RuleSet, new: RuleSet) -> Iterable[Change]:
    before, after = ({each.id: each for each in ruleset.definitions} for ruleset in (old, new))
    yield from _changed("definition", before, after, parts={})
    yield from _conditions("definition", old, new)


def _conditions(what: What, old: RuleSet, new: RuleSet) -> Iterable[Change]:
    of = new.rules if what == "rule" else new.definitions
    for clause in of:
        before, after = old.by_id.get(clause.id), new.by_id[clause.id]
        if before and as_data(before.when) != as_data(after.when):
            yield Change(what, clause.id, "condition", _rules_reached(new, [clause.id]))


def _items(old: RuleSet, new: RuleSet) -> Iterable[Change]:
    yield from _changed("item", old.items, new.items, parts={"answers": _answers})


def _answers(item: Item) -> object:
    return item.kind, item.codes, item.low, item.high


def _tables(old: RuleSet, new: RuleSet) -> Iterable[Change]:
    yield from _changed("table", old.tables, new.tables, parts={"content": lambda digest: digest})


def _changed(
    what: What, old: Mapping[str, Thing], new: Mapping[str, Thing], *, parts: Mapping[Kind, Callable[[Thing], object]]
) -> Iterable[Change]:
    yield from (Change(what, name, "removed") for name in old if name not in new)
    yield from (Change(what, name, "added") for name in new if name not in old)
    for name in (name for name in new if name in old):
        for kind, part in parts.items():
            if part(old[name]) != part(new[name]):
                yield Change(what, name, kind)


def _rules_reached(ruleset: RuleSet, clauses: Iterable[str]) -> tuple[str, ...]:
    reached = ruleset.dependents(clauses)
    return tuple(rule.id for rule in ruleset.rules if rule.id in reached)
