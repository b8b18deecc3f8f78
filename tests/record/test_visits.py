"""A visit at home is done at home: nobody ticks it while the patient lies in bed."""

from __future__ import annotations

import pytest

from careplans.course.events import StepDone
from engine.errors import InputError
from tests.record.hospital import Hospital
from tests.record.test_life_events import HOME, went_home


@pytest.mark.parametrize("step", ["HPH2", "HPH3", "HPH4"])
def test_a_visit_is_not_done_before_the_patient_has_gone_home(hospital: Hospital, step: str):
    stored = hospital.screen()
    hospital.start_plan(stored)
    with pytest.raises(InputError, match="not_home_yet"):
        hospital.tell(stored.person, StepDone("E1", step, hospital.now))


def test_it_is_done_late_at_any_time_afterwards(hospital: Hospital):
    person = went_home(hospital)
    hospital.later(days=40)
    done = StepDone(HOME.stay, "HPH2", hospital.now)
    hospital.tell(person, done)
    assert hospital.read(person).stream.course.marks[HOME.stay, "HPH2"] == done
