"""What the assessment as a whole says of someone."""

from __future__ import annotations

from typing import Any

import pytest

from engine.lockstep import SecondEngine
from rules.assess import assess
from rules.assessment import Assessment
from rules.ruleset import national
from tests.spec.cases import WHOLE_CASES
from tests.spec.people import ON
from tests.spec.statements import WholeCase


@pytest.mark.parametrize("each", WHOLE_CASES, ids=lambda each: each.title)
def test_the_assessment_says_what_the_specification_says(each: WholeCase, second: SecondEngine | None):
    found = said(assess(each.case, ON, national(), second=second))
    assert {name: found[name] for name in each.says} == dict(each.says)


def said(found: Assessment) -> dict[str, Any]:
    return {
        "tracks": [f"{each.track} {each.strength} {each.status}" for each in found.tracks],
        "team_list": found.on_team_list and found.on_team_list.reason,
        "pathway": found.pathway,
        "coordination_group": found.coordination_group,
        "notes": [note.code for note in found.notes],
        "ask_next": found.ask_next,
    }
