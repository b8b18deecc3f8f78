"""A patient whose admission nobody has timed is here from when we first heard, until someone says when."""

from __future__ import annotations

import pytest

from engine.errors import InputError
from tests.record.hospital import COORDINATOR, EPJ, NURSE, case


def untimed(**encounter: object) -> dict[str, object]:
    """Return a case that says nothing of the stay but what is given."""
    return case() | {"encounter": encounter}


def test_someone_screened_without_a_time_of_admission_is_on_the_nurses_own_ward_from_now(hospital):
    person = hospital.screen(untimed()).person
    stay = hospital.read(person).stream.course.stay
    assert (stay.ward, stay.admitted, stay.assumed) == ("GER2", hospital.now, True)
    assert hospital.sees(NURSE, person)


def test_the_time_of_admission_is_mended_when_someone_says_it_and_no_second_stay_begins(hospital):
    person = hospital.screen(untimed()).person
    said = case()["encounter"] | {"id": None}
    assert hospital.screen(untimed(**said), by=EPJ).person == person
    (stay,) = hospital.read(person).stream.course.stays
    assert (stay.admitted.isoformat(), stay.assumed) == (said["admitted"], False)


def test_a_municipality_opens_no_record_of_someone_it_does_not_follow(hospital):
    with pytest.raises(InputError, match="patient_elsewhere"):
        hospital.screen(untimed(), by=COORDINATOR)
