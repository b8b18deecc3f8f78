"""What was stored of an assessment stands, whatever tables and program it is read with."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from api.record.bases import Bases
from api.record.restored import FROM_THE_CASE, STORED_STANDS, as_stored
from api.result import to_result
from api.storage.said import said_by, said_in
from careplans.course.choices import accepted_of
from careplans.course.due import Basis
from forms.model import read_case
from rules.assessment import Assessment, RuleError
from rules.scores import norgep
from tests.record.hospital import MONDAY, Hospital, case, rules, words
from tests.storage.ward import CASES

SEDATIVES = ("N05BA01", "N06AA09", "N05AH04")
STEADY = {"falls_last_12_months": 0, "recent_function_decline": False, "cfs_clinician": 4}


def assessed(content: object) -> Assessment:
    return rules().assess(read_case(content), None, MONDAY)


def stored(assessment: Assessment) -> dict[str, object]:
    found: dict[str, object] = json.loads(json.dumps(to_result(assessment, words())))
    return found


@pytest.mark.parametrize("content", CASES)
def test_what_is_found_again_is_the_assessment_itself(content):
    made = assessed(content)
    assert as_stored(made, stored(made)) is made


@pytest.mark.parametrize("other", CASES)
@pytest.mark.parametrize("content", CASES)
def test_whatever_would_be_found_today_all_that_was_stored_is_what_is_read(content, other):
    then, today = assessed(other), assessed(content)
    read = as_stored(today, stored(then))
    assert less(said_by(read)) == less(said_in(stored(then)))
    assert (STORED_STANDS in read.notes) == (less(said_by(today)) != less(said_by(then)))


def less(said: dict[str, object]) -> dict[str, object]:
    """Return what follows from the case, without what only repeats it."""
    return {part: value for part, value in said.items() if part not in FROM_THE_CASE}


def test_what_the_engines_disagreed_on_stays_held_back_and_is_told_by_its_error_alone():
    made = assessed(case())
    held = {**stored(made), "findings": [], "errors": [{"rule": "cga_team", "text": "…"}]}
    read = as_stored(made, held)
    assert (read.findings, read.errors) == ((), (RuleError("cga_team", "engines_disagree"),))
    assert STORED_STANDS not in read.notes


@pytest.fixture
def other_norgep(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A program whose NORGEP table holds nothing."""

    def forget() -> None:
        for each in vars(norgep).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()

    forget()
    monkeypatch.setattr(norgep, "rows", lambda _: [])
    yield
    forget()


@pytest.fixture
def running(hospital: Hospital) -> tuple[Hospital, str, str]:
    """A plan that runs, and rests on the medicines among others."""
    content = case(answers=STEADY) | {"medicines": [{"atc": atc, "name": "x", "use": "regular"} for atc in SEDATIVES]}
    found = hospital.screen(content)
    hospital.start_plan(found)
    return hospital, found.person, found.assessment


def basis_of(hospital: Hospital, assessment: str) -> Basis:
    with hospital.engine.connect() as connection:
        return Bases().of(connection, [assessment])[assessment]


def test_a_plan_that_runs_goes_on_from_what_it_was_started_from(running, request):
    hospital, person, assessment = running
    course = hospital.read(person).stream.course
    before = basis_of(hospital, assessment).assessment
    request.getfixturevalue("other_norgep")
    after = basis_of(hospital, assessment).assessment
    assert after.offers == before.offers
    assert after.scores["norgep_hits"] == before.scores["norgep_hits"]
    assert accepted_of(course, course.running, after) == accepted_of(course, course.running, before)
    assert STORED_STANDS in after.notes
    assert STORED_STANDS not in before.notes


def test_another_table_is_what_the_test_says_it_is(running, other_norgep):
    hospital, _, assessment = running
    case_then = basis_of(hospital, assessment).case
    again = rules().assess(case_then, None, MONDAY)
    assert again.offers != basis_of(hospital, assessment).assessment.offers
