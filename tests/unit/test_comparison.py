"""A rule set can be kept as data, read back as the same rules, and compared with another."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from engine.comparison import Change, compare
from engine.errors import RuleSetError
from engine.rules import RuleSet, Suggestion
from engine.snapshot import from_snapshot, to_condition, to_snapshot
from rules.assess import assess
from rules.frailty import robust
from rules.ruleset import Overlay, local, national
from tests.spec.people import ON, older


def kept(ruleset: RuleSet) -> RuleSet:
    return from_snapshot(json.loads(json.dumps(to_snapshot(ruleset))))


def test_a_kept_rule_set_is_no_different_from_the_one_in_force():
    assert compare(national(), kept(national())) == ()
    assert kept(national()).digest == national().digest


def test_a_kept_rule_set_assesses_as_the_one_in_force():
    case = older(cfs_clinician=6, lifelong_disability=False, falls_last_12_months=1)
    before, after = assess(case, ON, national()), assess(case, ON, kept(national()))
    assert (before.findings, before.undecided, before.tracks) == (after.findings, after.undecided, after.tracks)


def test_a_changed_limit_names_the_rules_it_reaches_near_and_far():
    (change,) = compare(national(), local(Overlay("x", {"cfs_frail": 4})))
    assert (change.what, change.id, change.kind) == ("limit", "cfs_frail", "value")
    assert {"cga_team", "shared_decision", "pathway_c", "pathway_decide", "coordinator"} <= set(change.reaches)
    assert "nutrition" not in change.reaches


def test_a_limit_with_another_source_or_other_bounds_and_a_table_with_another_content_are_told():
    base = national()
    limit = replace(base.thresholds["polypharmacy"], source="spec_1", low=1)
    other = replace(
        base, thresholds={**base.thresholds, "polypharmacy": limit}, knowledge={**base.knowledge, "cfs_tree": {}}
    )
    assert {(change.what, change.id, change.kind) for change in compare(base, other)} == {
        ("limit", "polypharmacy", "bounds"),
        ("limit", "polypharmacy", "sources"),
        ("table", "cfs_tree", "content"),
    }


def with_rules(*changed, without=()):
    base, names = national(), {rule.id for rule in changed}
    rules = [rule for rule in base.rules if rule.id not in names and rule.id not in without]
    return RuleSet(base.version, base.items, (*changed, *rules), base.definitions, base.thresholds, base.knowledge)


def test_a_rule_with_another_suggestion_another_condition_or_other_sources_is_told():
    changed = replace(
        robust, when=~robust.when, suggest=Suggestion(robust.suggest.target, "consider"), sources=("spec_1",)
    )
    kinds = {change.kind for change in compare(national(), with_rules(changed)) if change.id == "robust"}
    assert kinds == {"suggestion", "sources", "condition"}


def test_a_rule_that_is_gone_and_one_that_is_new_are_told():
    less = with_rules(without={"high_user"})
    assert Change("rule", "high_user", "removed") in compare(national(), less)
    assert Change("rule", "high_user", "added") in compare(less, national())


@pytest.mark.parametrize("data", [["no such"], [], ["is"], [">", "age", "x"]])
def test_a_condition_that_no_rule_can_have_is_refused(data):
    with pytest.raises(RuleSetError):
        to_condition(data)


def test_what_is_not_a_kept_rule_set_is_refused():
    with pytest.raises(RuleSetError, match="schema"):
        from_snapshot({"schema": "something else"})
