"""What a plan that renews another takes with it: what was accepted and not settled anew, and what was still to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from careplans.catalogue import read
from careplans.course.fold import EVALUATION
from careplans.course.state import Course, PlanState
from careplans.parts import Step
from rules.assessment import Assessment
from rules.times import oslo_day

if TYPE_CHECKING:
    from careplans.course.due import Basis


def plan_before(course: Course, plan: PlanState) -> PlanState | None:
    """Return the plan that this one renews, which began before it."""
    older = course.plans[: course.plans.index(plan)] if plan in course.plans else course.plans
    return next((each for each in older if each.id == plan.renews), None)


def came_home_from(course: Course, plan: PlanState) -> str | None:
    """Return the stay that the plan follows: its own, else that of the plan it renews, else the one before it began."""
    before = plan_before(course, plan)
    if plan.at_home and plan.stay is None and before is None:
        ended = (each for each in course.stays if each.discharged and oslo_day(each.discharged) <= plan.started)
        return next((each.id for each in reversed(tuple(ended))), None)
    return plan.stay or (came_home_from(course, before) if before else None)


def basis_of(course: Course, plan: PlanState, basis: Mapping[str, Basis]) -> Basis | None:
    """Return what a plan rests on: its own assessment, with what it kept of the plan it renews.

    A measure that the new answers do not settle, or no longer suggest, goes on when someone said so: its grounds are
    those that it was accepted on.
    """
    own, before = basis.get(plan.assessment), plan_before(course, plan)
    older = basis_of(course, before, basis) if before else None
    if own is None or older is None:
        return own
    return replace(own, assessment=keeping(own.assessment, older.assessment, frozenset(plan.rules)))


def keeping(assessment: Assessment, older: Assessment, rules: frozenset[str]) -> Assessment:
    """Return an assessment with the named findings of an older one that it has not itself."""
    offered = {each.rule for each in assessment.offers}
    kept = tuple(each for each in older.offers if each.rule in rules - offered)
    if not kept:
        return assessment
    suggested, known = {each.suggests for each in kept}, {each.track for each in assessment.tracks}
    tracks = (each for each in older.tracks if f"track:{each.track}" in suggested and each.track not in known)
    return replace(
        assessment,
        findings=(*assessment.findings, *kept),
        tracks=(*assessment.tracks, *tracks),
        pathway=older.pathway if f"pathway:{older.pathway}" in suggested else assessment.pathway,
    )


def still_to_come(course: Course, plan: PlanState, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the visits of the plan before that nobody has marked, where it is renewed before its evaluation is due.

    `steps` are those of the plan before, counted from the discharge. At the evaluation itself they are over.
    """
    before = plan_before(course, plan)
    evaluation = next((each.due.on for each in steps if each.id == EVALUATION), None)
    early = evaluation is None or plan.started < evaluation
    if before is None or not early or (before.marks, EVALUATION) in course.marks:
        return ()
    owed = read("pathway")["renewal"]["if_early"]
    if before.renews:
        owed = [each.id for each in still_to_come(course, before, steps) if each.id in owed]
    return tuple(each for each in steps if each.id in owed and (before.marks, each.id) not in course.marks)
