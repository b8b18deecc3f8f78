"""Which events are shown: all that were written down, but for what was on the wrong patient and all that came of it."""

from __future__ import annotations

from datetime import date

from api.record.told_events import retracted_in, root_of, told, undone_in
from careplans.course.events import Event, PlanStarted, Recorded, Retracted, Screened, StepDone, Undone
from tests.unit.course_stories import NURSE, START, admitted


def story(*events: Event) -> list[Recorded]:
    """Return the events as written down, with e0, e1 … as ids."""
    return [Recorded(f"e{place}", event, START, NURSE) for place, event in enumerate(events)]


def shown(*events: Event) -> list[tuple[str, bool]]:
    """Return the ids of what is shown, and whether each stands."""
    return [(each.recorded.id, each.stands) for each in told(story(*events))]


def test_everything_is_shown_and_what_was_undone_stands_no_more():
    assert shown(admitted(), Undone("e0", "Feil")) == [("e0", False), ("e1", True)]


def test_an_undoing_that_was_undone_undoes_nothing():
    events = (admitted(), Undone("e0", "Feil"), Undone("e1", "Riktig likevel"))
    assert shown(*events) == [("e0", True), ("e1", False), ("e2", True)]
    assert undone_in(story(*events)) == {"e1"}


def test_what_was_on_the_wrong_patient_is_not_shown_nor_what_came_of_it():
    events = (
        admitted("S1"),
        admitted("S2"),
        Screened("K1", "A1", "S2"),
        PlanStarted("P1", "A1", date(2026, 11, 17)),
        StepDone("P1", "HPH0", START, note="Om en annen"),
        StepDone("S1", "HPH0", START),
        Undone("e4", "Feil"),
        Retracted("stay", "S2", "Feil pasient"),
    )
    assert shown(*events) == [("e0", True), ("e5", True)]


def test_a_retraction_that_was_undone_hides_nothing_but_itself():
    events = (admitted(), Retracted("stay", "S1", "Feil pasient"), Undone("e1", "Riktig likevel"))
    assert shown(*events) == [("e0", True)]
    assert retracted_in(story(*events)) == ()


def test_what_an_undoing_is_about_is_found_through_other_undoings():
    events = story(admitted(), Undone("e0", "Feil"), Undone("e1", "Nei"))
    assert root_of(Undone("e2", "Jo"), events) == events[0]
    assert root_of(Undone("e0", "Feil"), events) == events[0]
    assert root_of(Undone("e9", "Feil"), events) is None
