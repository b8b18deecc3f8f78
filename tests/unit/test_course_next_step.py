"""What comes next and who has it, told as short stories about patients whose assessments differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from careplans.acceptance import Accepted
from careplans.course.choices import accepted_of, offered_here
from careplans.course.due import Basis, clocks_of
from careplans.course.events import (
    ChoiceRecorded,
    ClockPaused,
    Decided,
    Described,
    Died,
    Discharged,
    DischargeExpected,
    OwnerSet,
    Place,
    PlanClosed,
    PlanPaused,
    PlanResumed,
    PlanStarted,
    PracticeSet,
    Screened,
    StepDone,
    StepNotDone,
    Verdict,
)
from careplans.course.next_step import next_step
from careplans.course.state import NextStep
from careplans.course.waits import END_OF_DAY
from rules.assess import assess
from rules.assessment import Assessment, Finding, TeamListEntry, Track, Undecided
from rules.case import Answer, Case
from rules.ruleset import national
from rules.times import OSLO
from tests.unit.course_stories import DAY_HOME, START, Story, admitted, home, on_a_plan, readmitted
from tests.unit.test_careplans_example import example_case, finding

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
FOUND = assess(example_case(), date(2026, 11, 16), national())
TEAM = finding("cga_team", "track:cga_team")
RELIEF = finding("palliative_focus", "track:palliative_focus")
CHOICE = finding("shared_decision", "action:shared_decision")
FOOD = finding("nutrition", "module:nutrition")


def offering(*offers: Finding, ask_next: str | None = None) -> Basis:
    """The example patient, with these suggestions and no other."""
    tracks = tuple(
        Track(each.suggests.removeprefix("track:"), "recommend", "final")
        for each in offers
        if each.suggests.startswith("track:")
    )
    unknown = (Undecided("municipal_notice", ("need_after_discharge",)),)  # so that its clock is there
    assessment = replace(FOUND, findings=offers, joint=(), tracks=tracks, ask_next=ask_next, undecided=unknown)
    return Basis(example_case(), assessment)


def coming(story: Story, basis: Basis) -> NextStep | None:
    """What comes next; every assessment of the story found the same."""
    known = dict.fromkeys(("A1", "A2", "A3"), basis)
    return next_step(story.course, clocks_of(story.course, known, {}), known)


def what(story: Story, basis: Basis) -> tuple[str, str] | None:
    """What comes next, and whose it is."""
    step = coming(story, basis)
    return (step.what, step.owner) if step else None


def undated(story: Story, basis: Basis) -> NextStep | None:
    """What comes next, whosever date it is."""
    step = coming(story, basis)
    return replace(step, due=None) if step else None


def screened() -> Story:
    """A patient in hospital who has been screened."""
    story = Story()
    story.tell(admitted(), Screened("K1", "A1", "S1"))
    return story


def decided(story: Story, verdict: Verdict, *rules: str) -> None:
    """Decide on suggestions of the first assessment."""
    story.tell(*(Decided("A1", rule, verdict) for rule in rules))


# Before a plan


def test_a_stay_that_nobody_has_screened_is_screened() -> None:
    story = Story()
    story.tell(admitted())
    assert coming(story, offering()) == NextStep("screening", "ward_nurse", START + timedelta(hours=24))


def test_a_screening_that_will_not_be_done_is_not_asked_for() -> None:
    story = Story()
    story.tell(admitted(), StepNotDone("S1", "screening", "declined"))
    assert what(story, offering()) == ("notice_undecided", "ward_nurse"), "the need is not known for that"
    story.tell(StepNotDone("S1", "notice_undecided", "not_needed"))
    assert what(story, offering()) == ("discharge", "treating_doctor")


def test_a_choice_between_two_tracks_comes_before_any_decision() -> None:
    story, basis = screened(), offering(TEAM, RELIEF, CHOICE, FOOD)
    assert undated(story, basis) == NextStep("shared_decision", "treating_doctor", about="A1")


def test_in_hospital_suggestions_are_due_a_day_after_they_were_signed() -> None:
    story = screened()
    step = coming(story, offering(FOOD))
    screening = story.course.screening
    assert step
    assert screening
    assert screening.at
    assert step.due == screening.at + timedelta(hours=24)


def test_a_choice_is_made_together_before_the_day_home_and_within_days_where_no_day_is_set() -> None:
    story, basis = screened(), offering(TEAM, RELIEF, CHOICE)
    step = coming(story, basis)
    assert step
    assert step.due
    assert step.due.date() == START.date() + timedelta(days=3)
    story.tell(DischargeExpected("S1", DAY_HOME))
    step = coming(story, basis)
    assert step
    assert step.due
    assert step.due.date() == DAY_HOME - timedelta(days=1)


def test_a_choice_waits_also_while_a_plan_of_the_rest_runs() -> None:
    story, basis = screened(), offering(TEAM, RELIEF, CHOICE, FOOD)
    story.tell(PlanStarted("P1", "A1", DAY_HOME, ("nutrition",)))
    assert what(story, basis) == ("shared_decision", "treating_doctor")


@pytest.mark.parametrize(("track", "owner"), [("cga_team", "geriatric_team"), ("palliative_focus", "treating_doctor")])
def test_after_the_choice_the_rest_is_decided_by_whoever_has_the_track(track: str, owner: str) -> None:
    story, basis = screened(), offering(TEAM, RELIEF, CHOICE, FOOD)
    story.tell(ChoiceRecorded("A1", track, ("patient", "treating_doctor")))
    assert undated(story, basis) == NextStep("decide", owner, about="A1")
    decided(story, "overridden", "nutrition")
    assert what(story, basis) == ("start_plan", owner)


def test_a_choice_that_is_undone_is_open_again() -> None:
    story, basis = screened(), offering(TEAM, RELIEF, CHOICE)
    story.undo(story.tell(ChoiceRecorded("A1", "cga_team", ("patient",))))
    assert what(story, basis) == ("shared_decision", "treating_doctor")


def test_nothing_is_chosen_between_two_tracks_that_are_both_overridden() -> None:
    story, basis = screened(), offering(TEAM, RELIEF, CHOICE)
    decided(story, "overridden", "cga_team", "palliative_focus")
    assert what(story, basis) == ("decide", "geriatric_team")


def test_the_choice_can_be_told_by_what_was_accepted() -> None:
    story, basis = screened(), offering(TEAM, RELIEF, CHOICE)
    decided(story, "accepted", "cga_team", "shared_decision")
    decided(story, "overridden", "palliative_focus")
    assert what(story, basis) == ("start_plan", "geriatric_team")


def test_suggestions_are_decided_and_the_plan_starts_before_what_is_unknown_is_asked() -> None:
    story, basis = screened(), offering(FOOD, ask_next="dementia_stage")
    assert what(story, basis) == ("decide", "treating_doctor")
    decided(story, "accepted", "nutrition")
    assert what(story, basis) == ("start_plan", "treating_doctor")
    story.tell(PlanStarted("P1", "A1", DAY_HOME, ("nutrition",)))
    assert what(story, basis) == ("expected_discharge_set", "treating_doctor")


def test_where_the_way_hangs_on_an_answer_it_is_asked_before_anyone_decides_and_by_when_they_are_to() -> None:
    story, open_way = screened(), offering(FOOD, ask_next="residence")
    undecided = replace(open_way.assessment, on_team_list=TeamListEntry("undecided"))
    basis = replace(open_way, assessment=undecided)
    screening = story.course.screening
    assert screening
    assert screening.at
    due = screening.at + timedelta(hours=24)
    assert coming(story, basis) == NextStep("ask", "ward_nurse", due, "residence")
    known = replace(basis, assessment=replace(undecided, ask_next=None))
    assert what(story, known) == ("decide", "treating_doctor")
    with_track = replace(basis, assessment=replace(undecided, tracks=offering(TEAM).assessment.tracks))
    assert what(story, with_track) == ("decide", "geriatric_team")
    decided(story, "accepted", "nutrition")  # whoever can have no answer decides without it
    assert what(story, basis) == ("start_plan", "treating_doctor")


def test_what_cannot_wait_is_decided_before_anything_is_asked() -> None:
    story, found = screened(), offering(finding("pathway_decide", "action:pathway_decide"), ask_next="residence")
    basis = replace(found, assessment=replace(found.assessment, on_team_list=TeamListEntry("undecided")))
    assert what(story, basis) == ("decide", "geriatric_team")


def test_what_is_unknown_is_asked_when_nothing_waits_to_be_started() -> None:
    story, basis = screened(), offering(FOOD, ask_next="dementia_stage")
    decided(story, "overridden", "nutrition")
    assert coming(story, basis) == NextStep("ask", "treating_doctor", about="dementia_stage")


def test_what_a_correction_suggests_besides_is_decided_too() -> None:
    story = screened()
    decided(story, "accepted", "nutrition")
    story.tell(Screened("K1", "A2", "S1"))
    assert undated(story, offering(FOOD, TEAM)) == NextStep("decide", "geriatric_team", about="A2")


def test_with_nothing_to_start_the_hospitals_clocks_come_first_and_then_the_discharge() -> None:
    story, basis = screened(), offering(FOOD)
    decided(story, "overridden", "nutrition")
    assert what(story, basis) == ("expected_discharge_set", "treating_doctor")
    story.tell(DischargeExpected("S1", DAY_HOME))
    assert what(story, basis) == ("municipal_notice", "ward_nurse")
    for step in ("municipal_notice", "admission_report", "control_appointments", "epikrise"):
        story.tell(StepDone("S1", step, NOON))
    end = datetime(2026, 11, 23, 22, 59, 59, tzinfo=UTC)
    assert coming(story, basis) == NextStep("discharge", "treating_doctor", end)


# A plan


def test_a_running_plan_goes_on_with_its_earliest_open_clock() -> None:
    story, basis = on_a_plan(), offering()
    assert what(story, basis) == ("municipal_notice", "ward_nurse")
    story.tell(StepDone("S1", "municipal_notice", NOON), OwnerSet("S1", "admission_report", "coordinator"))
    assert what(story, basis) == ("admission_report", "coordinator")


def test_a_clock_that_waits_lets_the_open_ones_go_before_it() -> None:
    story, basis = on_a_plan(), offering()
    for step in ("municipal_notice", "admission_report", "control_appointments", "HPH0", "epikrise", "HPH1"):
        story.tell(StepDone("S1", step, NOON))
    story.tell(ClockPaused("S1", "HPH2", "Hos datteren"))
    assert what(story, basis) == ("HPH3", "gp")
    story.tell(StepDone("S1", "HPH3", NOON), StepDone("S1", "HPH4", NOON))
    assert what(story, basis) == ("HPH2", "primary_nurse")


def test_what_has_a_date_goes_before_what_has_none() -> None:
    story, basis = on_a_plan(), offering()
    story.tell(DischargeExpected("S1", None), StepNotDone("S1", "expected_discharge_set", "other"))
    assert what(story, basis) == ("municipal_notice", "ward_nurse")
    story.tell(StepDone("S1", "municipal_notice", NOON), StepDone("S1", "admission_report", NOON))
    assert what(story, basis) == ("control_appointments", "treating_doctor")


def test_a_plan_with_nothing_left_is_closed_or_renewed_and_no_one_waits_for_worsening() -> None:
    story, basis = on_a_plan(), offering()
    for step in ("municipal_notice", "admission_report", "control_appointments", "HPH0", "epikrise", "HPH1"):
        story.tell(StepDone("S1", step, NOON))
    for step in ("HPH2", "HPH3"):
        story.tell(StepNotDone("S1", step, "not_needed"))
    evaluated = story.tell(StepDone("S1", "HPH4", NOON))
    assert coming(story, basis) == NextStep("close_or_renew", "primary_nurse", about="P1")
    story.undo(evaluated)
    assert what(story, basis) == ("HPH4", "primary_nurse")


def test_a_plan_whose_facts_are_not_to_be_had_still_has_someone() -> None:
    assert next_step(on_a_plan().course, (), {}) == NextStep("close_or_renew", "primary_nurse", about="P1")


def test_in_the_simplest_pathway_it_is_the_gp_who_closes() -> None:
    assessment = replace(FOUND, pathway="A", findings=(finding("pathway_a", "pathway:A"),), joint=())
    basis, story = Basis(example_case(), assessment), screened()
    story.tell(PlanStarted("P1", "A1", DAY_HOME, ("pathway_a",)), home())
    known = {"A1": basis}
    for clock in clocks_of(story.course, known, {}):
        story.tell(StepDone("S1", clock.step, NOON))
    assert what(story, basis) == ("close_or_renew", "gp")


def test_a_paused_plan_is_resumed_or_closed() -> None:
    story, basis = on_a_plan(), offering()
    story.tell(PlanPaused("P1", "Reise"))
    assert coming(story, basis) == NextStep("resume_or_close", "treating_doctor", about="P1")
    story.tell(home())
    assert coming(story, basis) == NextStep("resume_or_close", "primary_nurse", about="P1")


def test_after_a_readmission_the_patient_is_screened_anew_and_then_the_old_plan_is_settled() -> None:
    story, basis = readmitted(), offering()
    assert what(story, basis) == ("screening", "ward_nurse")
    story.tell(Screened("K2", "A2", "S2"))
    assert what(story, basis) == ("resume_or_close", "treating_doctor")


def test_going_home_without_a_decision_leaves_the_old_plan_to_be_settled() -> None:
    story, basis = readmitted(), offering(FOOD)
    story.tell(Screened("K2", "A2", "S2"))
    assert what(story, basis) == ("decide", "treating_doctor")
    story.tell(home("S2", datetime(2026, 12, 4, 10, 0, tzinfo=UTC)))
    assert what(story, basis) == ("resume_or_close", "primary_nurse")
    assert left_to_settle(story, basis) == ["geriatric_team"]
    story.tell(PlanResumed("P1"))
    assert what(story, basis) == ("control_appointments", "treating_doctor")


def test_a_plan_that_a_readmission_paused_is_to_be_taken_up_one_working_day_after_coming_home() -> None:
    story, basis = readmitted(), offering(FOOD)
    friday = datetime(2026, 12, 4, 10, 0, tzinfo=UTC)
    story.tell(Screened("K2", "A2", "S2"), home("S2", friday))
    step = coming(story, basis)
    assert step
    assert (step.what, step.due) == ("resume_or_close", datetime(2026, 12, 7, 22, 59, 59, tzinfo=UTC))


def test_a_plan_resumed_at_home_brings_no_notice_or_report_of_a_stay_that_is_over() -> None:
    story, basis = readmitted(), offering(FOOD)
    story.tell(Screened("K2", "A2", "S2"), home("S2", datetime(2026, 12, 4, 10, 0, tzinfo=UTC)), PlanResumed("P1"))
    known = dict.fromkeys(("A1", "A2"), basis)
    of_plan = {each.step for each in clocks_of(story.course, known, {}) if each.course == "S2"}
    assert not {"municipal_notice", "admission_report", "HPH0"} & of_plan
    assert {"epikrise", "HPH1", "HPH2"} <= of_plan


def test_a_plan_resumed_in_the_newer_stay_has_its_notice_and_report_anew() -> None:
    story, basis = readmitted(), offering(FOOD)
    story.tell(PlanResumed("P1"))
    known = dict.fromkeys(("A1", "A2"), basis)
    of_plan = {each.step for each in clocks_of(story.course, known, {}) if each.course == "S2"}
    assert {"municipal_notice", "admission_report"} <= of_plan


def test_who_goes_home_without_a_plan_is_owed_an_epikrise_before_anyone_lets_go() -> None:
    story, basis = screened(), offering()
    story.tell(home())
    assert what(story, basis) == ("control_appointments", "treating_doctor")
    story.tell(StepDone("S1", "control_appointments", NOON))
    assert what(story, basis) == ("epikrise", "treating_doctor")
    story.tell(StepDone("S1", "epikrise", NOON))
    assert coming(story, basis) is None


def test_when_the_newer_plan_is_closed_the_one_before_is_resumed_or_closed() -> None:
    story, basis = on_a_plan(), offering()
    story.tell(PlanStarted("P2", "A1", DAY_HOME), home(), PlanClosed("P2", "completed"))
    assert coming(story, basis) == NextStep("resume_or_close", "primary_nurse", about="P1")


def test_a_score_made_at_home_that_gives_no_other_track_leaves_the_plan_to_whoever_evaluates_it() -> None:
    story, basis = screened(), offering(TEAM, FOOD)
    story.tell(PlanStarted("P1", "A1", DAY_HOME, ("cga_team",)), home(), Screened("K2", "A2"))
    assert what(story, basis) == ("municipal_notice", "ward_nurse")


# Nothing comes next


def test_nothing_comes_next_for_someone_dead_gone_home_with_an_epikrise_or_unknown() -> None:
    dead, out = on_a_plan(), screened()
    death = dead.tell(Died(DAY_HOME))
    decided(out, "overridden", "nutrition")
    out.tell(home(), StepDone("S1", "epikrise", NOON))
    assert [what(story, offering(FOOD)) for story in (dead, out, Story())] == [None, None, None]
    dead.undo(death)
    assert what(dead, offering()) == ("municipal_notice", "ward_nurse")


# What a plan was started from


def accepted_rules(story: Story, assessment: Assessment) -> set[str]:
    """The rules that the first plan is built from."""
    return set(accepted_of(story.course, story.course.plans[0], assessment).rules or ())


def test_a_plan_is_built_from_what_was_suggested_and_nothing_else() -> None:
    story = screened()
    story.tell(PlanStarted("P1", "A1", DAY_HOME, ("nutrition", "falls"), ("exercise", "finst-ikke")))
    accepted = accepted_of(story.course, story.course.plans[0], offering(FOOD).assessment)
    assert accepted == Accepted(frozenset({"nutrition"}), frozenset({"exercise"}))


def test_a_recorded_choice_puts_its_track_into_the_plan_and_leaves_the_other_out() -> None:
    story = screened()
    story.tell(
        ChoiceRecorded("A1", "cga_team", ("patient",)),
        PlanStarted("P1", "A1", DAY_HOME, ("palliative_focus", "nutrition")),
    )
    found = offering(TEAM, RELIEF, CHOICE, FOOD).assessment
    assert accepted_rules(story, found) == {"cga_team", "nutrition", "shared_decision"}


def test_a_choice_is_not_added_where_none_was_asked_for() -> None:
    story = screened()
    story.tell(ChoiceRecorded("A1", "cga_team", ("patient",)), PlanStarted("P1", "A1", DAY_HOME, ("nutrition",)))
    assert accepted_rules(story, offering(FOOD).assessment) == {"nutrition"}


def test_an_empty_case_still_has_a_next_step() -> None:
    basis = Basis(Case(), assess(Case(), date(2026, 11, 16), national()))
    assert coming(screened(), basis) is not None


def test_a_choice_follows_a_plan_that_is_renewed_from_a_score_made_at_home() -> None:
    story, basis = screened(), offering(TEAM, RELIEF, CHOICE)
    story.tell(ChoiceRecorded("A1", "cga_team", ("patient",)), PlanStarted("P1", "A1", DAY_HOME, ("cga_team",)))
    story.tell(home(), Screened("K2", "A2"))
    assert what(story, basis) != ("shared_decision", "treating_doctor")
    story.tell(PlanStarted("P2", "A2", DAY_HOME, ("cga_team",), renews="P1"))
    renewed = story.course.plans[-1]
    rules = accepted_of(story.course, renewed, basis.assessment).rules
    assert sorted(rules or ()) == ["cga_team", "shared_decision"]


def test_a_new_stay_asks_for_the_choice_anew() -> None:
    story, basis = screened(), offering(TEAM, RELIEF, CHOICE)
    story.tell(ChoiceRecorded("A1", "cga_team", ("patient",)), PlanStarted("P1", "A1", DAY_HOME, ("cga_team",)))
    story.tell(home(), admitted("S2"), Screened("K2", "A2", "S2"))
    assert what(story, basis) == ("shared_decision", "treating_doctor")


def test_a_correction_keeps_what_was_decided_and_chosen_before_it() -> None:
    story, basis = screened(), offering(TEAM, RELIEF, CHOICE, FOOD)
    story.tell(ChoiceRecorded("A1", "palliative_focus", ("patient", "treating_doctor")))
    decided(story, "overridden", "nutrition")
    story.tell(Screened("K1", "A2", "S1"))
    assert what(story, basis) == ("start_plan", "treating_doctor")


def corrected(basis: Basis, **answers: Answer) -> dict[str, Basis]:
    """The first assessment, and a second with other answers and the same suggestions."""
    case = replace(basis.case, answers={**basis.case.answers, **answers})
    return {"A1": basis, "A2": replace(basis, case=case)}


def asked(story: Story, known: dict[str, Basis]) -> NextStep | None:
    """What comes next where the assessments differ."""
    return next_step(story.course, clocks_of(story.course, known, {}), known)


def planned(*, at_home: bool) -> Story:
    """A patient whose plan of the one suggestion runs."""
    story = screened()
    decided(story, "accepted", "nutrition")
    story.tell(PlanStarted("P1", "A1", DAY_HOME, ("nutrition",)))
    if at_home:
        story.tell(home(), PracticeSet("Solsiden"))
    return story


@pytest.mark.parametrize(("at_home", "owner"), [(False, "treating_doctor"), (True, "gp")])
def test_a_plan_whose_grounds_are_corrected_is_reviewed_until_someone_has_looked_through_it(
    at_home: bool, owner: str
) -> None:
    story, known = planned(at_home=at_home), corrected(offering(FOOD), falls_last_12_months=4)
    before = asked(story, known)
    story.tell(Screened("K1", "A2", "S1"))
    step = asked(story, known)
    assert step is not None
    assert (step.what, step.owner, step.about) == ("review_plan", owner, "P1")
    assert (step.due is not None) == at_home
    story.tell(StepDone("P1", "review_plan", story.now + timedelta(hours=1)))
    assert asked(story, known) == before
    story.tell(Screened("K1", "A3", "S1"))
    assert asked(story, known | {"A3": known["A2"]}) != before


def test_words_that_ground_nothing_ask_for_no_review() -> None:
    story, known = planned(at_home=True), corrected(offering(FOOD), treatment_limits="Ikke HLR")
    before = asked(story, known)
    story.tell(Screened("K1", "A2", "S1"))
    assert asked(story, known) == before


def test_what_belongs_to_a_stay_is_suggested_to_nobody_who_was_scored_at_home() -> None:
    story, known = rescored()
    notice = finding("municipal_notice", "action:municipal_notice")
    known["A2"] = offering(RELIEF, notice)
    assert [each.rule for each in offered_here(story.course, "A2", known["A2"].assessment)] == ["palliative_focus"]
    assert [each.rule for each in offered_here(story.course, "A1", offering(notice).assessment)] == ["municipal_notice"]


def test_a_first_plan_from_a_score_at_home_counts_from_its_start_and_has_nothing_of_a_stay() -> None:
    story = Story()
    story.tell(admitted(), home("S1", datetime(2026, 11, 23, 10, tzinfo=UTC)), Screened("K1", "A1"))
    story.tell(PlanStarted("P1", "A1", date(2026, 12, 1), ("nutrition",)))
    found = {each.step: each.due for each in clocks_of(story.course, {"A1": offering(FOOD)}, {}) if each.course == "P1"}
    assert set(found) == {"HPH2", "HPH3", "HPH4", "HPH5"}
    assert found["HPH2"] == datetime(2026, 12, 4, 22, 59, 59, tzinfo=UTC)


def test_a_plan_started_anew_from_the_corrected_answers_is_not_reviewed() -> None:
    story, known = planned(at_home=True), corrected(offering(FOOD), falls_last_12_months=4)
    story.tell(Screened("K1", "A2", "S1"), PlanStarted("P2", "A2", DAY_HOME, ("nutrition",)))
    step = asked(story, known)
    assert step
    assert step.what != "review_plan"


def test_what_a_correction_suggests_besides_is_decided_at_home_by_the_gp_within_days() -> None:
    story, known = planned(at_home=True), corrected(offering(FOOD), falls_last_12_months=4)
    story.tell(Screened("K1", "A2", "S1"))
    known["A2"] = replace(known["A2"], assessment=offering(FOOD, TEAM).assessment)
    step = asked(story, known)
    assert step is not None
    assert (step.what, step.owner, step.about) == ("decide", "gp", "A2")
    assert step.due is not None


# A new score at home


def rescored(*, practice: str | None = "Solsiden", to: Place = "home") -> tuple[Story, dict[str, Basis]]:
    """A patient of the team's track whose new score at home gives the other."""
    story = screened()
    decided(story, "accepted", "cga_team")
    discharged = Discharged("S1", datetime(2026, 11, 23, 10, tzinfo=UTC), to)
    story.tell(
        PlanStarted("P1", "A1", DAY_HOME, ("cga_team",)), discharged, PracticeSet(practice), Screened("K2", "A2")
    )
    return story, {"A1": offering(TEAM), "A2": offering(RELIEF)}


