"""Every slip has a way back, also one that takes the patient from everyone who could have mended it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from api.record.courses import NoSuchPatient, NotYours
from api.record.streams import Stream
from api.storage.tables import access
from careplans.course.events import Admitted, Described, Discharged, PlanStarted, StepDone, Transferred, Undone
from careplans.course.state import RECEIPT
from tests.record.hospital import (
    ADMINISTRATOR,
    COORDINATOR,
    DOCTOR,
    EPJ,
    MUNICIPAL_NURSE,
    NURSE,
    NURSE_OF_MED1,
    TEAM,
    Hospital,
    user,
)


def last(stream: Stream) -> str:
    """Return the id of the newest event."""
    return stream.recorded[-1].id


def sent_to_no_hospital(hospital: Hospital) -> tuple[str, str]:
    """Return a patient whom a nurse moved to a hospital that there is not, and the id of the moving."""
    person = hospital.screen().person
    return person, last(hospital.tell(person, Transferred("E1", "ST0", "GER2"), NURSE))


def test_who_sent_a_patient_to_a_hospital_that_does_not_exist_takes_it_back(hospital):
    person, moved = sent_to_no_hospital(hospital)
    assert not any(hospital.sees(who, person) for who in (NURSE, DOCTOR, TEAM, EPJ))
    hospital.tell(person, Undone(moved, "Skrev null for O"), NURSE)
    assert hospital.sees(NURSE, person)


def test_taking_back_ones_own_is_logged_as_any_change(hospital):
    person, moved = sent_to_no_hospital(hospital)
    hospital.tell(person, Undone(moved, "Skrev null for O"), NURSE)
    with hospital.engine.connect() as connection:
        newest = connection.execute(select(access).order_by(access.c.seq.desc()).limit(1)).one()
    assert (newest.person, newest.action, newest.by) == (person, "undone", NURSE.id)


@pytest.mark.parametrize("who", [DOCTOR, TEAM, EPJ, NURSE_OF_MED1, user("administrator", "hospital:ORK")])
def test_for_whoever_did_not_write_it_the_patient_is_still_as_one_that_does_not_exist(hospital, who):
    person, moved = sent_to_no_hospital(hospital)
    with pytest.raises(NoSuchPatient):
        hospital.tell(person, Undone(moved, "Feil"), who)


def test_after_a_day_it_is_the_hospitals_administrator_who_takes_it_back(hospital):
    person, moved = sent_to_no_hospital(hospital)
    hospital.later(hours=24)
    with pytest.raises(NoSuchPatient):
        hospital.tell(person, Undone(moved, "For sent"), NURSE)
    hospital.tell(person, Undone(moved, "Feil sykehus"), ADMINISTRATOR)
    assert hospital.sees(NURSE, person)


@pytest.mark.parametrize("who", [NURSE, ADMINISTRATOR], ids=["the writer", "an administrator"])
def test_an_admission_that_was_undone_and_left_nothing_is_brought_back(hospital, who):
    stream = hospital.open("1", Described("Olga Prøve"), Admitted("E1", hospital.now, "STO", "GER2"), by=NURSE)
    undone = last(hospital.tell(stream.person, Undone(last(stream), "Feil pasient"), NURSE))
    assert not hospital.sees(NURSE, stream.person)
    hospital.tell(stream.person, Undone(undone, "Jo, rett"), who)
    assert hospital.sees(NURSE, stream.person)


def test_who_renewed_a_plan_takes_the_renewal_back_and_no_plan_that_the_hospital_began(hospital):
    stored = hospital.screen()
    begun = hospital.start_plan(stored)
    hospital.tell(stored.person, Discharged("E1", hospital.now, "home"), EPJ)
    rules = hospital.offered(stored.assessment)
    renewal = PlanStarted("P2", stored.assessment, hospital.now.date(), rules=rules, renews="P1")
    renewed = last(hospital.tell(stored.person, renewal, COORDINATOR))
    colleague = user("municipal_nurse", "municipality:5001")
    hospital.tell(stored.person, Undone(renewed, "Ikke ennå"), colleague)
    assert hospital.read(stored.person).stream.course.running.id == "P1"
    with pytest.raises(NotYours):
        hospital.tell(stored.person, Undone(last(begun), "Feil"), COORDINATOR)


def test_a_doctors_screening_is_not_hidden_by_whoever_may_only_screen(hospital):
    stored = hospital.screen(by=DOCTOR)
    screened = last(hospital.read(stored.person).stream)
    with pytest.raises(NotYours):
        hospital.tell(stored.person, Undone(screened, "Feil"), NURSE)
    hospital.tell(stored.person, Undone(screened, "Feil"), TEAM)
    assert hospital.read(stored.person).stream.course.screenings == ()


def test_a_nurse_takes_back_a_screening_of_her_own(hospital):
    stored = hospital.screen(by=NURSE)
    hospital.tell(stored.person, Undone(last(hospital.read(stored.person).stream), "Feil skjema"), NURSE)
    assert hospital.read(stored.person).stream.course.screenings == ()


def test_a_municipality_and_a_hospital_do_not_take_back_each_others_work(hospital):
    stored = hospital.screen()
    notice = last(hospital.tell(stored.person, StepDone("E1", "municipal_notice", hospital.now), NURSE))
    with pytest.raises(NotYours):
        hospital.tell(stored.person, Undone(notice, "test"), MUNICIPAL_NURSE)
    received = last(hospital.tell(stored.person, StepDone("E1", RECEIPT, hospital.now), MUNICIPAL_NURSE))
    with pytest.raises(NotYours):
        hospital.tell(stored.person, Undone(received, "test"), DOCTOR)
    hospital.tell(stored.person, Undone(received, "Feil pasient"), COORDINATOR)
    assert hospital.read(stored.person).stream.course.received is None


def test_an_admission_that_the_hospitals_record_sent_is_not_taken_back_by_a_nurse(hospital):
    stream = hospital.open("1", Described("Olga Prøve"), Admitted("E1", hospital.now, "STO", "GER2"))
    with pytest.raises(NotYours):
        hospital.tell(stream.person, Undone(last(stream), "test"), NURSE)
    hospital.tell(stream.person, Undone(last(stream), "Lå aldri her"), DOCTOR)
    assert not hospital.sees(NURSE, stream.person)
