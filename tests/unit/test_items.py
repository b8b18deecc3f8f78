"""Items: what can be compared with what, and errors that say what to write instead."""

import pytest

from engine.conditions import Compare, Has, Is, Or
from engine.errors import RuleSetError
from engine.items import Item, read_items
from rules.items import age, municipal_services, residence
from rules.knowledge import ITEMS, SCORE_ITEMS
from tests.unit.small_ruleset import MANY, cups, drink, extras, name, thirsty


def test_a_number_is_compared_with_a_limit():
    assert cups.at_least(MANY) == Compare("cups", ">=", MANY)
    assert cups.below(MANY) == Compare("cups", "<", MANY)
    assert cups.equals(MANY) == Compare("cups", "==", MANY)


def test_a_yes_or_no_is_not_a_number_and_the_error_says_what_to_write():
    with pytest.raises(RuleSetError, match=r"thirsty is a yes_no, not a number\. Write \.is_yes\(\) or \.is_no\(\)"):
        thirsty.at_least(MANY)


def test_a_number_has_no_yes_and_the_error_says_what_to_write():
    with pytest.raises(RuleSetError, match=r"cups is a count, so it has no is_yes\. Write \.at_least\(LIMIT\)"):
        cups.is_yes()


def test_a_choice_has_no_members_and_the_error_says_what_to_write():
    with pytest.raises(RuleSetError, match=r"Write \.is_\(code\)"):
        drink.has("tea")


def test_a_text_is_never_compared():
    with pytest.raises(RuleSetError, match="texts and lists are not compared"):
        name.is_("anything")


def test_an_answer_that_does_not_exist_is_named_with_those_that_do():
    with pytest.raises(RuleSetError, match=r"residence has no answer 'hut'\. Choose one of home, adapted_housing"):
        residence.is_("hut")


def test_a_member_that_does_not_exist_is_named():
    with pytest.raises(RuleSetError, match=r"extras has no answer 'salt'\. Choose one of milk, sugar, lemon"):
        extras.has_nothing_but("salt")


def test_one_of_several_answers():
    assert drink.is_any("tea", "coffee") == Or((Is("drink", "tea"), Is("drink", "coffee")))


def test_has_any_without_names_is_not_empty():
    assert extras.has_any() == Or((Has("extras", "milk"), Has("extras", "sugar"), Has("extras", "lemon")))


def test_nothing_but_denies_all_the_others():
    assert extras.has_nothing_but("milk") == ~Or((Has("extras", "sugar"), Has("extras", "lemon")))


def test_a_guard_follows_every_comparison():
    guarded = cups.guarded_by(thirsty.is_yes())
    assert guarded.at_least(MANY) == cups.at_least(MANY) & thirsty.is_yes()


def test_an_id_twice_is_refused():
    with pytest.raises(RuleSetError, match="an id stands twice"):
        read_items([{"id": "tea", "kind": "yes_no"}, {"id": "tea", "kind": "count"}])


def test_the_items_are_those_of_the_specification_in_its_order():
    assert list(ITEMS)[:4] == ["age", "sex", "municipality", "residence"]
    assert (age.low, age.high) == (0, 130)
    assert len(municipal_services.codes) == 10


def test_no_score_has_the_id_of_an_item():
    assert ITEMS.keys() & SCORE_ITEMS.keys() == set()


def test_every_choice_and_set_has_codes_and_every_count_a_range():
    for item in ITEMS.values():
        assert bool(item.codes) or item.kind not in {"choice", "set"}
        assert item.kind != "count" or (item.low is not None and item.high is not None)


def test_items_are_values():
    assert Item("tea", "yes_no") == Item("tea", "yes_no")


def test_a_judgement_and_what_holds_for_the_day_are_never_taken_over():
    judged = {item.id for item in ITEMS.values() if item.judgement}
    assert judged == {
        "cfs_clinician",
        "surprised_if_died_within_12_months",
        *(each for each in ITEMS if each.startswith("spict_")),
    }
    assert {"four_at", "mst", "function_now"} <= {item.id for item in ITEMS.values() if item.anew}
    assert not any(item.carries for item in ITEMS.values() if item.judgement or item.anew)
    assert ITEMS["what_matters"].carries


def test_how_an_answer_is_taken_over_changes_no_rule_set():
    assert repr(Item("tea", "yes_no", judgement=True, anew=True)) == repr(Item("tea", "yes_no"))
