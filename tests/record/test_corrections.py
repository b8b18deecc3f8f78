"""A correction tells what it corrects and nothing else, and undoing it brings back the version before."""

from __future__ import annotations

import json

import pytest

from api.record.courses import Changed
from api.record.screenings import Stored
from api.record.shown_screenings import shown, shown_versions, to_correct
from api.ward.form.known import known_of
from careplans.course.events import Undone
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