@pytest.mark.parametrize(
    ("practice", "to", "owner"),
    [
        ("Solsiden", "home", "gp"),
        ("Solsiden", "care_home", "care_home_doctor"),
        (None, "home", "geriatric_team"),  # nobody is made the owner of what they cannot see
    ],
)
def test_a_track_that_a_new_score_changes_at_home_is_decided_by_whoever_has_the_patient_there(
    practice: str | None, to: Place, owner: str
) -> None:
    story, known = rescored(practice=practice, to=to)
    step = asked(story, known)
    assert step is not None
    assert (step.what, step.owner, step.about) == ("decide", owner, "A2")
    assert step.due == datetime.combine(story.now.date() + timedelta(days=3), END_OF_DAY, OSLO)


def test_after_the_gp_accepts_the_new_track_the_plan_is_renewed_and_after_declining_it_the_old_goes_on() -> None:
    story, known = rescored()
    told = story.tell(Decided("A2", "palliative_focus", "accepted"))
    step = asked(story, known)
    assert step
    assert (step.what, step.owner, step.about) == ("renew_plan", "gp", "P1")
    assert step.due is not None
    story.undo(told)
    story.tell(Decided("A2", "palliative_focus", "overridden", "Vil fortsatt trene"))
    step = asked(story, known)
    assert step
    assert step.what == "municipal_notice"


