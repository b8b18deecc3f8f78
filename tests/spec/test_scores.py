"""Each score of the specification."""

from __future__ import annotations

import pytest

from engine.lockstep import SecondEngine
from rules.assess import assess
from rules.assessment import Assessment
from rules.ruleset import national
from tests.spec.cases import SCORE_CASES
from tests.spec.people import ON, person
from tests.spec.statements import ScoreCase


def told(each: ScoreCase) -> str:
    return f"{each.score}: {each.title}"


def assessed(each: ScoreCase, second: SecondEngine | None) -> Assessment:
    return assess(each.case, ON, national(), second=second)


@pytest.mark.parametrize("each", SCORE_CASES, ids=told)
def test_a_score_is_what_the_specification_says(each: ScoreCase, second: SecondEngine | None):
    found = assessed(each, second).scores[each.score]
    assert (found.low, found.high) == (each.low, each.high)


@pytest.mark.parametrize("each", SCORE_CASES, ids=told)
def test_a_score_has_a_value_only_when_it_is_certain(each: ScoreCase, second: SecondEngine | None):
    found = assessed(each, second).scores[each.score]
    assert found.value == (each.low if each.low == each.high else None)


def test_every_score_has_a_case(second: SecondEngine | None):
    scores = assess(person(), ON, national(), second=second).scores
    assert set(scores) == {each.score for each in SCORE_CASES}
