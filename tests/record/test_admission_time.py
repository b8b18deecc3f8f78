"""The time of admission is corrected by whoever told it, and the stay stays the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from careplans.course.events import Admitted, Undone
from careplans.course.state import Stay
from engine.errors import InputError
from tests.record.hospital import EPJ, MONDAY, NURSE, Hospital, case

EARLIER = datetime(2026, 11, 16, 9, 10, tzinfo=UTC)


def only_stay(hospital: Hospital, person: str) -> Stay:
    """Return the one stay that a patient has."""
    (stay,) = hospital.read(person).stream.course.stays
    return stay


def test_the_hospitals_record_sends_the_time_as_it_should_have_been(hospital):
    person = hospital.screen(by=EPJ).person
    hospital.screen(case(encounter={"admitted": EARLIER.isoformat(), "room": None}), by=EPJ)
    stay = only_stay(hospital, person)
    assert (stay.admitted, stay.ward, stay.room) == (EARLIER, "GER2", "12")


def test_a_time_that_is_sent_again_tells_nothing(hospital):
    person = hospital.screen(by=EPJ).person
    hospital.screen(case(encounter={"admitted": "2026-11-16T13:10:00Z"}), by=EPJ)
    assert [each.event.kind for each in hospital.read(person).stream.recorded].count("admitted") == 1


def test_an_event_of_the_same_stay_and_place_mends_the_time_and_is_undone_as_any(hospital):
    person = hospital.screen().person
    before = only_stay(hospital, person)
    mended = hospital.tell(person, Admitted("E1", EARLIER, "STO", "GER2"), NURSE).recorded[-1]
    assert only_stay(hospital, person).admitted == EARLIER
    assert hospital.read(person).stream.course.screening.stay == "E1"
    hospital.tell(person, Undone(mended.id, "Det første var rett"), NURSE)
    assert only_stay(hospital, person) == before


@pytest.mark.parametrize(
    "again",
    [
        Admitted("E1", MONDAY, "STO", "GER2"),
        Admitted("E1", EARLIER, "STO", "MED1"),
        Admitted("E1", EARLIER, "STO"),
        Admitted("E1", EARLIER, "ORK", "GER2"),
    ],
    ids=["the same time", "another ward", "no ward", "another hospital"],
)
def test_a_known_stay_is_not_admitted_anew_nor_moved_by_admitting(hospital, again):
    person = hospital.screen().person
    with pytest.raises(InputError, match="stay_there_already"):
        hospital.tell(person, again, NURSE)