def test_a_track_that_is_no_longer_suggested_is_looked_at_and_never_ends_by_itself() -> None:
    story, known = rescored()
    known["A2"] = offering(FOOD)
    step = asked(story, known)
    assert step
    assert (step.what, step.owner) == ("review_plan", "gp")


# Left undecided


def left_to_settle(story: Story, basis: Basis) -> list[str]:
    """Who is to settle what a patient left undecided."""
    known = dict.fromkeys(("A1", "A2", "A3"), basis)
    found = clocks_of(story.course, known, {})
    return [each.owner for each in found if each.step == "left_undecided" and each.state == "open"]


def test_whoever_leaves_undecided_stays_with_the_team_after_the_epikrise_until_someone_says_why_not() -> None:
    story, basis = screened(), offering(TEAM, RELIEF, CHOICE, FOOD)
    story.tell(home(), StepDone("S1", "epikrise", NOON))
    end = datetime(2026, 11, 26, 22, 59, 59, tzinfo=UTC)
    assert coming(story, basis) == NextStep("left_undecided", "geriatric_team", end)
    told = story.tell(StepNotDone("S1", "left_undecided", "declined", "Vil ikke følges opp"))
    assert coming(story, basis) is None
    story.undo(told)
    assert what(story, basis) == ("left_undecided", "geriatric_team")


