"""A tiny rule set about tea, to test the machinery without any clinical fact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.conditions import Condition, Limit
from engine.evaluation import World, settle
from engine.facts import Interval, SetAnswer, Value
from engine.items import Item
from engine.rules import Definition, Rule, RuleSet, Suggestion
from engine.thresholds import Threshold

MANY = Limit("many")
cups = Item("cups", "count", low=0, high=20, unit="cups")
thirsty = Item("thirsty", "yes_no")
warm = Item("warm", "yes_no")
drink = Item("drink", "choice", codes=("tea", "coffee", "water"))
extras = Item("extras", "set", codes=("milk", "sugar", "lemon"))
name = Item("name", "text")
ITEMS = {item.id: item for item in (cups, thirsty, warm, drink, extras, name)}
THRESHOLDS = {"many": Threshold("many", 3, "cups", "the_kettle", low=2, high=5)}


def rule(id: str, when: Condition, target: str = "action:pour") -> Rule:
    """Return a rule that suggests to pour."""
    return Rule(id, when, Suggestion(target), ("the_kettle",))


def ruleset(*rules: Rule, definitions: tuple[Definition, ...] = (), **changes: Any) -> RuleSet:
    """Return a rule set of these rules over the tea items."""
    known = {"version": "1", "items": ITEMS, "thresholds": THRESHOLDS, **changes}
    return RuleSet(rules=rules, definitions=definitions, **known)


def world(when: Condition, **values: Value | int) -> World:
    """Return the world where the rule `it` is this condition and these answers are known; a number is exact."""
    return settle(ruleset(rule("it", when)), known(values), {})


def known(values: Mapping[str, Value | int]) -> dict[str, Value]:
    """Return answers as the rules see them."""
    return {item: as_value(item, value) for item, value in values.items()}


def as_value(item: str, value: Value | int) -> Value:
    """Return one answer as the rules see it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Interval.answer(item, value)
    return value


def with_(*yes: str) -> SetAnswer:
    """Return a complete answer to what is in the tea."""
    return SetAnswer(frozenset(yes), frozenset(extras.codes) - frozenset(yes))


def partly(yes: str = "", no: str = "") -> SetAnswer:
    """Return a partial answer to what is in the tea."""
    return SetAnswer(frozenset(yes.split()), frozenset(no.split()))
