"""The home pathway's dates: offsets, Norwegian holidays, other clocks, and what is said when a day is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from careplans.parts import Plan, Step
from careplans.pathway import is_working_day, pathway_kept
from careplans.settings import PlanSettings
from careplans.words import due_words
from engine.errors import InputError
from rules.assessment import Undecided
from rules.case import Case, Encounter
from tests.unit.test_careplans_example import CET, example_assessment, example_case, finding, plan_of, texts


def steps_of(plan: Plan) -> dict[str, Step]:
    """The steps of a plan by id."""
    return {step.id: step for step in plan.timeline}


def without_admission() -> Case:
    """The example without a stay, so that any discharge date goes."""
    return replace(example_case(), encounter=Encounter())


def gp_date(discharge: date, **offsets: int) -> date | None:
    """When the GP's visit is due after a discharge."""
    plan = plan_of(case=without_admission(), discharge=discharge, settings=PlanSettings(offsets=offsets))
    return steps_of(plan)["HPH3"].due.on


def test_the_steps_are_due_as_the_specification_says() -> None:
    found = {name: step.due.on for name, step in steps_of(plan_of(discharge=date(2026, 11, 23))).items()}
    assert found == {
        "expected_discharge_set": date(2026, 11, 17),  # 24 hours from an admission in the afternoon
        "municipal_notice": date(2026, 11, 17),
        "admission_report": date(2026, 11, 18),
        "control_appointments": date(2026, 11, 23),
        "HPH0": date(2026, 11, 23),
        "epikrise": date(2026, 11, 23),
        "HPH1": date(2026, 11, 23),
        "HPH2": date(2026, 11, 26),
        "HPH3": date(2026, 12, 7),
        "HPH4": date(2026, 12, 21),
        "HPH5": None,
    }


@pytest.mark.parametrize(
    ("why", "discharge", "due"),
    [
        ("a Saturday moves to Friday", date(2026, 11, 14), date(2026, 11, 27)),
        ("a Sunday moves to Friday", date(2026, 11, 15), date(2026, 11, 27)),
        ("a Monday stays", date(2026, 11, 16), date(2026, 11, 30)),
        ("Maundy Thursday moves to Wednesday", date(2026, 3, 19), date(2026, 4, 1)),
        ("Easter Monday moves over Easter to Wednesday", date(2026, 3, 23), date(2026, 4, 1)),
        ("the day after Easter stays", date(2026, 3, 24), date(2026, 4, 7)),
        ("1 May, a Friday, moves to Thursday", date(2026, 4, 17), date(2026, 4, 30)),
        ("Ascension Day moves to Wednesday", date(2026, 4, 30), date(2026, 5, 13)),
        ("17 May, a Sunday, moves to Friday", date(2026, 5, 3), date(2026, 5, 15)),
        ("17 May, a Monday, moves over the weekend to Friday", date(2027, 5, 3), date(2027, 5, 14)),
        ("Whit Monday moves over Whitsun to Friday", date(2026, 5, 11), date(2026, 5, 22)),
        ("Christmas Day moves past Christmas Eve, when offices are closed", date(2026, 12, 11), date(2026, 12, 23)),
        ("Boxing Day moves past it too", date(2026, 12, 12), date(2026, 12, 23)),
        ("New Year's Day moves past New Year's Eve", date(2026, 12, 18), date(2026, 12, 30)),
    ],
)
def test_the_gps_date_moves_to_the_working_day_before(why: str, discharge: date, due: date) -> None:
    assert gp_date(discharge) == due, why


def test_a_moved_date_tells_from_which_day() -> None:
    plan = plan_of(case=without_admission(), discharge=date(2026, 11, 15))
    assert steps_of(plan)["HPH3"].due.moved_from == date(2026, 11, 29)


def test_the_gps_date_never_moves_before_the_discharge() -> None:
    easter_saturday = date(2026, 4, 4)
    assert gp_date(easter_saturday, HPH3=2) == easter_saturday


def test_home_care_works_every_day() -> None:
    plan = plan_of(case=without_admission(), discharge=date(2026, 12, 22))
    assert steps_of(plan)["HPH2"].due.on == date(2026, 12, 25)
    assert steps_of(plan)["HPH2"].due.moved_from is None


@pytest.mark.parametrize("discharge", [date(2026, 1, 1) + timedelta(days=n) for n in range(0, 730, 7)])
def test_the_gps_date_is_always_a_working_day_within_the_fortnight(discharge: date) -> None:
    due = gp_date(discharge)
    assert due is not None
    assert is_working_day(due)
    assert discharge <= due <= discharge + timedelta(days=14)


def test_a_municipality_sets_its_own_offsets_and_every_action_at_that_step_follows() -> None:
    plan = plan_of(
        discharge=date(2026, 11, 23), settings=PlanSettings(offsets={"HPH2": 5, "HPH3": 10, "municipal_notice": 12})
    )
    found = steps_of(plan)
    assert found["HPH2"].due.on == date(2026, 11, 28)
    assert found["HPH3"].due.on == date(2026, 12, 3)
    assert found["municipal_notice"].due.at == datetime(2026, 11, 17, 2, 10, tzinfo=CET)
    assert found["admission_report"].due.hours == 36
    review = next(action for action in plan.actions if action.id == "medicines.gp_review")
    assert review.due.on == found["HPH3"].due.on


def test_a_step_before_discharge_can_be_set_to_some_days_before() -> None:
    plan = plan_of(discharge=date(2026, 11, 23), settings=PlanSettings(offsets={"HPH0": 2}))
    assert steps_of(plan)["HPH0"].due.on == date(2026, 11, 21)


