"""Who left hospital, or came back, stays with someone who can see the patient and may do what is to be done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.record.courses import NotYours
from api.record.list_kinds import ListName
from careplans.course.events import (
    Admitted,
    Decided,
    Discharged,
    PlanResumed,
    PlanStarted,
    PracticeSet,
    StepDone,
    StepNotDone,
    Transferred,
)
from engine.errors import InputError
from tests.record.hospital import DOCTOR, EPJ, GP, MUNICIPAL_NURSE, NURSE, TEAM, Hospital, case, words

HOURS = timedelta(hours=1)


def goes_home(hospital: Hospital, person: str, stay: str = "E1") -> None:
    """The patient goes home, and the epikrise is sent."""
    hospital.tell(person, Discharged(stay, hospital.now, "home"), EPJ)
    hospital.tell(person, StepDone(stay, "epikrise", hospital.now), DOCTOR)


def row(hospital: Hospital, person: str, user: Any = TEAM) -> Any:
    """The patient's row on the list of the user."""
    name: ListName = "practice" if user is GP else "team"
    return next((each for each in hospital.page(name, user).rows if each.person == person), None)


@pytest.mark.parametrize(
    "answers", [{}, {"cfs_clinician": 7, "surprised_if_died_within_12_months": False}, {"cfs_clinician": None}]
)
def test_whoever_left_undecided_contested_or_without_a_cfs_stands_on_the_teams_list(hospital, answers):
    person = hospital.screen(case(answers=answers)).person
    goes_home(hospital, person)
    found = row(hospital, person)
    assert (found.status, found.reason) == ("left_undecided", "left_undecided")
    assert (found.next_step.what, found.next_step.owner) == ("left_undecided", "geriatric_team")
    assert found.next_step.due is not None
    assert words()(f"lists.why.{found.reason}") == words()(f"lists.status.{found.status}") == "Reiste uavklart"


def test_whoever_nobody_screened_stands_there_too_and_is_late_after_three_days(hospital):
    person = hospital.open("1", Admitted("E1", hospital.now, "STO", "GER2")).person
    goes_home(hospital, person)
    assert row(hospital, person).status == "left_undecided"
    hospital.later(days=5)
    assert person in hospital.on("late", TEAM)


def test_only_a_reason_that_a_person_writes_lets_go(hospital):
    person = hospital.screen().person
    goes_home(hospital, person)
    for event in (StepDone("E1", "left_undecided", hospital.now), StepNotDone("E1", "left_undecided", "declined")):
        with pytest.raises(InputError, match="left_needs_reason"):
            hospital.tell(person, event, TEAM)
    hospital.tell(person, StepNotDone("E1", "left_undecided", "declined", "Ønsker ingen oppfølging"), TEAM)
    assert row(hospital, person) is None
    assert hospital.read(person).next_step is None


def rescored(hospital: Hospital, practice: str | None = "Solsiden") -> Any:
    """A patient whose plan has the team's track, scored anew at home with another."""
    stored = hospital.screen()
    hospital.tell(stored.person, Decided(stored.assessment, "cga_team", "accepted"), TEAM)
    rules = (*hospital.offered(stored.assessment), "cga_team")
    hospital.start_with(stored, rules)
    hospital.tell(stored.person, PracticeSet(practice), NURSE)
    goes_home(hospital, stored.person)
    hospital.later(days=27)
    at_home = case(answers={"cfs_clinician": 8}) | {"encounter": {}}
    return hospital.screen(at_home, MUNICIPAL_NURSE)


def test_a_track_that_a_new_score_changes_is_on_the_gps_list_who_may_decide_and_renew_the_plan(hospital):
    again = rescored(hospital)
    found = row(hospital, again.person, GP)
    assert (found.next_step.what, found.next_step.owner) == ("decide", "gp")
    assert found.next_step.due is not None
    hospital.tell(again.person, Decided(again.assessment, "palliative_focus", "accepted"), GP)
    found = row(hospital, again.person, GP).next_step
    assert (found.what, found.owner, found.about) == ("renew_plan", "gp", "P1")
    assert found.due is not None
    with pytest.raises(InputError, match="renewed_at_home"):
        hospital.start_with(again, ("palliative_focus",), plan="P2", by=GP)
    renewed = PlanStarted("P2", again.assessment, hospital.now.date(), rules=("palliative_focus",), renews="P1")
    hospital.tell(again.person, renewed, GP)
    running = hospital.read(again.person).stream.course.running
    assert running.id == "P2"
    dates = {each.step: each.due for each in hospital.read(again.person).clocks if each.course == "P2"}
    assert dates["HPH4"].date() == hospital.now.date() + timedelta(days=28)
    assert "expected_discharge_set" not in dates


