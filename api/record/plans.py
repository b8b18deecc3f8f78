"""A patient's plan as it is shown: with the case it is built from, and whom this hospital says to call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from careplans.course.answers import known_now
from careplans.course.case_now import case_as_it_stands
from careplans.course.due import Basis, plan_as_it_stands
from careplans.course.state import Course, PlanState
from careplans.course.written import hand_of
from careplans.parts import Plan
from careplans.settings import PlanSettings
from rules.case import Case
from rules.ruleset import Overlay


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with the case it is built from, as it may be shown."""

    state: PlanState
    case: Case
    plan: Plan


def plan_in(course: Course) -> PlanState | None:
    """Return the plan that runs, else the newest."""
    return course.running or (course.plans[-1] if course.plans else None)


def planned(course: Course, state: PlanState, basis: Mapping[str, Basis], overlay: Overlay | None) -> Planned:
    """Return the plan as it stands now; `basis` is by assessment, that of the plan and of those it renews."""
    settings = PlanSettings(overlay.offsets, overlay.contacts) if overlay else PlanSettings()
    found = known_now(course, state, basis)
    if found is None:
        raise KeyError(state.assessment)
    found = replace(found, limits=hand_of(course, state, basis))
    case = case_as_it_stands(course, state, found.case)
    return Planned(state, case, plan_as_it_stands(course, state, found, settings=settings))