def test_the_notice_is_24_hours_later_also_when_the_clock_changes() -> None:
    summer = timezone(timedelta(hours=2))
    stay = Encounter(admitted=datetime(2026, 10, 24, 14, 0, tzinfo=summer))
    due = steps_of(plan_of(case=replace(example_case(), encounter=stay)))["municipal_notice"].due.at
    assert due == datetime(2026, 10, 25, 13, 0, tzinfo=CET)


def test_the_expected_discharge_is_used_and_marked_as_expected() -> None:
    plan = plan_of()
    assert (plan.discharge, plan.discharge_status) == (date(2026, 11, 23), "expected")
    assert steps_of(plan)["HPH2"].due.expected
    assert plan_of(discharge=date(2026, 11, 24)).discharge_status == "set"


def test_the_discharge_that_took_place_goes_before_the_expected_one() -> None:
    stay = replace(example_case().encounter, discharged=datetime(2026, 11, 21, 12, 0, tzinfo=CET))
    plan = plan_of(case=replace(example_case(), encounter=stay))
    assert (plan.discharge, plan.discharge_status) == (date(2026, 11, 21), "set")


def test_an_unknown_discharge_gives_words_and_no_date() -> None:
    plan = plan_of(case=replace(example_case(), encounter=Encounter()))
    said = {name: due_words(step.due, texts()) for name, step in steps_of(plan).items()}
    assert plan.discharge_status == "unknown"
    assert said["HPH0"] == "før utskrivning"
    assert said["HPH1"] == "på utskrivningsdagen"
    assert said["HPH2"] == "3 dager etter utskrivning"
    assert said["HPH3"] == "14 dager etter utskrivning"
    assert said["municipal_notice"] == "24 timer etter innleggelse"
    assert said["admission_report"] == "48 timer etter innleggelse"


def test_the_order_of_actions_does_not_depend_on_whether_the_day_is_known() -> None:
    unknown = plan_of(case=replace(example_case(), encounter=Encounter(admitted=example_case().encounter.admitted)))
    assert [a.id for a in unknown.actions] == [a.id for a in plan_of().actions]


def test_a_discharge_before_the_admission_is_refused() -> None:
    with pytest.raises(InputError) as error:
        plan_of(discharge=date(2026, 11, 15))
    assert error.value.where == "--discharge"


def test_pathway_a_has_no_home_care_and_an_unsettled_pathway_keeps_every_step() -> None:
    suggested = example_assessment(pathway="A", findings=(finding("pathway_a", "pathway:A"),))
    a = steps_of(plan_of(assessment=suggested))
    assert "HPH3" in a
    assert not {"HPH0", "HPH1", "HPH2", "HPH4"} & set(a)
    every = {f"HPH{n}" for n in range(6)}
    assert every <= set(steps_of(plan_of(assessment=example_assessment(pathway=None))))
    assert every <= set(steps_of(plan_of("", assessment=suggested))), "pathway A was not accepted"


def test_the_notice_falls_away_only_when_the_facts_say_that_there_is_no_need() -> None:
    assert "municipal_notice" not in steps_of(plan_of(assessment=example_assessment(findings=(), undecided=())))
    undecided = (Undecided("municipal_notice", ("need_after_discharge",)),)
    assert "municipal_notice" in steps_of(plan_of(assessment=example_assessment(findings=(), undecided=undecided)))


def test_a_patient_unknown_to_the_municipality_without_need_of_help_gives_no_notice() -> None:
    findings = (finding("unknown_to_municipality", "action:unknown_to_municipality"),)
    plan = plan_of(assessment=example_assessment(findings=findings, undecided=()))
    assert not {"municipal_notice", "admission_report"} & set(steps_of(plan))
    settle = next(action for action in plan.actions if action.id == "municipal_notice.settle_need")
    assert settle.due.at == datetime(2026, 11, 17, 14, 10, tzinfo=CET)


def test_the_needs_own_clock_does_not_follow_the_municipalitys_offset() -> None:
    plan = plan_of(settings=PlanSettings(offsets={"municipal_notice": 12}))
    assert next(a for a in plan.actions if a.id == "municipal_notice.settle_need").due.hours == 24


@pytest.mark.parametrize("action", ["cga.team_follow_up", "exercise.strength_and_balance"])
def test_teams_and_therapists_meet_on_working_days_after_discharge(action: str) -> None:
    plan = plan_of(case=without_admission(), discharge=date(2026, 12, 12))
    due = next(found.due for found in plan.actions if found.id == action)
    assert due.on is not None
    assert is_working_day(due.on)
    assert due.moved_from in {date(2026, 12, 26), date(2026, 12, 19)}


def test_a_date_on_the_ward_does_not_wait_for_office_hours() -> None:
    friday = example_assessment(index_date=date(2026, 11, 20))
    due = next(a.due for a in plan_of(assessment=friday).actions if a.id == "cga.assessment")
    assert (due.on, due.moved_from) == (date(2026, 11, 21), None)


@pytest.mark.parametrize(
    ("done", "kept"),
    [
        (set(), False),
        ({"HPH1", "HPH2"}, False),
        ({"HPH1", "HPH2", "HPH0", "HPH5"}, False),
        ({"HPH1", "HPH2", "HPH4"}, True),
        ({"HPH1", "HPH2", "HPH3", "HPH4"}, True),
    ],
)
def test_a_pathway_is_kept_when_three_of_the_four_were_done(done: set[str], kept: bool) -> None:
    assert pathway_kept(done) is kept
