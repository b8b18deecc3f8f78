"""A correction tells what it corrects and nothing else, and undoing it brings back the version before."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from api.record.courses import Changed
from api.record.screenings import Stored
from api.record.shown_screenings import shown, shown_versions, to_correct
from api.ward.form.known import known_of
from careplans.course.events import Admitted, Discharged, DischargeExpected, Transferred, Undone
from tests.record.hospital import DOCTOR, EPJ, Hospital, case


def corrected_and_undone(hospital: Hospital) -> Stored:
    """Return a screening whose correction was taken back."""
    stored = hospital.screen(by=EPJ)
    hospital.correct(stored, case(answers={"cfs_clinician": 8}), EPJ)
    last = hospital.read(stored.person).stream.recorded[-1]
    hospital.tell(stored.person, Undone(last.id, "Feil pasient"), DOCTOR)
    return stored


def test_undoing_a_correction_shows_the_version_before_and_begins_a_form_from_it(hospital):
    stored = corrected_and_undone(hospital)
    stream = hospital.read(stored.person).stream
    with hospital.engine.connect() as connection:
        now = shown(connection, DOCTOR, stored.screening, now=hospital.now)
        known = known_of(connection, stream, now=hospital.now)
    assert (now.assessment, now.version) == (stored.assessment, 1)
    assert known.base == stored.assessment
    assert known.answer("cfs_clinician") == 6


def test_a_version_that_was_undone_keeps_its_number_and_is_not_corrected(hospital):
    stored = corrected_and_undone(hospital)
    with pytest.raises(Changed) as told:
        hospital.record.writer.run(lambda change: to_correct(change, DOCTOR, stored.screening, expected=2))
    assert told.value.version == 1
    again = hospital.correct(stored, case(answers={"cfs_clinician": 7}), EPJ)
    with hospital.engine.connect() as connection:
        found = shown_versions(connection, DOCTOR, stored.screening, now=hospital.now)
        now = shown(connection, DOCTOR, stored.screening, now=hospital.now)
    assert (again.version, [each.version for each in found]) == (3, [1, 2, 3])
    assert json.loads(now.inputs)["answers"]["cfs_clinician"] == 7


UNNAMED: dict[str, Any] = {"id": None, "admitted": None}


def test_a_correction_does_not_tell_again_what_has_changed_since(hospital):
    stay = {"expected_discharge": "2026-11-20"}
    stored = hospital.screen(case(encounter=stay), EPJ)
    hospital.tell(stored.person, Transferred("E1", "STO", "MED1"), EPJ)
    hospital.tell(stored.person, DischargeExpected("E1", date(2026, 11, 25)), EPJ)
    hospital.correct(stored, case(encounter=stay, answers={"cfs_clinician": 7}), EPJ)
    course = hospital.read(stored.person).stream.course
    assert (course.stay.ward, course.stay.expected) == ("MED1", date(2026, 11, 25))
    assert len(course.screenings[0].versions) == 1


def test_a_correction_tells_what_it_corrects_of_the_stay_and_the_patient(hospital):
    stored = hospital.screen(case(encounter={"expected_discharge": "2026-11-20"}), EPJ)
    right = case(encounter={"expected_discharge": "2026-11-23", "room": "14"}, patient={"municipality": "5059"})
    hospital.correct(stored, right, EPJ)
    course = hospital.read(stored.person).stream.course
    assert (course.stay.expected, course.stay.room, course.municipality) == (date(2026, 11, 23), "14", "5059")


def test_correcting_a_screening_of_an_earlier_stay_leaves_the_readmission_to_be_screened(hospital):
    hospital.screen(by=EPJ)
    stored = hospital.screen(case(encounter=UNNAMED), EPJ)
    hospital.tell(stored.person, Discharged("E1", hospital.now, "home"), EPJ)
    hospital.later(days=3)
    hospital.tell(stored.person, Admitted("E9", hospital.now, "STO", "GER2"), EPJ)
    hospital.correct(stored, case(encounter=UNNAMED, answers={"cfs_clinician": 7}), EPJ)
    seen = hospital.read(stored.person)
    assert {each.id: each.stay for each in seen.stream.course.screenings}[stored.screening] == "E1"
    assert seen.next_step.what == "screening"


@pytest.mark.parametrize("hour", [10, 13])
def test_correcting_the_hour_of_admission_makes_no_second_stay(hospital, hour):
    stored = hospital.screen(case(encounter={"id": None}), EPJ)
    hospital.start_plan(stored)
    right = datetime(2026, 11, 16, hour, 5, tzinfo=UTC)
    hospital.correct(stored, case(encounter={"id": None, "admitted": right.isoformat()}), EPJ)
    course = hospital.read(stored.person).stream.course
    assert [each.admitted for each in course.stays] == [right]
    assert course.running


def test_a_correction_may_say_that_the_screening_was_of_another_stay(hospital):
    hospital.screen(by=EPJ)
    hospital.tell(hospital.screen(by=EPJ).person, Discharged("E1", hospital.now, "home"), EPJ)
    hospital.later(days=3)
    again = {"id": "E9", "admitted": hospital.now.isoformat()}
    wrong = hospital.screen(case(), EPJ)
    hospital.open("1", Admitted("E9", hospital.now, "STO", "GER2"))
    hospital.correct(wrong, case(encounter=again), EPJ)
    stays = {each.id: each.stay for each in hospital.read(wrong.person).stream.course.screenings}
    assert stays[wrong.screening] == "E9"
