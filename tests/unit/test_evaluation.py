"""The reference evaluator: three values, reasons that alone settle, and what is missing."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from engine.conditions import Condition, Holds, count_of
from engine.evaluation import World, missing, outcome, reasons, settle, truth
from engine.facts import Interval, because
from engine.lockstep import Ways, evaluate
from engine.rules import RuleSet
from tests.unit.small_ruleset import (
    MANY,
    cups,
    drink,
    extras,
    known,
    partly,
    rule,
    ruleset,
    thirsty,
    warm,
    with_,
    world,
)

YES, NO = True, False
PAIRS = list(itertools.product((True, False, None), repeat=2))


def asked(when: Condition, **values: Any) -> frozenset[str]:
    here = world(when, **values)
    return missing(of(here), here)


def why(when: Condition, **values: Any) -> dict[str, object]:
    here = world(when, **values)
    return because(reasons(of(here), here))


def of(here: World) -> Condition:
    return here.ruleset.by_id["it"].when


def held(when: Condition, **values: Any) -> bool | None:
    return world(when, **values).truths["it"]


def given(**answers: bool | None) -> dict[str, bool]:
    return {item: answer for item, answer in answers.items() if answer is not None}


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_and_holds_when_both_do_and_fails_when_one_does(first, second):
    expected = False if first is False or second is False else None if None in {first, second} else True
    assert held(thirsty.is_yes() & warm.is_yes(), **given(thirsty=first, warm=second)) is expected


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_or_holds_when_one_does_and_fails_when_neither_does(first, second):
    expected = True if first is True or second is True else None if None in {first, second} else False
    assert held(thirsty.is_yes() | warm.is_yes(), **given(thirsty=first, warm=second)) is expected


def test_not_of_unknown_is_unknown():
    assert held(~thirsty.is_yes()) is None
    assert held(~thirsty.is_yes(), thirsty=False) is True


def test_is_no_needs_somebody_who_said_no():
    assert held(thirsty.is_no()) is None
    assert held(thirsty.is_no(), thirsty=False) is True


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(3, 3, YES), (3, None, YES), (2, 2, NO), (2, 3, None), (0, None, None)]
)
def test_at_least_is_settled_when_the_whole_interval_is(low, high, expected):
    assert held(cups.at_least(MANY), cups=Interval(low, high)) is expected


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(3, 3, YES), (2, 4, None), (4, None, NO), (0, 2, NO), (3, None, None)]
)
def test_equals_is_settled_when_the_interval_is_the_limit_or_lies_outside(low, high, expected):
    assert held(cups.equals(MANY), cups=Interval(low, high)) is expected


def test_a_member_that_is_not_ticked_is_unknown_until_someone_says_none_of_the_others():
    assert held(extras.has("sugar"), extras=partly(yes="milk")) is None
    assert held(extras.has("sugar"), extras=with_("milk")) is False


def test_nothing_but_holds_when_the_others_are_ruled_out():
    assert held(extras.has_nothing_but("milk"), extras=partly(no="sugar lemon")) is True
    assert held(extras.has_nothing_but("milk"), extras=partly(yes="sugar")) is False
    assert held(extras.has_nothing_but("milk"), extras=with_()) is True


def test_a_count_of_conditions_is_an_interval_too():
    three = count_of(MANY, thirsty.is_yes(), warm.is_yes(), extras.has("milk"), drink.is_("tea"))
    assert held(three, thirsty=True, warm=True, drink="tea") is True
    assert held(three, thirsty=True, warm=False, drink="water") is False
    assert held(three, thirsty=True, warm=True, drink="water") is None


def test_what_is_missing_is_what_could_still_settle_it():
    condition = thirsty.is_yes() & (warm.is_yes() | cups.at_least(MANY))
    assert asked(condition, thirsty=True) == {"warm", "cups"}
    assert asked(condition, thirsty=False) == set()
    assert asked(condition, thirsty=True, cups=4) == set()


def test_the_reason_is_the_shortest_that_is_enough():
    condition = (thirsty.is_yes() & warm.is_yes()) | cups.at_least(MANY)
    assert why(condition, thirsty=True, warm=True, cups=4) == {"cups": 4}


def test_the_reason_of_a_failed_and_is_one_part_that_failed():
    assert why(thirsty.is_yes() & warm.is_yes(), thirsty=True, warm=False) == {"warm": False}


def test_the_reason_for_a_partial_set_is_its_member():
    assert why(extras.has("milk"), extras=partly(yes="milk")) == {"extras": {"milk": True}}


def test_the_reason_for_a_complete_set_is_the_whole_answer():
    assert why(extras.has_nothing_but("milk"), extras=with_("milk")) == {"extras": ["milk"]}


def test_an_answer_goes_before_a_proposal_as_the_reason():
    proposal = Interval(4, 4, {("cups", None): 4}, {("cups", None): 4}, provisional=("cups",))
    condition = cups.at_least(MANY) | (thirsty.is_yes() & warm.is_yes())
    assert why(condition, cups=proposal, thirsty=True, warm=True) == {"thirsty": True, "warm": True}
    assert asked(condition, cups=proposal) == {"cups"}


def test_a_rule_that_builds_on_another_gives_the_reasons_of_both():
    rules = ruleset(rule("first", thirsty.is_yes()), rule("second", Holds("first") & warm.is_yes()))
    here = settle(rules, {"thirsty": True, "warm": True}, {})
    assert because(reasons(rules.by_id["second"].when, here)) == {"thirsty": True, "warm": True}


def ways(*cups_in_each: int, **others: bool) -> Ways:
    return Ways([known({"cups": n, **others}) for n in cups_in_each])


def some_rules() -> RuleSet:
    return ruleset(rule("many", cups.at_least(MANY)), rule("few", cups.below(MANY)), rule("exactly", cups.equals(MANY)))


def test_a_rule_is_settled_only_when_it_is_alike_in_every_world():
    _, outcomes = evaluate(some_rules(), ways(3, 4))
    assert {clause: each.state for clause, each in outcomes.items()} == {
        "many": "fired",
        "few": "not_fired",
        "exactly": "cannot_tell",
    }


def test_six_or_nine_is_not_seven():
    _, outcomes = evaluate(some_rules(), ways(2, 5))
    assert outcomes["exactly"].state == "not_fired"


class Contrary:
    """An engine that says the opposite of one clause."""

    def __init__(self, clause: str, opinion: bool | str | None) -> None:
        self.clause, self.opinion = clause, opinion

    def truths(self, world: World) -> dict[str, bool | str | None]:
        return {**world.truths, self.clause: self.opinion}


@pytest.mark.parametrize("opinion", [False, None, "error"])
def test_a_disagreement_is_an_error_for_the_rule_and_all_that_build_on_it(opinion):
    rules = ruleset(rule("first", thirsty.is_yes()), rule("second", Holds("first")), rule("apart", warm.is_yes()))
    _, outcomes = evaluate(rules, Ways([{"thirsty": True, "warm": False}]), Contrary("first", opinion))
    assert {clause: each.state for clause, each in outcomes.items()} == {
        "first": "error",
        "second": "error",
        "apart": "not_fired",
    }


def test_a_condition_comes_out_with_its_reasons_over_all_worlds():
    rules = some_rules()
    worlds = [settle(rules, known({"cups": n}), {}) for n in (3, 4)]
    assert outcome(rules.by_id["many"].when, worlds).state == "fired"
    assert truth(rules.by_id["many"].when, worlds[0]) is True
