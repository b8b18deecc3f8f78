"""A track certain at every possible CFS level is offered with its weakest strength, though no single rule holds."""

from __future__ import annotations

from careplans.acceptance import Accepted
from careplans.plan import build_plan
from rules.assess import assess
from rules.ruleset import national
from tests.spec.people import ON, person

FOUR_WITH_SIGNS_OR_FIVE = person(
    age=86,
    lifelong_disability=False,
    terminal_illness=False,
    badl_help=[],
    iadl_help={"shopping": False, "telephone": False, "meals": False, "housework": False, "money": False},
    self_rated_health="poor",
    falls_last_12_months=1,
    mst=2,
    surprised_if_died_within_12_months=True,
)


def test_four_with_two_signs_or_five_is_offered_the_team_as_something_to_consider():
    found = assess(FOUR_WITH_SIGNS_OR_FIVE, ON, national())
    assert [(track.track, track.strength, track.status) for track in found.tracks] == [
        ("cga_team", "consider", "preliminary")
    ]
    assert {each.rule for each in found.undecided} >= {"cga_team", "cga_team_vulnerable"}
    (joint,) = found.joint
    assert (joint.rule, joint.suggests, joint.strength) == ("cga_team_vulnerable", "track:cga_team", "consider")
    assert joint.because["falls_last_12_months"] == 1


def test_what_is_offered_so_can_be_accepted_and_starts_the_team():
    found = assess(FOUR_WITH_SIGNS_OR_FIVE, ON, national())
    for accepted in (Accepted.everything(), Accepted.parse("cga_team_vulnerable")):
        plan = build_plan(FOUR_WITH_SIGNS_OR_FIVE, found, accepted=accepted)
        assert [track.track for track in plan.tracks] == ["cga_team"]
        assert "cga" in plan.modules


def test_a_case_with_no_diagnosis_is_in_a_coordination_group():
    fit = person(
        age=81, lifelong_disability=False, cfs_clinician=3, terminal_illness=False, need_after_discharge="none",
        falls_last_12_months=0, can_coordinate="good", diagnoses=[], medicines=[],
    )  # fmt: skip
    assert assess(fit, ON, national()).coordination_group == 5
