"""Life happens, and every happening has its way back: through the services, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from api.record import screenings
from api.record.courses import Changed, NoSuchPatient, NotYours
from api.record.shown_screenings import to_correct
from api.record.streams import Stream
from careplans.course.events import (
    AddressProtected,
    Admitted,
    Died,
    Discharged,
    DischargeExpected,
    Merged,
    Moved,
    PlanResumed,
    PracticeSet,
    ReadyForDischarge,
    RecordBlocked,
    Retracted,
    StepDone,
    Transferred,
    Undone,
)
from engine.errors import InputError
from tests.record.hospital import (
    COORDINATOR,
    COORDINATOR_OF_5059,
    DOCTOR,
    EPJ,
    GP,
    MONDAY,
    NURSE,
    NURSE_OF_MED1,
    NURSE_OF_ORKDAL,
    TEAM,
    TEAM_OF_ORKDAL,
    Hospital,
    case,
)

HOME = Discharged("E1", datetime(2026, 11, 23, 10, tzinfo=UTC), "home")
EVERYONE = (NURSE, DOCTOR, TEAM, COORDINATOR, COORDINATOR_OF_5059, GP, EPJ, NURSE_OF_MED1, NURSE_OF_ORKDAL)


def newest(stream: Stream) -> str:
    """Return the id of the last event."""
    return stream.recorded[-1].id


def day_of(hospital: Hospital, person: str, step: str) -> date | None:
    """Return the day that a step is due."""
    due = next(each.due for each in hospital.read(person).clocks if each.step == step)
    return due.date() if due else None


def went_home(hospital: Hospital) -> str:
    """Return a patient who went home with a plan."""
    stored = hospital.screen()
    hospital.start_plan(stored)
    hospital.now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    hospital.tell(stored.person, HOME)
    return stored.person


def test_a_discharge_that_is_moved_moves_the_dates_and_one_that_is_cancelled_takes_them_away(hospital):
    stored = hospital.screen()
    hospital.start_plan(stored)
    hospital.tell(stored.person, DischargeExpected("E1", date(2026, 11, 20)))
    assert day_of(hospital, stored.person, "HPH2") == date(2026, 11, 23)
    moved = hospital.tell(stored.person, DischargeExpected("E1", date(2026, 11, 25)))
    assert day_of(hospital, stored.person, "HPH2") == date(2026, 11, 28)
    hospital.tell(stored.person, Undone(newest(moved), "Feil dag"))
    assert day_of(hospital, stored.person, "HPH2") == date(2026, 11, 23)
    hospital.tell(stored.person, DischargeExpected("E1", None))
    assert day_of(hospital, stored.person, "HPH2") is None


def test_a_discharge_that_was_a_slip_is_taken_back_and_the_patient_is_in_bed_again(hospital):
    person = went_home(hospital)
    assert hospital.board().rows == ()
    hospital.tell(person, Undone(newest(hospital.read(person).stream), "Feil pasient"))
    assert hospital.read(person).stream.course.in_hospital
    assert [row.initials for row in hospital.board().rows] == ["OP"]


def test_the_old_ward_no_longer_sees_a_patient_who_was_moved_and_the_new_one_does(hospital):
    person = hospital.screen().person
    moved = hospital.tell(person, Transferred("E1", "STO", "MED1"))
    assert (hospital.sees(NURSE, person), hospital.sees(NURSE_OF_MED1, person)) == (False, True)
    assert (hospital.on("unscreened", NURSE), hospital.board().rows) == ([], ())
    with pytest.raises(NoSuchPatient):
        hospital.tell(person, DischargeExpected("E1", date(2026, 11, 20)), NURSE)
    hospital.tell(person, Undone(newest(moved), "Feil post"), NURSE_OF_MED1)
    assert (hospital.sees(NURSE, person), hospital.sees(NURSE_OF_MED1, person)) == (True, False)


def test_another_hospital_takes_the_patient_over(hospital):
    person = hospital.screen().person
    moved = hospital.tell(person, Transferred("E1", "ORK", "MED"))
    assert not any(hospital.sees(each, person) for each in (NURSE, TEAM, EPJ))
    assert hospital.on("team", TEAM) == []
    assert hospital.sees(NURSE_OF_ORKDAL, person)
    assert hospital.on("team", TEAM_OF_ORKDAL) == [person]
    with pytest.raises(NotYours):
        hospital.tell(person, Undone(newest(moved), "Ble likevel værende"), TEAM_OF_ORKDAL)
    hospital.tell(person, Undone(newest(moved), "Ble likevel værende"), DOCTOR)
    assert (hospital.on("team", TEAM), hospital.on("team", TEAM_OF_ORKDAL)) == ([person], [])


def test_the_room_of_the_old_ward_does_not_follow_to_the_new_one(hospital):
    person = hospital.screen().person
    assert hospital.page("team", TEAM).rows[0].room == "12"
    hospital.tell(person, Transferred("E1", "STO", "MED1"))
    assert hospital.page("team", TEAM).rows[0].room is None


def test_a_case_sent_again_with_a_new_ward_tells_of_the_move(hospital):
    person = hospital.screen(by=EPJ).person
    again = hospital.screen(case(encounter={"ward": "MED1"}), by=EPJ)
    assert again.person == person
    assert [each.event.kind for each in hospital.read(person).stream.recorded].count("transferred") == 1
    assert (hospital.sees(NURSE, person), hospital.sees(NURSE_OF_MED1, person)) == (False, True)


def test_the_same_case_sent_twice_tells_nothing_of_the_stay_anew(hospital):
    person = hospital.screen(by=EPJ).person
    hospital.screen(by=EPJ)
    kinds = [each.event.kind for each in hospital.read(person).stream.recorded]
    assert (kinds.count("admitted"), kinds.count("described"), kinds.count("screened")) == (1, 1, 2)


def test_who_goes_home_to_another_municipality_is_followed_up_there_and_seen_by_the_first_no_more(hospital):
    stored = hospital.screen()
    hospital.start_plan(stored)
    hospital.tell(stored.person, StepDone("E1", "municipal_notice", MONDAY), NURSE)
    assert hospital.on("municipality", COORDINATOR) == [stored.person]
    hospital.now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    gone = hospital.tell(stored.person, Discharged("E1", HOME.at, "home", municipality="5059"))
    assert (hospital.sees(COORDINATOR, stored.person), hospital.sees(COORDINATOR_OF_5059, stored.person)) == (
        False,
        True,
    )
    assert hospital.on("municipality", COORDINATOR_OF_5059) == [stored.person]
    hospital.tell(stored.person, Undone(newest(gone), "Feil kommune"))
    assert hospital.on("municipality", COORDINATOR) == [stored.person]


def test_a_patient_who_moves_belongs_to_the_new_municipality_and_the_way_back_is_to_undo_it(hospital):
    person = went_home(hospital)
    moved = hospital.tell(person, Moved("5059"), COORDINATOR)
    assert not hospital.sees(COORDINATOR, person)
    assert hospital.on("municipality", COORDINATOR_OF_5059) == [person]
    with pytest.raises(NotYours):
        hospital.tell(person, Undone(newest(moved), "Flyttet ikke"), COORDINATOR_OF_5059)
    hospital.tell(person, Undone(newest(moved), "Flyttet ikke"), COORDINATOR)
    assert hospital.on("municipality", COORDINATOR) == [person]


def test_a_municipality_sees_nobody_it_has_not_been_told_of(hospital):
    person = hospital.screen().person
    assert not hospital.sees(COORDINATOR, person)
    told = hospital.tell(person, StepDone("E1", "municipal_notice", MONDAY), NURSE)
    assert hospital.on("coordinator", COORDINATOR) == [person]
    hospital.tell(person, Undone(newest(told), "Ikke sendt"), NURSE)
    assert not hospital.sees(COORDINATOR, person)


def test_a_readmission_before_the_evaluation_pauses_the_plan_and_a_new_screening_takes_over(hospital):
    person = went_home(hospital)
    hospital.now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    back = Admitted("E2", datetime(2026, 12, 1, 8, tzinfo=UTC), "STO", "GER2")
    hospital.open("1", back)
    assert [plan.why for plan in hospital.read(person).stream.course.plans] == ["readmitted"]
    assert hospital.on("unscreened", NURSE) == [person]
    again = hospital.screen(case(encounter={"id": "E2", "admitted": "2026-12-01T09:00:00+01:00"}))
    hospital.start_plan(again, "P2")
    plans = hospital.read(person).stream.course.plans
    assert [(plan.id, plan.status) for plan in plans] == [("P1", "paused"), ("P2", "running")]


def test_a_readmission_that_was_a_slip_lets_the_plan_go_on_and_so_does_resuming_it(hospital):
    person = went_home(hospital)
    hospital.now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    back = hospital.open("1", Admitted("E2", datetime(2026, 12, 1, 8, tzinfo=UTC), "STO", "GER2"))
    resumed = hospital.tell(person, PlanResumed("P1"))
    assert hospital.read(person).stream.course.running.id == "P1"
    hospital.tell(person, Undone(newest(resumed), "For tidlig"))
    assert hospital.read(person).stream.course.running is None
    hospital.tell(person, Undone(newest(back), "Var ikke innlagt"))
    course = hospital.read(person).stream.course
    assert (course.running.id, course.in_hospital) == ("P1", False)


def test_what_was_recorded_on_the_wrong_patient_is_on_no_list_and_seen_by_nobody_until_it_is_restored(hospital):
    stored = hospital.screen()
    hospital.start_plan(stored)
    before = hospital.lists_with(stored.person, *EVERYONE)
    assert before
    wrong = hospital.tell(stored.person, Retracted("stay", "E1", "Feil pasient"))
    assert not any(hospital.sees(each, stored.person) for each in EVERYONE)
    assert hospital.lists_with(stored.person, *EVERYONE) == set()
    assert hospital.board().rows == ()
    hospital.restore(stored.person, Undone(newest(wrong), "Var rett likevel"))
    assert hospital.sees(NURSE, stored.person)
    assert hospital.lists_with(stored.person, *EVERYONE) == before


def test_a_retracted_screening_leaves_the_stay_to_be_screened_and_its_assessment_in_the_store(hospital):
    stored = hospital.screen()
    wrong = hospital.tell(stored.person, Retracted("screening", stored.screening, "Feil pasient"))
    assert hospital.on("unscreened", NURSE) == [stored.person]
    assert hospital.page("unscreened", NURSE).rows[0].cfs_high is None
    with hospital.engine.connect() as connection:
        assert screenings.newest(connection, stored.screening) is not None
    with pytest.raises(NotYours):
        hospital.tell(stored.person, Undone(newest(wrong), "Var rett likevel"), TEAM)
    hospital.tell(stored.person, Undone(newest(wrong), "Var rett likevel"), DOCTOR)
    assert hospital.on("unscreened", NURSE) == []


def test_two_records_of_one_person_are_told_as_one_and_one_plan_runs_until_they_are_parted(hospital):
    one, other = hospital.screen(), hospital.screen(case("2"))
    hospital.start_plan(one, "P1")
    hospital.start_plan(other, "P2")
    merged = hospital.tell(one.person, Merged(other.person), EPJ)
    course = hospital.read(one.person).stream.course
    assert [(plan.id, plan.status) for plan in course.plans] == [("P1", "paused"), ("P2", "running")]
    assert hospital.read(other.person).stream.person == one.person
    assert hospital.on("team", TEAM) == [one.person]
    assert {stay.id for stay in course.stays} == {"E1", "E2"}
    hospital.tell(one.person, Undone(newest(merged), "To personer"), EPJ)
    assert sorted(hospital.on("team", TEAM)) == sorted([one.person, other.person])
    for person, plan in ((one.person, "P1"), (other.person, "P2")):
        assert hospital.read(person).stream.course.running.id == plan


def test_a_case_of_a_merged_person_goes_to_the_record_that_was_kept(hospital):
    one, other = hospital.screen(), hospital.screen(case("2"))
    hospital.tell(one.person, Merged(other.person), EPJ)
    assert hospital.screen(case("2")).person == one.person


def test_three_records_that_were_merged_in_turn_are_parted_in_turn(hospital):
    kept, middle, first = (hospital.screen(case(each)).person for each in "123")
    hospital.tell(middle, Merged(first), EPJ)
    last = hospital.tell(kept, Merged(middle), EPJ)
    assert hospital.on("team", TEAM) == [kept]
    hospital.tell(kept, Undone(newest(last), "To personer"), EPJ)
    assert sorted(hospital.on("team", TEAM)) == sorted([kept, middle])
    assert hospital.read(first).stream.person == middle
    assert hospital.projected() == hospital.rebuilt()


def test_a_record_is_merged_once_and_never_into_itself(hospital):
    one, other = hospital.screen(), hospital.screen(case("2"))
    hospital.tell(one.person, Merged(other.person), EPJ)
    for wrong in (one.person, other.person, "nobody"):
        with pytest.raises(InputError, match="cannot_be_merged"):
            hospital.tell(one.person, Merged(wrong), EPJ)


def test_a_corrected_answer_counts_and_the_older_version_can_still_be_read(hospital):
    stored = hospital.screen()
    corrected = hospital.correct(stored, case(answers={"cfs_clinician": 4}))
    with hospital.engine.connect() as connection:
        versions = screenings.versions(connection, stored.screening)
    assert [(each.version, each.assessment) for each in versions] == [(1, stored.assessment), (2, corrected.assessment)]
    assert versions[0].outcome == stored.outcome != corrected.outcome
    course = hospital.read(stored.person).stream.course
    assert (course.screening.assessment, course.screening.versions) == (corrected.assessment, (stored.assessment,))
    assert hospital.page("municipality", COORDINATOR).rows == ()
    assert hospital.read(stored.person).basis[corrected.assessment].case.answers["cfs_clinician"] == 4


def test_a_correction_is_about_the_same_patient(hospital):
    stored = hospital.screen()
    hospital.screen(case("2"))
    with pytest.raises(InputError, match="patient_changed"):
        hospital.correct(stored, case("2"))


def test_a_death_stops_every_clock_and_list_at_once_and_one_noted_by_mistake_is_taken_back(hospital):
    stored = hospital.screen()
    hospital.start_plan(stored)
    hospital.tell(stored.person, StepDone("E1", "municipal_notice", MONDAY), NURSE)
    hospital.tell(stored.person, ReadyForDischarge("E1", MONDAY), NURSE)
    hospital.later(days=3)
    before, running = hospital.lists_with(stored.person, *EVERYONE), hospital.read(stored.person)
    assert before >= {"team", "ready", "late", "municipality"}
    died = hospital.tell(stored.person, Died(hospital.now.date()))
    dead = hospital.read(stored.person)
    assert (dead.clocks, dead.next_step, dead.stream.course.running) == ((), None, None)
    assert hospital.lists_with(stored.person, *EVERYONE) == set()
    assert hospital.board().rows == ()
    hospital.tell(stored.person, Undone(newest(died), "Gjaldt en annen"))
    alive = hospital.read(stored.person)
    assert (alive.clocks, alive.next_step) == (running.clocks, running.next_step)
    assert hospital.lists_with(stored.person, *EVERYONE) == before


def test_nothing_more_is_planned_for_someone_dead(hospital):
    stored = hospital.screen()
    hospital.tell(stored.person, Died(hospital.now.date()))
    with pytest.raises(InputError, match="patient_has_died"):
        hospital.start_plan(stored)


def test_a_blocked_record_is_on_no_list_and_seen_by_nobody_until_it_is_lifted(hospital):
    stored = hospital.screen()
    hospital.start_plan(stored)
    before = hospital.lists_with(stored.person, *EVERYONE)
    hospital.tell(stored.person, RecordBlocked(blocked=True))
    assert hospital.lists_with(stored.person, *EVERYONE) == set()
    assert hospital.board().rows == ()
    assert not any(hospital.sees(each, stored.person) for each in EVERYONE)
    hospital.restore(stored.person, RecordBlocked(blocked=False))
    assert hospital.lists_with(stored.person, *EVERYONE) == before


def test_a_protected_address_shows_no_place_on_a_list_and_the_patient_is_not_on_the_board(hospital):
    stored = hospital.screen()
    hospital.start_plan(stored)
    hospital.tell(stored.person, StepDone("E1", "municipal_notice", MONDAY), NURSE)
    protected = hospital.tell(stored.person, AddressProtected(protected=True), NURSE)
    for name, who in (("team", TEAM), ("municipality", COORDINATOR)):
        (row,) = hospital.page(name, who).rows
        assert (row.room, row.municipality, row.protected) == (None, None, True)
    assert hospital.board().rows == ()
    hospital.tell(stored.person, Undone(newest(protected), "Opphevet"), NURSE)
    (row,) = hospital.page("team", TEAM).rows
    assert (row.room, row.municipality) == ("12", "5001")


def test_the_practice_that_follows_the_patient_sees_her_and_another_takes_over(hospital):
    person = went_home(hospital)
    assert not hospital.sees(GP, person)
    told = hospital.tell(person, PracticeSet("Solsiden"), COORDINATOR)
    assert hospital.on("practice", GP) == [person]
    hospital.tell(person, Undone(newest(told), "Feil kontor"), COORDINATOR)
    assert not hospital.sees(GP, person)


def test_of_two_who_change_one_course_the_second_is_told_and_nothing_is_lost(hospital):
    stored = hospital.screen()
    version = hospital.read(stored.person).stream.version
    hospital.tell(stored.person, DischargeExpected("E1", date(2026, 11, 20)), NURSE, expected=version)
    with pytest.raises(Changed) as told:
        hospital.tell(stored.person, DischargeExpected("E1", date(2026, 11, 30)), DOCTOR, expected=version)
    assert told.value.version == version + 1
    assert hospital.read(stored.person).stream.course.stay.expected == date(2026, 11, 20)
    hospital.tell(stored.person, DischargeExpected("E1", date(2026, 11, 30)), DOCTOR, expected=told.value.version)
    said = [
        each.event.on
        for each in hospital.read(stored.person).stream.recorded
        if each.event.kind == "discharge_expected"
    ]
    assert said == [date(2026, 11, 20), date(2026, 11, 30)]


def test_of_two_who_correct_one_screening_the_second_is_told_and_the_first_ones_answers_stand(hospital):
    stored = hospital.screen()
    for who in (NURSE, DOCTOR):
        assert hospital.record.writer.run(lambda change, who=who: to_correct(change, who, stored.screening, expected=1))
    hospital.correct(stored, case(answers={"cfs_clinician": 7}))
    with pytest.raises(Changed) as told:
        hospital.record.writer.run(lambda change: to_correct(change, DOCTOR, stored.screening, expected=1))
    assert told.value.version == 2
    (row,) = hospital.page("team", TEAM).rows
    assert (row.cfs_low, row.cfs_high) == (7, 7)
