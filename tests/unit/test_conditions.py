"""Conditions are data: joined by & | ~, never by Python's own words."""

from typing import Any

import pytest

from engine.conditions import And, Not, Or, count_of, walk
from engine.errors import RuleSetError
from tests.unit.small_ruleset import MANY, cups, extras, thirsty, warm

first: Any = thirsty.is_yes()
second: Any = warm.is_yes()


def test_writing_and_raises_and_says_what_to_write():
    with pytest.raises(RuleSetError, match=r"Write `&` for and, `\|` for or, `~` for not"):
        _ = first and second


def test_writing_or_raises_and_says_what_to_write():
    with pytest.raises(RuleSetError, match=r"`\|` for or"):
        _ = first or second


def test_writing_not_raises_and_says_what_to_write():
    with pytest.raises(RuleSetError, match=r"`~` for not"):
        _ = not first


def test_a_condition_is_not_joined_with_an_item():
    item: Any = warm
    with pytest.raises(RuleSetError, match="Compare an item first"):
        _ = first & item


def test_a_row_of_ands_is_one_and():
    assert (thirsty.is_yes() & warm.is_yes() & cups.at_least(MANY)) == And(
        (thirsty.is_yes(), warm.is_yes(), cups.at_least(MANY))
    )


def test_or_inside_and_keeps_its_brackets():
    condition = thirsty.is_yes() & (warm.is_yes() | cups.at_least(MANY))
    assert condition == And((thirsty.is_yes(), Or((warm.is_yes(), cups.at_least(MANY)))))


def test_not_twice_is_the_condition_itself():
    assert ~~thirsty.is_yes() == thirsty.is_yes()


def test_walking_meets_every_condition_inside():
    condition = ~(thirsty.is_yes() & count_of(MANY, warm.is_yes(), extras.has("milk")))
    assert {type(each).__name__ for each in walk(condition)} == {"Not", "And", "Is", "CountOf", "Has"}


def test_conditions_written_alike_are_equal():
    assert Not(thirsty.is_yes()) == ~thirsty.is_yes()
