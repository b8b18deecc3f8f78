"""Who wrote the words that people act on, and which doctor signed them: told from the versions they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from careplans.contingency import words
from careplans.course.answers import facts_behind
from careplans.course.fold import aware
from careplans.course.state import Course, PlanState
from careplans.parts import Written

if TYPE_CHECKING:
    from careplans.course.due import Basis

LIMITS = "treatment_limits"
DOCTORS = frozenset({"doctor", "gp"})
"""Roles that are a doctor's for certain; a team's member may be of any profession [confirm]."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who wrote some words, and the first doctor who signed a version with them; None is not known."""

    by: Written | None = None
    signed: Written | None = None


def hand_of(course: Course, plan: PlanState, basis: Mapping[str, Basis], *, item: str = LIMITS) -> Hand:
    """Return who first wrote the words that stand under an item now, and who has signed them since."""
    told = [(by, words(basis[each].case, item)) for each, by in _signed(course, plan) if each in basis]
    said = [(by, text) for by, text in told if text]
    if not said:
        return Hand()
    last = said[-1][1]
    same = [by for by, _ in takewhile(lambda each: each[1] == last, reversed(said))][::-1]
    return Hand(same[0], next((by for by in same if by.role in DOCTORS), None))


def _signed(course: Course, plan: PlanState) -> list[tuple[str, Written]]:
    """Return every version of the screenings that tell the facts of a plan, in the order they were signed."""
    telling = set(facts_behind(course, plan))
    every = (each for screening in course.screenings if screening.assessment in telling for each in screening.every)
    signed = ((each, course.signed[each]) for each in every if each in course.signed)
    return sorted(signed, key=lambda each: aware(each[1].at))
