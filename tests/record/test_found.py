"""How settled a track on a list is, whose the CFS is, and that a day of discharge that passed is late."""

from datetime import timedelta

import pytest

from careplans.course.events import ChoiceRecorded, Decided, DischargeExpected, PlanStarted
from rules.times import oslo_day
from tests.record.hospital import DOCTOR, NURSE, TEAM, case

CONTESTED = {"cfs_clinician": 7, "surprised_if_died_within_12_months": False}


def row(hospital, person: str, name="team"):
    """Return a patient's row of a list."""
    return next(each for each in hospital.page(name, TEAM).rows if each.person == person)


def shown(hospital, person: str):
    """Return the track as a list shows it, how settled it is, and what else is spoken for."""
    found = row(hospital, person)
    return found.track, found.track_is, found.other_track


def test_a_track_is_suggested_accepted_and_then_runs(hospital):
    held = hospital.screen()
    assert shown(hospital, held.person) == ("cga_team", "suggested", None)
    hospital.tell(held.person, Decided(held.assessment, "cga_team", "accepted"))
    assert shown(hospital, held.person) == ("cga_team", "accepted", None)


def test_one_that_was_overridden_is_no_suggestion(hospital):
    held = hospital.screen()
    hospital.tell(held.person, Decided(held.assessment, "cga_team", "overridden", "Takker nei"))
    assert shown(hospital, held.person) == (None, "declined", None)


def test_of_two_tracks_none_is_shown_until_one_is_chosen(hospital):
    held = hospital.screen(case(answers=CONTESTED))
    assert shown(hospital, held.person) == (None, "unchosen", None)
    hospital.tell(held.person, ChoiceRecorded(held.assessment, "palliative_focus", ("patient", "treating_doctor")))
    assert shown(hospital, held.person) == ("palliative_focus", "chosen", None)


def test_the_plan_that_runs_is_shown_beside_what_newer_answers_speak_for(hospital):
    held = hospital.screen()
    hospital.tell(held.person, PlanStarted("P1", held.assessment, hospital.now.date(), rules=("cga_team",)))
    assert shown(hospital, held.person) == ("cga_team", "running", None)
    hospital.correct(held, case(answers={"cfs_clinician": 8}))
    assert shown(hospital, held.person) == ("cga_team", "running", "palliative_focus")


@pytest.mark.parametrize(
    ("answers", "whose"),
    [({}, "judged"), ({"lifelong_disability": True}, "not_valid"), ({"cfs_clinician": None}, "tree")],
)
def test_a_cfs_says_whose_it_is_or_that_it_does_not_apply(hospital, answers, whose):
    held = hospital.screen(case(answers=answers))
    assert row(hospital, held.person).cfs_is == whose


def test_a_cfs_that_does_not_apply_is_not_sorted_by(hospital):
    hospital.screen(case("1", answers={"cfs_clinician": 4, "falls_last_12_months": 3}, patient={"name": "A"}))
    hospital.screen(case("2", answers={"cfs_clinician": 7, "lifelong_disability": True}, patient={"name": "B"}))
    hospital.screen(case("3", answers={"cfs_clinician": 6}, patient={"name": "C"}))
    order = [each.name for each in hospital.page("team", TEAM).rows]
    assert order.index("C") < order.index("B")


def test_a_day_of_discharge_that_passed_is_late_on_the_list_and_on_the_board(hospital):
    held = hospital.screen()
    stay = hospital.read(held.person).stream.course.stay
    hospital.tell(held.person, DischargeExpected(stay.id, oslo_day(hospital.now)), by=DOCTOR)
    hospital.later(days=2)
    late = row(hospital, held.person, "late")
    assert [each.clock.owner for each in late.clocks if each.clock.step == "discharge"] == ["treating_doctor"]
    (bed,) = hospital.board().rows
    assert "discharge" in {each.step for each in bed.clocks}
    hospital.tell(held.person, DischargeExpected(stay.id, oslo_day(hospital.now) + timedelta(days=3)), by=DOCTOR)
    assert "discharge" not in {each.clock.step for each in row(hospital, held.person, "late").clocks}


def test_the_board_and_the_list_count_the_same_as_unscreened(hospital):
    hospital.screen(case("1", answers={"cfs_clinician": None}))
    listed = set(hospital.on("unscreened", NURSE))
    assert len(listed) == sum(each.unscreened for each in hospital.board().rows)