def test_what_belongs_to_a_stay_can_be_accepted_by_nobody_at_home(hospital):
    stored = hospital.screen()
    hospital.tell(stored.person, PracticeSet("Solsiden"), NURSE)
    hospital.start_with(stored, ("fall_prevention",))
    goes_home(hospital, stored.person)
    again = hospital.screen(case(answers={"cfs_clinician": 8}) | {"encounter": {}}, MUNICIPAL_NURSE)
    assert "municipal_notice" in hospital.offered(again.assessment)
    with pytest.raises(InputError, match="rule_not_offered"):
        hospital.tell(again.person, Decided(again.assessment, "municipal_notice", "accepted"), GP)


def test_while_nobody_knows_the_practice_it_is_on_the_teams_list(hospital):
    again = rescored(hospital, practice=None)
    assert row(hospital, again.person).next_step.owner == "geriatric_team"


def test_a_gp_decides_nothing_while_the_patient_is_in_hospital(hospital):
    stored = hospital.screen()
    hospital.tell(stored.person, PracticeSet("Solsiden"), NURSE)
    with pytest.raises(NotYours):
        hospital.tell(stored.person, Decided(stored.assessment, "cga_team", "accepted"), GP)


def clocks(hospital: Hospital, person: str) -> dict[tuple[str, str], Any]:
    """What is due, by course and step."""
    return {(each.course, each.step): each for each in hospital.read(person).clocks}


def test_a_plan_resumed_after_a_second_stay_counts_from_that_homecoming_and_has_the_way_home_anew(hospital):
    stored = hospital.screen()
    hospital.start_plan(stored)
    goes_home(hospital, stored.person)
    for step in ("HPH0", "HPH1", "HPH2", "HPH3"):
        hospital.tell(stored.person, StepDone("P1", step, hospital.now), DOCTOR)
    hospital.later(days=10)
    hospital.tell(stored.person, Admitted("E2", hospital.now, "STO", "GER2"), EPJ)
    hospital.later(days=4)
    hospital.tell(stored.person, Discharged("E2", hospital.now, "home"), EPJ)
    home = hospital.now.date()
    hospital.tell(stored.person, PlanResumed("P1"), DOCTOR)
    found = clocks(hospital, stored.person)
    assert ("E2", "municipal_notice") not in found
    assert ("E2", "HPH0") not in found, "the journey home was over when the plan went on"
    anew = ("epikrise", "HPH1", "HPH2", "HPH4")
    assert {step: found["E2", step].state for step in anew} == dict.fromkeys(anew, "open")
    assert found["E2", "HPH3"].state == "done"
    assert found["E2", "HPH2"].due.date() == home + timedelta(days=3)
    assert ("E1", "epikrise") not in found


def test_a_second_stay_that_the_record_sends_ends_the_first_whose_epikrise_is_owed(hospital):
    stored = hospital.screen()
    hospital.start_plan(stored)
    hospital.later(days=2)
    hospital.tell(stored.person, Admitted("M1", hospital.now, "STO", "MED1"), EPJ)
    first, second = hospital.read(stored.person).stream.course.stays
    assert (first.discharged, second.discharged) == (second.admitted, None)
    hospital.later(days=2)
    hospital.tell(stored.person, Discharged("M1", hospital.now, "home"), EPJ)
    hospital.tell(stored.person, PlanResumed("P1"), TEAM)
    found = clocks(hospital, stored.person)
    assert all(found["M1", step].due is not None for step in ("HPH1", "HPH2", "HPH3", "HPH4", "epikrise"))
    assert found["E1", "epikrise"].state == "open"


def test_a_person_who_admits_someone_in_bed_is_asked_whether_it_is_a_transfer(hospital):
    person = hospital.screen().person
    hospital.later(hours=3)
    with pytest.raises(InputError, match="stay_or_transfer"):
        hospital.tell(person, Admitted("E9", hospital.now, "STO", "MED1"), NURSE)
    again = case(encounter={"id": "E9", "admitted": hospital.now.isoformat()})
    with pytest.raises(InputError, match="stay_or_transfer"):
        hospital.screen(again, NURSE)
    hospital.tell(person, Transferred("E1", "STO", "MED1"), NURSE)
    assert len(hospital.read(person).stream.course.stays) == 1


def test_when_no_pathway_fits_it_is_on_the_teams_list_today(hospital):
    answers = {"cfs_clinician": 3, "municipal_services": [], "need_after_discharge": "unchanged"}
    person = hospital.screen(case(answers=answers)).person
    seen = hospital.read(person)
    assert "pathway_decide" in hospital.offered(seen.stream.course.screening.assessment)
    found = row(hospital, person)
    assert (found.next_step.what, found.next_step.owner) == ("decide", "geriatric_team")
    assert found.next_step.due - hospital.now < 24 * HOURS


def test_the_lists_made_anew_are_the_same_for_whoever_left_undecided(hospital):
    person = hospital.screen().person
    goes_home(hospital, person)
    assert hospital.projected() == hospital.rebuilt()
