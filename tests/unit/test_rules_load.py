"""A rule set is checked when it is loaded: cycles, unknown names, sources, local limits, texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.conditions import Holds, Limit, Suggested
from engine.errors import InputError, RuleSetError
from engine.items import Item
from engine.rules import Definition
from engine.texts import Texts
from engine.thresholds import read_thresholds
from rules.assess import assess
from rules.discharge import COORDINATION_GROUPS
from rules.frailty import TRACKS
from rules.knowledge import ITEMS, rows
from rules.ruleset import RULES, Overlay, local, national, to_confirm, unsourced
from tests.spec.people import ON, person
from tests.unit.small_ruleset import cups, rule, ruleset, thirsty

ROOT = Path(__file__).parents[2]
TEXTS = Texts.load("nb", ROOT / "rules" / "texts", ROOT / "engine" / "texts")
KEYS = TEXTS.keys()


def test_rules_that_wait_for_each_other_are_named():
    with pytest.raises(RuleSetError, match=r"wait for each other: (a -> b -> a|b -> a -> b)"):
        ruleset(rule("a", Holds("b")), rule("b", Holds("a")))


def test_an_unknown_item_is_named():
    with pytest.raises(RuleSetError, match="a: there is no item teapot"):
        ruleset(rule("a", Item("teapot", "yes_no").is_yes()))


def test_an_unknown_limit_is_named():
    with pytest.raises(RuleSetError, match="a: there is no limit few"):
        ruleset(rule("a", cups.at_least(Limit("few"))))


def test_an_unknown_rule_is_named():
    with pytest.raises(RuleSetError, match="a: there is no rule b"):
        ruleset(rule("a", Holds("b")))


def test_a_target_that_no_rule_suggests_is_named():
    with pytest.raises(RuleSetError, match="No rule suggests track:tea"):
        ruleset(rule("a", Suggested("track:tea")))


def test_two_rules_with_one_id_are_refused():
    with pytest.raises(RuleSetError, match="share an id"):
        ruleset(rule("a", thirsty.is_yes()), definitions=(Definition("a", thirsty.is_yes()),))


def test_suggested_is_resolved_to_the_rules_that_suggest_it():
    rules = ruleset(rule("a", thirsty.is_yes(), "track:tea"), rule("b", Suggested("track:tea")))
    assert [[clause.id for clause in stratum] for stratum in rules.strata] == [["a"], ["b"]]


def test_a_threshold_without_its_source_is_refused_by_name():
    with pytest.raises(RuleSetError, match=r"thresholds.toml: many: .*Give value, unit, source, low and high"):
        read_thresholds({"many": {"value": 3, "unit": "cups", "low": 1, "high": 5}})


@pytest.mark.parametrize("value", [2, 13, "5", True, float("nan")])
def test_a_local_limit_out_of_bounds_is_refused_with_the_remedy(value):
    with pytest.raises(InputError, match=r"thresholds.polypharmacy: limit_out_of_range") as refused:
        local(Overlay("Orkland", thresholds={"polypharmacy": value}))
    assert refused.value.values == {"low": 3, "high": 12, "unit": "regular medicines"}


def test_an_unknown_local_limit_is_refused():
    with pytest.raises(InputError, match=r"thresholds.polypharmcy: no_such_limit"):
        local(Overlay("Orkland", thresholds={"polypharmcy": 5}))


def test_a_local_limit_is_in_force_and_shown_in_the_digest_and_the_name():
    here = local(Overlay("Orkland", thresholds={"polypharmacy": 6}))
    assert here.limits["polypharmacy"] == 6
    assert here.digest != national().digest
    assert assess(person(), ON, here).ruleset.overlay == "Orkland"


def test_the_digest_is_the_same_each_time():
    assert national().digest == local(Overlay("none")).digest


@pytest.mark.parametrize("frail", [4, 5, 6])
def test_no_level_is_left_without_a_track_wherever_frailty_begins(frail):
    here = local(Overlay("local", thresholds={"cfs_frail": frail}))
    for level in range(1, 10):
        case = person(age=80, lifelong_disability=False, terminal_illness=False, cfs_clinician=level)
        assert assess(case, ON, here).tracks, level


def test_every_source_that_is_named_exists():
    assert unsourced(national()) == []


def test_a_recalled_limit_keeps_its_mark():
    assert {rule.id for rule in RULES if to_confirm(national(), rule.id)} == {"medication_review_gp", "high_user"}


def test_every_text_that_rules_and_results_need_is_written():
    assert [key for key in needed() if key not in TEXTS] == []


def test_no_text_of_a_rule_speaks_of_something_that_is_no_longer_there():
    kinds = ("item.", "question.", "group.", "rule.", "suggest.", "definition.", "threshold.")
    left_over = {key for key in KEYS if key.startswith(kinds)} - set(needed())
    assert left_over == set()
    assert {key.removeprefix("why.") for key in KEYS if key.startswith("why.")} <= {rule.id for rule in RULES}


def test_the_short_labels_of_the_levels_are_those_of_the_data():
    assert [TEXTS(f"cfs.{row['level']}") for row in rows("cfs_levels")] == [
        row["label_nb_v2"] for row in rows("cfs_levels")
    ]


def test_a_suggestion_is_an_offer_and_never_an_order():
    ordering = re.compile(r"\b(må|skal|bestem\w*|pålegg\w*)\b", re.IGNORECASE)
    assert [rule.id for rule in RULES if ordering.search(TEXTS(f"suggest.{rule.id}"))] == []


def needed() -> Iterator[str]:
    rules = national()
    for item in rules.items.values():
        yield from _of_item(item)
    for each in rules.rules:
        yield from (f"rule.{each.id}", f"suggest.{each.id}", f"strength.{each.suggest.strength}")
    yield from (f"definition.{each.id}" for each in rules.definitions)
    for threshold in rules.thresholds.values():
        yield from (f"threshold.{threshold.name}", f"unit.{threshold.unit}")
    yield from _of_results()


def _of_item(item: Item) -> Iterator[str]:
    yield f"item.{item.id}"
    yield from (f"answer.{item.id}.{code}" for code in item.codes)
    if item.id in ITEMS:
        yield from (f"question.{item.id}", f"group.{item.group}")
    if item.unit:
        yield f"unit.{item.unit}"


def _of_results() -> Iterator[str]:
    found: Any = assess(person(), ON, national())
    yield from (f"score.{score}" for score in found.scores)
    yield from (target.replace(":", ".") for target in TRACKS)
    yield from (f"coordination_group.{group}" for group, _ in COORDINATION_GROUPS.rungs)
    yield from (f"cfs.{level}" for level in range(1, 10))
    yield from ("answer.yes", "answer.no", "answer.unknown", "status.final", "status.preliminary", "confirm")
    yield from ("pathway.A", "pathway.B", "pathway.C", "error.engines_disagree", "cfs.attribution")
    reasons = ("undecided", "clinical_judgement", "shared_decision", "cga_team", "palliative_focus")
    yield from (f"team_list.{reason}" for reason in reasons)
