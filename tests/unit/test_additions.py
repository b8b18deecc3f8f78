"""What a clinician can add to a plan, and that what is kept out is said with what keeps it out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from careplans.acceptance import Accepted, contested
from careplans.additions import Addition, additions
from careplans.course.choices import to_start, waits_for_choice
from careplans.course.events import ChoiceRecorded, Decided, Screened
from careplans.plan import build_plan
from rules.assess import assess
from rules.ruleset import national
from tests.unit.course_stories import Story
from tests.unit.test_careplans_example import example_case

ON = date(2026, 11, 16)
CASE = example_case()
DYING = replace(CASE, answers={**CASE.answers, "terminal_illness": True})
FOUND, BOTH = assess(CASE, ON, national()), assess(DYING, ON, national())
PALLIATIVE = Accepted(frozenset(f.rule for f in BOTH.offers if f.suggests != "track:cga_team"))


def test_every_module_that_can_be_added_is_in_the_plan_once_it_is_added() -> None:
    accepted = Accepted(frozenset(each.rule for each in FOUND.offers))
    able = [each.module for each in additions(CASE, FOUND, accepted) if not each.kept_out_by]
    assert able
    for module in able:
        plan = build_plan(CASE, FOUND, accepted=replace(accepted, modules=frozenset({module})))
        assert module in plan.modules


def test_what_palliative_focus_keeps_out_is_named_with_it_and_is_not_in_the_plan() -> None:
    kept_out = [each for each in additions(DYING, BOTH, PALLIATIVE) if each.kept_out_by]
    assert Addition("exercise", wanted=True, kept_out_by=("track:palliative_focus",)) in kept_out
    for each in kept_out:
        added = replace(PALLIATIVE, modules=frozenset({each.module}))
        assert each.module not in build_plan(DYING, BOTH, accepted=added).modules


def test_what_was_added_is_in_the_plan_or_is_named_with_what_keeps_it_out() -> None:
    added = replace(PALLIATIVE, modules=frozenset({"social_network", "exercise"}))
    found = {each.module: each for each in additions(DYING, BOTH, added)}
    assert "social_network" not in found
    assert found["exercise"] == Addition("exercise", wanted=True, kept_out_by=("track:palliative_focus",))


def test_a_track_is_chosen_and_cannot_be_added() -> None:
    offered = {each.module for each in additions(CASE, FOUND, Accepted(frozenset()))}
    assert offered.isdisjoint({"cga", "palliative_focus", "prevention", "standard", "shared_decision", "what_matters"})


def test_a_plan_starts_from_what_was_accepted_and_from_the_chosen_track_alone() -> None:
    story = Story()
    story.tell(Screened("S1", "A1"), Decided("A1", "fall_prevention", "accepted"))
    story.tell(Decided("A1", "nutrition", "overridden", "Spiser godt"))
    assert to_start(story.course, "A1", BOTH) == ("fall_prevention",)
    story.tell(ChoiceRecorded("A1", "palliative_focus", ("patient",)))
    started = to_start(story.course, "A1", BOTH)
    chosen = {each.suggests for each in BOTH.offers if contested(each) and each.rule in started}
    assert chosen == {"track:palliative_focus"}
    assert {"shared_decision", "fall_prevention"} <= set(started)


def test_both_tracks_and_the_decision_itself_wait_for_the_choice() -> None:
    assert {each.rule for each in BOTH.offers if waits_for_choice(each, BOTH)} == {
        "cga_team",
        "palliative_focus",
        "shared_decision",
    }
    assert not any(waits_for_choice(each, FOUND) for each in FOUND.offers)