def test_the_day_to_settle_it_by_is_a_working_day() -> None:
    story, basis = screened(), offering(FOOD)
    story.tell(home(at=datetime(2026, 11, 25, 10, tzinfo=UTC)), StepDone("S1", "epikrise", NOON))
    step = coming(story, basis)
    assert step
    assert step.due == datetime(2026, 11, 27, 22, 59, 59, tzinfo=UTC)


def test_deciding_afterwards_or_starting_a_plan_settles_it() -> None:
    story, basis = screened(), offering(FOOD)
    story.tell(home(), StepDone("S1", "epikrise", NOON))
    assert left_to_settle(story, basis) == ["geriatric_team"]
    decided(story, "accepted", "nutrition")
    assert left_to_settle(story, basis) == ["geriatric_team"]
    story.tell(PlanStarted("P1", "A1", DAY_HOME, ("nutrition",)))
    assert left_to_settle(story, basis) == []


def test_whoever_leaves_with_everything_unknown_is_not_gone() -> None:
    basis, story = Basis(Case(), assess(Case(), date(2026, 11, 16), national())), screened()
    story.tell(home(), StepDone("S1", "epikrise", NOON))
    assert what(story, basis) == ("left_undecided", "geriatric_team")


@pytest.mark.parametrize(("born", "stays"), [(date(1940, 1, 1), True), (None, True), (date(1980, 1, 1), False)])
def test_whoever_leaves_unscreened_is_not_gone_where_the_age_is_one_that_is_screened(
    born: date | None, stays: bool
) -> None:
    story = Story()
    story.tell(Described(born=born), admitted(), home())
    assert what(story, offering()) == (("epikrise", "treating_doctor") if stays else None)
    story.tell(StepDone("S1", "epikrise", NOON))
    assert (what(story, offering()) is not None) == stays


def test_someone_who_was_not_to_be_screened_left_nothing_unsettled() -> None:
    story = Story()
    story.tell(admitted(), StepNotDone("S1", "screening", "declined"), home(), StepDone("S1", "epikrise", NOON))
    assert coming(story, offering()) is None


def test_a_readmission_takes_what_was_left_undecided_with_it() -> None:
    story, basis = screened(), offering(FOOD)
    story.tell(home(), admitted("S2", NOON + timedelta(days=9)))
    assert left_to_settle(story, basis) == []
    assert what(story, basis) == ("screening", "ward_nurse")


def test_when_no_pathway_fits_the_team_finds_the_way_the_same_day() -> None:
    story, basis = screened(), offering(finding("pathway_decide", "action:pathway_decide"))
    end = datetime(2026, 11, 16, 22, 59, 59, tzinfo=UTC)
    assert coming(story, basis) == NextStep("decide", "geriatric_team", end, about="A1")
