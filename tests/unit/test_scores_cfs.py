"""The CFS tree against a plain reading of the published order, on every set of answers and with blanks."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.facts import SetAnswer
from rules.knowledge import ITEMS
from rules.scores.cfs import cfs_tree
from tests.spec.people import set_answer

BADL, IADL = ITEMS["badl_help"].codes, ITEMS["iadl_help"].codes
HEALTH, EFFORT = ITEMS["self_rated_health"].codes, ITEMS["everything_is_an_effort"].codes
DOMAIN: dict[str, tuple[Any, ...]] = {
    "terminal_illness": (True, False),
    "badl_help": tuple(range(6)),
    "iadl_help": tuple(range(7)),
    "chronic_conditions": (0, 1, 9, 10, 11, 40),
    "self_rated_health": HEALTH,
    "everything_is_an_effort": EFFORT,
    "vigorous_activity": (True, False),
}


def published(known: Mapping[str, Any]) -> int:
    """The rows of Theou 2021 in their order, in plain Python."""
    badl, iadl, active = known["badl_help"], known["iadl_help"], known["vigorous_activity"]
    health, effort = known["self_rated_health"], known["everything_is_an_effort"]
    if known["terminal_illness"]:
        return 9 if badl <= 2 else 8
    if badl >= 1:
        return 7 if badl >= 3 else 6
    if iadl >= 1:
        return 6 if iadl >= 5 else 5
    if known["chronic_conditions"] >= 10 or health in {"fair", "poor"} or effort == "all":
        return 4
    if health == "excellent" and effort == "rarely":
        return 1 if active else 2
    return 2 if active else 3


def answers(known: Mapping[str, Any]) -> dict[str, Any]:
    """The same answers as a form gives them: how many becomes the first so many."""
    counted = {"badl_help": BADL, "iadl_help": IADL}
    return {
        item: set_answer(item, counted[item][:value]) if item in counted else value for item, value in known.items()
    }


def complete() -> Iterator[dict[str, Any]]:
    for values in itertools.product(*DOMAIN.values()):
        yield dict(zip(DOMAIN, values, strict=True))


def completions(known: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every way the blanks may be filled; a partial set may become any count it allows."""
    choices = [_possible(item, known.get(item)) for item in DOMAIN]
    for values in itertools.product(*choices):
        yield dict(zip(DOMAIN, values, strict=True))


def _possible(item: str, known: Any) -> tuple[Any, ...]:
    if known is None:
        return DOMAIN[item]
    if isinstance(known, SetAnswer):
        return tuple(range(len(known.yes), len(ITEMS[item].codes) - len(known.no) + 1))
    return (known,)


@st.composite
def partly_known(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item, values in DOMAIN.items():
        if not draw(st.booleans()):
            continue
        if ITEMS[item].kind == "set":
            said: dict[str, bool | None] = {
                code: draw(st.sampled_from((True, False, None))) for code in ITEMS[item].codes
            }
            found[item] = set_answer(item, {code: ticked for code, ticked in said.items() if ticked is not None})
        else:
            found[item] = draw(st.sampled_from(values))
    return found


def test_the_tree_is_right_on_every_complete_set_of_answers():
    wrong = [known for known in complete() if cfs_tree(answers(known)).levels != {published(known)}]
    assert wrong == []


@given(partly_known())
def test_with_blanks_the_levels_are_those_of_every_completion(known: dict[str, Any]):
    assert cfs_tree(known).levels == {published(filled) for filled in completions(known)}


@given(partly_known())
def test_the_answers_the_tree_looked_at_alone_give_its_levels(known: dict[str, Any]):
    found = cfs_tree(known)
    assert cfs_tree({item: answer for item, answer in known.items() if item in found.asked}).levels == found.levels


@given(partly_known())
def test_a_next_question_is_asked_exactly_while_the_level_is_open(known: dict[str, Any]):
    found = cfs_tree(known)
    assert (found.next_question is None) == (len(found.levels) == 1)


@given(partly_known())
def test_the_next_question_has_the_least_worst_width(known: dict[str, Any]):
    found = cfs_tree(known)
    if found.next_question is not None:
        worst = {question: max(widths(known, question)) for question in found.open}
        assert worst[found.next_question] == min(worst.values())


def widths(known: Mapping[str, Any], question: str) -> list[int]:
    """How far apart the levels stay, for each answer to a question."""
    possible = _possible(question, known.get(question))
    levels = [{published({**filled, question: answer}) for filled in completions(known)} for answer in possible]
    return [max(each) - min(each) for each in levels]


def test_help_with_three_settles_seven_whatever_else_is_asked():
    three: dict[str, Any] = {
        "terminal_illness": False,
        "badl_help": set_answer("badl_help", {"eat": True, "walk": True, "bathe": True}),
    }
    assert cfs_tree(three).levels == {7}


def test_nothing_asked_is_any_level_and_the_first_question_is_life_expectancy():
    found = cfs_tree({})
    assert found.levels == set(range(1, 10))
    assert found.next_question == "terminal_illness"
