"""What a case tells is asked as an event is: nothing that has not taken place, and nothing of someone dead."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from api.storage.tables import person
from careplans.course.events import Died, Undone
from engine.errors import InputError
from tests.record.hospital import EPJ, Hospital, case

AHEAD = datetime(2026, 12, 24, 9, tzinfo=UTC).isoformat()


@pytest.mark.parametrize("told", ["admitted", "discharged"])
def test_a_case_that_tells_what_has_not_taken_place_is_refused_where_it_says_so_and_nothing_is_stored(hospital, told):
    with pytest.raises(InputError) as refused:
        hospital.screen(case(encounter={told: AHEAD}), EPJ)
    assert (refused.value.where, refused.value.code) == (f"encounter.{told}", "not_yet")
    with hospital.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(person)) == 0


def test_nobody_dead_is_screened_or_corrected_until_the_death_is_undone(hospital):
    stored = hospital.screen(by=EPJ)
    died = hospital.tell(stored.person, Died(hospital.now.date()), EPJ).recorded[-1]
    for wrong in (lambda: hospital.screen(by=EPJ), lambda: hospital.correct(stored, case(), EPJ)):
        with pytest.raises(InputError) as refused:
            wrong()
        assert refused.value.code == "patient_has_died"
    hospital.tell(stored.person, Undone(died.id, "Feil pasient"), EPJ)
    assert hospital.correct(stored, case(), EPJ).version == 2


def test_a_patient_who_is_told_of_when_already_home_is_admitted_and_discharged_at_once(hospital: Hospital):
    stored = hospital.screen(
        case(encounter={"admitted": "2026-11-14T10:00:00Z", "discharged": "2026-11-16T10:00:00Z"}), EPJ
    )
    stay = hospital.read(stored.person).stream.course.stay
    assert stay is not None
    assert stay.discharged == datetime(2026, 11, 16, 10, tzinfo=UTC)
