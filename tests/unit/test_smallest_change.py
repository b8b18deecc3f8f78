"""The smallest change that would alter the route: one level of CFS first, then single answers, and never a guess."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.assess import assess
from rules.case import Case
from rules.ruleset import national
from rules.smallest_change import Turn, open_to_route, smallest_change
from tests.spec.people import ON, older, person


def turns(case: Case) -> tuple[Turn, ...]:
    return smallest_change(case, assess(case, ON, national()), national())


def at_80(**answers: object) -> Case:
    return older(**{"terminal_illness": False, **answers})


@pytest.mark.parametrize(
    ("level", "instead", "tracks"),
    [(5, 4, ("prevention",)), (4, 3, ("standard",)), (3, 4, ("prevention",)), (8, 7, ("cga_team",))],
)
def test_the_level_beside_a_limit_is_the_smallest_change(level: int, instead: int, tracks: tuple[str, ...]) -> None:
    assert Turn("cfs_clinician", level, instead, tracks) in turns(at_80(cfs_clinician=level))


def test_a_level_far_from_every_limit_leaves_the_single_answers() -> None:
    found = turns(at_80(cfs_clinician=6))
    assert {turn.item for turn in found} == {"lifelong_disability", "terminal_illness"}
    assert Turn("terminal_illness", False, True, ("cga_team", "palliative_focus")) in found


def test_a_part_of_a_set_is_named_where_the_tree_stands_in_for_the_clinician() -> None:
    found = turns(at_80(badl_help=["bathe"]))
    assert Turn("badl_help", True, False, (), "bathe") in found
    assert not [turn for turn in found if turn.item == "badl_help" and turn.member != "bathe"]


def test_where_nothing_is_known_nothing_that_was_said_would_alter_the_route() -> None:
    assert turns(person()) == ()


def test_each_change_leads_where_it_says_when_it_is_made() -> None:
    case = at_80(cfs_clinician=4, falls_last_12_months=1, recent_function_decline=True, mst=0)
    found = turns(case)
    assert found
    for turn in found:
        changed = replace(case, answers={**case.answers, turn.item: turn.instead})
        assert tuple(track.track for track in assess(changed, ON, national()).tracks) == turn.tracks


def test_a_patient_who_is_too_young_for_cfs_is_turned_by_no_level() -> None:
    young = older(age=64, cfs_clinician=6, terminal_illness=False)
    assert all(turn.item != "cfs_clinician" for turn in turns(young))


def test_beside_the_levels_stands_the_one_answer_that_the_route_hangs_on() -> None:
    found = turns(older(cfs_clinician=5, terminal_illness=True, surprised_if_died_within_12_months=True))
    assert {turn.item for turn in found} >= {"cfs_clinician", "terminal_illness"}
    found = turns(at_80(cfs_clinician=7, surprised_if_died_within_12_months=False))
    assert {turn.item for turn in found} >= {"cfs_clinician", "surprised_if_died_within_12_months"}


def test_both_neighbours_of_a_level_are_told() -> None:
    found = [turn.instead for turn in turns(at_80(cfs_clinician=4)) if turn.item == "cfs_clinician"]
    assert found == [3, 5]


def test_answers_that_nobody_has_given_and_that_can_alter_the_route_are_told() -> None:
    def still_open(**answers: object) -> tuple[str, ...]:
        return open_to_route(assess(at_80(lifelong_disability=False, **answers), ON, national()), national())

    assert still_open(cfs_clinician=6) == ()
    assert still_open(cfs_clinician=7)[0] == "surprised_if_died_within_12_months"
    assert still_open(cfs_clinician=7, surprised_if_died_within_12_months=False) == ()
    assert "cfs_clinician" in open_to_route(assess(person(), ON, national()), national())
