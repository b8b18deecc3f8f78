"""What life does to a course, and the way back from each: told as short stories."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from careplans.course.events import (
    KINDS,
    AddressProtected,
    Admitted,
    ChoiceRecorded,
    ClockPaused,
    ClockResumed,
    Decided,
    Described,
    Died,
    Discharged,
    DischargeExpected,
    Event,
    Merged,
    Moved,
    OwnerSet,
    PlanClosed,
    PlanPaused,
    PlanResumed,
    PlanStarted,
    PracticeSet,
    ReadyForDischarge,
    RecordBlocked,
    Recorded,
    Retracted,
    Screened,
    StepDone,
    StepNotDone,
    Transferred,
    Undone,
)
from careplans.course.fold import TOLD, course_of
from careplans.course.state import RECEIPT, Course
from tests.unit.course_stories import DAY_HOME, START, Story, admitted, home, on_a_plan, readmitted

HOUR = timedelta(hours=1)

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
LATER = date(2026, 12, 2)


def statuses(course: Course) -> dict[str, tuple[str, str | None]]:
    """Whether each plan runs, and why not."""
    return {plan.id: (plan.status, plan.why) for plan in course.plans}


def test_every_kind_of_event_is_told() -> None:
    assert set(TOLD) | {Retracted, Merged, Undone} == set(KINDS)


EVERY_CHANGE: tuple[Event, ...] = (
    Described("Kari Eksempel", date(1945, 1, 15), "female"),
    Admitted("S2", NOON, "St. Olavs"),
    Transferred("S1", "Namsos", "MED1"),
    DischargeExpected("S1", date(2026, 11, 27)),
    DischargeExpected("S1", None),
    ReadyForDischarge("S1", NOON),
    home(),
    Discharged("S1", NOON, "home", "5007"),
    Screened("K2", "A2", "S1"),
    Screened("K1", "A2", "S1"),
    Retracted("screening", "K1", "Feil pasient"),
    Retracted("stay", "S1", "Feil pasient"),
    Decided("A1", "nutrition", "overridden", "Har fått det"),
    ChoiceRecorded("A1", "cga_team", ("patient",)),
    PlanStarted("P2", "A1", LATER),
    PlanPaused("P1", "Venter på svar"),
    PlanClosed("P1", "declined"),
    StepDone("S1", "HPH2", NOON),
    StepNotDone("P1", "HPH2", "not_at_home"),
    ClockPaused("S1", "HPH3", "Fastlegen er borte"),
    OwnerSet("S1", "HPH3", "coordinator"),
    Moved("5007"),
    PracticeSet("Legesenteret"),
    Died(LATER),
    RecordBlocked(blocked=True),
    AddressProtected(protected=True),
)


@pytest.mark.parametrize(
    "event", EVERY_CHANGE, ids=[f"{number} {event.kind}" for number, event in enumerate(EVERY_CHANGE)]
)
def test_each_change_changes_something_and_undoing_it_brings_back_what_was(event: Event) -> None:
    story = on_a_plan()
    before = story.course
    changed = story.tell(event)
    after = story.course
    undoing = story.undo(changed)
    assert after != before
    assert story.course == before
    story.undo(undoing)
    assert story.course == after


def test_an_event_cannot_undo_one_that_comes_after_it_or_itself() -> None:
    story = Story()
    story.tell(Undone("e1", "Feil"), admitted(), Undone("e2", "Feil"))
    assert story.course.stay is not None


def test_what_is_about_something_unknown_changes_nothing() -> None:
    story = on_a_plan()
    before = story.course
    story.tell(
        Transferred("?", "Namsos"), home("?"), Decided("?", "nutrition", "accepted"), PlanStarted("P9", "?", LATER),
        PlanPaused("?", "-"), PlanResumed("?"), PlanClosed("?", "other"), StepDone("?", "HPH2", NOON),
        ClockPaused("?", "HPH2", "-"), ClockResumed("S1", "HPH2"), OwnerSet("?", "HPH2", "gp"),
        Retracted("stay", "?", "-"), Undone("?", "-"), PlanStarted("P1", "A1", LATER), Screened("K9", "A1"),
    )  # fmt: skip
    assert story.course == before


# Stays


def test_a_discharge_is_moved_and_cancelled() -> None:
    story = on_a_plan()
    story.tell(DischargeExpected("S1", LATER))
    assert story.course.stays[0].expected == LATER
    story.tell(DischargeExpected("S1", None))
    assert story.course.stays[0].expected is None


def test_a_discharge_to_another_municipality_changes_who_follows_up() -> None:
    story = on_a_plan()
    story.tell(Moved("5001"), Discharged("S1", NOON, "short_term_care", "5007"))
    assert story.course.municipality == "5007"


def test_a_stay_that_is_told_late_does_not_become_the_newest() -> None:
    story = on_a_plan()
    story.tell(admitted("S9", START - timedelta(days=90)))
    assert [stay.id for stay in story.course.stays] == ["S9", "S1"]
    assert statuses(story.course) == {"P1": ("running", None)}


def test_an_admission_told_again_corrects_the_stay_and_keeps_its_plan() -> None:
    story = on_a_plan()
    story.tell(replace(admitted(), at=START - timedelta(hours=2)))
    assert statuses(story.course) == {"P1": ("running", None)}
    assert [stay.admitted for stay in story.course.stays] == [START - timedelta(hours=2)]


def test_an_admission_told_after_a_plan_that_started_in_it_is_no_readmission() -> None:
    story = Story()
    story.tell(Screened("K1", "A1"), PlanStarted("P1", "A1", date(2026, 11, 17)), admitted())
    assert statuses(story.course) == {"P1": ("running", None)}
    story.tell(admitted("S2", NOON))
    assert statuses(story.course) == {"P1": ("paused", "readmitted")}


# Readmission


def test_a_readmission_before_the_evaluation_pauses_the_plan() -> None:
    assert statuses(readmitted().course) == {"P1": ("paused", "readmitted")}


def test_a_readmission_after_the_evaluation_leaves_the_plan() -> None:
    story = on_a_plan()
    story.tell(home(), StepDone("P1", "HPH4", NOON), admitted("S2", NOON))
    assert statuses(story.course) == {"P1": ("running", None)}


def test_a_readmission_that_was_a_slip_lets_the_plan_run_again() -> None:
    story = readmitted()
    story.undo(story.events[-1].id)
    assert statuses(story.course) == {"P1": ("running", None)}


def test_a_readmission_that_is_told_late_has_let_the_plan_wait_since_the_patient_came_in() -> None:
    story, came_in = on_a_plan(), datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    story.tell(home())
    story.now = came_in + timedelta(days=4)
    story.tell(admitted("S2", came_in))
    assert story.course.plans[0].since == came_in


def test_a_plan_that_began_after_the_readmission_has_not_waited_before_that() -> None:
    story = on_a_plan()
    story.tell(admitted("S2", datetime(2026, 11, 16, 22, 0, tzinfo=UTC)))
    assert story.course.plans[0].since == datetime(2026, 11, 16, 23, 0, tzinfo=UTC)


def test_a_plan_resumed_after_a_newer_stay_follows_that_one_and_counts_no_waiting_before_it() -> None:
    story = readmitted()
    resumed = story.tell(PlanResumed("P1"))
    (plan,) = story.course.plans
    assert (plan.stay, plan.marks, plan.before, plan.rests) == ("S2", "S2", ("S1",), ())
    story.undo(resumed)
    (plan,) = story.course.plans
    assert (plan.stay, plan.before) == ("S1", ())


def test_a_plan_resumed_in_its_own_stay_stays_there_and_has_waited() -> None:
    story = on_a_plan()
    story.tell(PlanPaused("P1", "Reise"), PlanResumed("P1"))
    (plan,) = story.course.plans
    assert (plan.stay, plan.before, len(plan.rests)) == ("S1", (), 1)


def test_what_each_homecoming_has_is_done_anew_and_the_rest_stays_done() -> None:
    story = on_a_plan()
    once, anew = ("HPH3",), ("municipal_notice", "epikrise", "HPH0", "HPH1", "HPH2")
    story.tell(home(), *(StepNotDone("P1", step, "other") for step in (*once, *anew)))
    story.tell(admitted("S2", datetime(2026, 12, 1, 8, 0, tzinfo=UTC)), PlanResumed("P1"))
    assert {step for of, step in story.course.marks if of == "S2"} == set(once)
    assert {step for of, step in story.course.marks if of == "S1"} == {*once, *anew}


def test_a_stay_whose_end_nobody_told_ends_where_the_next_begins() -> None:
    story, second = on_a_plan(), datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    told = story.tell(admitted("S2", second))
    assert [each.discharged for each in story.course.stays] == [second, None]
    story.tell(home())
    assert story.course.stays[0].discharged == home().at
    story.undo(told)
    assert story.course.in_hospital is False


def test_an_epikrise_is_owed_for_every_stay_that_ended() -> None:
    story = on_a_plan()
    story.tell(home(), admitted("S2", datetime(2026, 12, 1, 8, 0, tzinfo=UTC)))
    assert [stay.id for stay in story.course.owed] == []  # the plan that waits has the first as a step
    story.tell(PlanResumed("P1"))
    assert [stay.id for stay in story.course.owed] == ["S1"]
    story.tell(home("S2", datetime(2026, 12, 4, 10, 0, tzinfo=UTC)))
    assert [stay.id for stay in story.course.owed] == ["S1"]  # the second is a step of the plan by now


def test_an_epikrise_is_owed_for_a_stay_that_nobody_screened_in() -> None:
    story = Story()
    story.tell(admitted(), home(), admitted("S2", datetime(2026, 12, 1, 8, 0, tzinfo=UTC)))
    assert [stay.id for stay in story.course.owed] == ["S1"]
    story.tell(StepDone("S1", "epikrise", NOON))
    assert story.course.owed == ()


@pytest.mark.parametrize(
    ("hours", "hospital", "told_home", "owed"),
    [
        (3, "St. Olavs", False, []),
        (3, "ORK", False, ["S1"]),
        (24, "St. Olavs", False, ["S1"]),
        (3, "St. Olavs", True, ["S1"]),
    ],
)
def test_an_admission_that_was_told_twice_that_day_owes_one_epikrise(hours, hospital, told_home, owed) -> None:
    story, again = Story(), admitted().at + timedelta(hours=hours)
    story.tell(admitted(), *([home(at=admitted().at + timedelta(hours=1))] if told_home else []))
    told = story.tell(replace(admitted("S2", again), hospital=hospital))
    assert [stay.id for stay in story.course.owed] == owed
    story.tell(home("S2", again + timedelta(days=2)))
    assert [stay.id for stay in story.course.owed] == [*owed, "S2"]
    story.undo(told)
    assert story.course.stays[0].told_twice is False


def test_a_plan_made_in_the_new_stay_takes_over() -> None:
    story = readmitted()
    story.tell(Screened("K2", "A2", "S2"), PlanStarted("P2", "A2", LATER))
    assert statuses(story.course) == {"P1": ("paused", "superseded"), "P2": ("running", None)}


def test_going_home_again_without_a_new_plan_leaves_the_old_one_paused_until_someone_resumes_it() -> None:
    story = readmitted()
    story.tell(home("S2", NOON))
    assert statuses(story.course) == {"P1": ("paused", "readmitted")}
    story.tell(PlanResumed("P1"))
    assert statuses(story.course) == {"P1": ("running", None)}


# Plans


def two_plans() -> Story:
    """A plan that a newer one has taken over from."""
    story = on_a_plan()
    story.tell(PlanStarted("P2", "A1", LATER))
    return story


def test_undoing_the_newer_plan_makes_the_older_one_run_again() -> None:
    story = two_plans()
    assert statuses(story.course) == {"P1": ("paused", "superseded"), "P2": ("running", None)}
    story.undo(story.events[-1].id)
    assert statuses(story.course) == {"P1": ("running", None)}


def test_retracting_what_the_newer_plan_rests_on_makes_the_older_one_run_again() -> None:
    story = on_a_plan()
    story.tell(Screened("K2", "A2", "S1"), PlanStarted("P2", "A2", LATER), Retracted("screening", "K2", "Feil pasient"))
    assert statuses(story.course) == {"P1": ("running", None)}


def test_closing_the_newer_plan_does_not_wake_the_older_one() -> None:
    story = two_plans()
    story.tell(PlanClosed("P2", "completed"))
    assert statuses(story.course) == {"P1": ("paused", "superseded"), "P2": ("closed", None)}


def test_resuming_the_older_plan_makes_the_newer_one_give_way() -> None:
    story = two_plans()
    story.tell(PlanResumed("P1"))
    assert statuses(story.course) == {"P1": ("running", None), "P2": ("paused", "superseded")}


def test_a_closed_plan_is_not_resumed_but_its_closing_can_be_undone() -> None:
    story = on_a_plan()
    closing = story.tell(PlanClosed("P1", "declined"))
    story.tell(PlanResumed("P1"))
    assert (story.course.plans[0].status, story.course.plans[0].ending) == ("closed", "declined")
    story.undo(closing)
    assert statuses(story.course) == {"P1": ("running", None)}


def test_a_plan_that_is_renewed_is_closed() -> None:
    story = on_a_plan()
    story.tell(PlanStarted("P2", "A1", LATER, renews="P1"))
    assert statuses(story.course) == {"P1": ("closed", "superseded"), "P2": ("running", None)}


def test_a_plan_remembers_the_time_it_waited() -> None:
    story = on_a_plan()
    story.tell(PlanPaused("P1", "Venter på svar"))
    story.tell(PlanResumed("P1"), after=timedelta(days=3))
    assert [rest.until - rest.since for rest in story.course.plans[0].rests] == [timedelta(days=3)]


def test_a_plan_has_waited_since_it_first_stopped() -> None:
    story = on_a_plan()
    story.tell(PlanPaused("P1", "Venter på svar"))
    stopped = story.now
    story.tell(PlanStarted("P2", "A1", LATER))
    story.tell(PlanResumed("P1"), after=timedelta(days=3))
    assert [rest.since for rest in story.course.plans[0].rests] == [stopped]


def test_of_two_merged_records_the_plan_that_started_last_runs() -> None:
    one, other = on_a_plan(), Story(now=START + timedelta(days=1))
    other.tell(admitted("T1", NOON), Screened("L1", "B1", "T1"), PlanStarted("Q1", "B1", LATER))
    theirs = [Recorded(f"other{each.id}", each.event, each.at, each.by) for each in other.events]
    merged = sorted((*one.events, *theirs), key=lambda each: each.at)
    assert statuses(course_of(merged)) == {"P1": ("paused", "superseded"), "Q1": ("running", None)}


# Screenings


def test_a_correction_keeps_the_older_assessment() -> None:
    story = on_a_plan()
    story.tell(Screened("K1", "A2", "S1"))
    (screening,) = story.course.screenings
    assert (screening.assessment, screening.versions) == ("A2", ("A1",))


def test_a_plan_from_the_older_assessment_still_runs_after_a_correction() -> None:
    story = on_a_plan()
    story.tell(Screened("K1", "A2", "S1"))
    assert statuses(story.course) == {"P1": ("running", None)}


def test_a_retracted_screening_takes_all_that_rests_on_it() -> None:
    story = on_a_plan()
    story.tell(
        Decided("A1", "nutrition", "accepted"), ChoiceRecorded("A1", "cga_team", ("patient",)),
        Screened("K1", "A2", "S1"), Decided("A2", "nutrition", "accepted"), Retracted("screening", "K1", "Feil"),
    )  # fmt: skip
    course = story.course
    assert (course.screenings, course.plans, course.decisions, course.choices) == ((), (), (), ())
    assert course.stay is not None


def test_a_retracted_stay_leaves_nothing() -> None:
    story = on_a_plan()
    story.tell(StepDone("S1", "HPH0", NOON), Retracted("stay", "S1", "Feil pasient"))
    assert story.course.empty
    assert story.course.marks == {}


def test_a_screening_that_was_moved_to_the_right_stay_outlives_the_wrong_one() -> None:
    story = on_a_plan()
    story.tell(admitted("S2", NOON), Screened("K1", "A2", "S2"), Retracted("stay", "S1", "Feil pasient"))
    assert [(each.id, each.stay) for each in story.course.screenings] == [("K1", "S2")]


def test_a_correction_that_names_a_stay_nobody_knows_leaves_the_screening_where_it_was() -> None:
    story = on_a_plan()
    story.tell(Screened("K1", "A2", "S7"))
    assert [each.stay for each in story.course.screenings] == ["S1"]
    story.tell(Retracted("stay", "S1", "Feil pasient"))
    assert story.course.empty


# Steps


def test_the_newest_mark_stands_whether_the_plan_or_its_stay_is_named() -> None:
    story = on_a_plan()
    story.tell(StepNotDone("S1", "HPH2", "not_at_home"), StepDone("P1", "HPH2", NOON))
    assert story.course.marks == {("S1", "HPH2"): StepDone("P1", "HPH2", NOON)}


def test_a_clock_that_goes_on_remembers_the_time_it_waited() -> None:
    story = on_a_plan()
    story.tell(ClockPaused("S1", "HPH3", "Fastlegen er borte"))
    assert story.course.waits == {("S1", "HPH3"): "Fastlegen er borte"}
    story.tell(ClockPaused("S1", "HPH3", "Vikaren òg"))
    story.tell(ClockResumed("S1", "HPH3"), after=timedelta(days=2))
    (rest,) = story.course.rests["S1", "HPH3"]
    assert rest.until - rest.since == timedelta(days=2, hours=1)
    assert (story.course.waits, story.course.since) == ({}, {})


def test_a_clock_that_went_on_before_it_waited_has_waited_no_time() -> None:
    story = on_a_plan()
    story.tell(ClockPaused("S1", "HPH3", "-"))
    story.tell(ClockResumed("S1", "HPH3"), after=timedelta(hours=-5))
    assert story.course.rests == {("S1", "HPH3"): ()}


# The person


def test_death_closes_every_plan_also_one_written_down_afterwards_and_its_undoing_brings_them_back() -> None:
    story = two_plans()
    story.tell(PlanClosed("P2", "completed"))
    death = story.tell(Died(LATER))
    story.tell(PlanStarted("P3", "A1", LATER))
    assert statuses(story.course) == {"P1": ("closed", "died"), "P2": ("closed", None), "P3": ("closed", "died")}
    assert not story.course.in_pathway
    story.undo(death)
    assert statuses(story.course) == {
        "P1": ("paused", "superseded"),
        "P2": ("closed", None),
        "P3": ("running", None),
    }


def test_what_is_not_said_of_a_person_stays_as_it_was() -> None:
    story = on_a_plan()
    story.tell(Described("Kari Eksempel", date(1945, 1, 15)), Described(sex="female"))
    assert story.course.who == Described("Kari Eksempel", date(1945, 1, 15), "female")


@pytest.mark.parametrize(
    "event",
    [StepDone("S1", "municipal_notice", START), StepDone("S1", "HPH0", START), StepDone("S1", "HPH1", START), home()],
    ids=["notice", "before discharge", "the call", "home with a plan"],
)  # fmt: skip
def test_the_municipality_sees_a_patient_only_after_it_has_been_told_or_has_a_plan_to_follow(event: Event) -> None:
    story = Story()
    story.tell(admitted(), Screened("K1", "A1", "S1"), StepDone("S1", "epikrise", START))
    story.tell(PlanStarted("P1", "A1", DAY_HOME))
    seen = [story.course.shared]
    told = story.tell(event)
    seen.append(story.course.shared)
    story.undo(told)
    assert [*seen, story.course.shared] == [False, True, False]


def test_someone_who_goes_home_without_a_plan_or_a_notice_is_not_shown_to_the_municipality() -> None:
    story = Story()
    story.tell(admitted(), Screened("K1", "A1", "S1"), home())
    assert not story.course.shared


def test_a_notice_after_the_receipt_asks_the_municipality_anew() -> None:
    story = Story()
    story.tell(admitted(), StepDone("S1", "municipal_notice", START), StepDone("S1", RECEIPT, START + HOUR))
    received = [story.course.received]
    again = story.tell(StepDone("S1", "municipal_notice", START + 2 * HOUR))
    received.append(story.course.received)
    story.undo(again)
    assert [*received, story.course.received] == [START + HOUR, None, START + HOUR]
