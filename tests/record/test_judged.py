"""A screening in which nobody has judged the CFS leaves the patient to be screened, whoever signed it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.record.hospital import DOCTOR, NURSE, TEAM, Hospital, case

NOTHING: dict[str, Any] = dict.fromkeys(case()["answers"])


def signed(hospital: Hospital, **answers: object) -> str:
    """Return a patient whom a nurse has signed a form for, with these answers and no other."""
    return hospital.screen(case(answers=NOTHING | answers), NURSE).person


def test_an_empty_form_that_a_nurse_signed_screens_nobody(hospital):
    person = signed(hospital)
    seen = hospital.read(person)
    assert seen.next_step.what == "screening"
    assert next(each.step for each in seen.clocks if each.state == "open") == "screening"
    assert person in hospital.on("unscreened", NURSE)
    assert hospital.page("team", TEAM).rows[0].status == "unscreened"


def test_answers_that_leave_the_track_open_screen_nobody(hospital):
    person = signed(hospital, falls_last_12_months=2, lifelong_disability=False)
    assert person in hospital.on("unscreened", NURSE)


@pytest.mark.parametrize(
    "answers",
    [
        {"cfs_clinician": 3},
        {"terminal_illness": True},  # the tree gives 8 or 9, and both are one track
        {"lifelong_disability": True},  # CFS is not meant for this patient
    ],
)
def test_a_judged_cfs_or_answers_that_give_the_way_are_a_screening(hospital, answers):
    person = signed(hospital, **answers)
    assert person not in hospital.on("unscreened", NURSE)
    assert hospital.read(person).next_step.what != "screening"


def test_a_correction_that_takes_the_cfs_away_leaves_the_patient_to_be_screened(hospital):
    held = hospital.screen()
    hospital.correct(held, case(answers=NOTHING), DOCTOR)
    assert held.person in hospital.on("unscreened", NURSE)


def test_an_empty_form_takes_nothing_from_the_screening_before_it(hospital):
    held = hospital.screen()
    hospital.screen(case(answers=NOTHING))
    course = hospital.read(held.person).stream.course
    assert course.screening.assessment == held.assessment
    assert held.person not in hospital.on("unscreened", NURSE)
