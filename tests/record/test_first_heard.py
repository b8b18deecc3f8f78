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


def test_what_the_record_sends_by_itself_screens_nobody_until_a_person_has_judged(hospital):
    sent = case()
    del sent["answers"]["cfs_clinician"]
    person = hospital.screen(sent, by=EPJ).person
    assert person in hospital.on("unscreened", NURSE)
    assert hospital.read(person).next_step.what == "screening"
    hospital.screen(case())
    assert person not in hospital.on("unscreened", NURSE)
    hospital.screen(sent, by=EPJ)
    assert person not in hospital.on("unscreened", NURSE)
    assert hospital.read(person).stream.course.screening.unjudged is False
