"""Each rule of the specification, on the reference evaluator alone and in lock-step with the durable engine."""

from __future__ import annotations

from collections import Counter

import pytest

from engine.lockstep import SecondEngine
from rules.assess import assess
from rules.assessment import Assessment
from rules.ruleset import RULES, national
from tests.spec.cases import RULE_CASES
from tests.spec.people import ON
from tests.spec.statements import OUTCOMES, RuleCase


def told(each: RuleCase) -> str:
    return f"{each.rule}: {each.outcome}: {each.title}"


@pytest.mark.parametrize("each", RULE_CASES, ids=told)
def test_a_rule_comes_out_as_the_specification_says(each: RuleCase, second: SecondEngine | None):
    found = assess(each.case, ON, national(), second=second)
    assert found.errors == ()
    assert outcome_of(each.rule, found) == each.outcome
    if each.missing is not None:
        assert missing_of(each.rule, found) == each.missing


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_no_rule_lacks_a_case_where_it_holds_one_where_it_does_not_and_one_undecided(rule: str):
    lacking = set(OUTCOMES) - {each.outcome for each in RULE_CASES if each.rule == rule}
    assert not lacking, (
        f"{rule} has no spec case of these kinds: {', '.join(sorted(lacking))}. Add them in tests/spec/cases."
    )


def test_every_case_speaks_of_a_rule_that_exists():
    assert {each.rule for each in RULE_CASES} <= {rule.id for rule in RULES}


def test_no_two_cases_are_told_alike():
    assert [title for title, times in Counter(map(told, RULE_CASES)).items() if times > 1] == []


def outcome_of(rule: str, found: Assessment) -> str:
    if found.fired(rule):
        return "holds"
    return "unknown" if any(each.rule == rule for each in found.undecided) else "does_not"


def missing_of(rule: str, found: Assessment) -> tuple[str, ...]:
    return next(each.missing for each in found.undecided if each.rule == rule)
