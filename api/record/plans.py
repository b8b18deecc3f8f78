"""A patient's plan as it stands: from the stored case and what was accepted, with the dates that the course has now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from careplans.catalogue import read
from careplans.course.choices import accepted_of
from careplans.course.due import Basis
from careplans.course.state import Course, PlanState, Stay
from careplans.parts import Action, Plan
from careplans.plan import build_plan
from careplans.settings import PlanSettings
from rules.case import Case, Encounter
from rules.ruleset import Overlay
from rules.times import oslo_day

TELLS_WHERE = ("next_of_kin",)
"""Answers that tell where someone lives, or through whom to find out."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with the case it is built from, as it may be shown."""

    state: PlanState
    case: Case
    plan: Plan


def plan_in(course: Course) -> PlanState | None:
    """Return the plan that runs, else the newest."""
    return course.running or (course.plans[-1] if course.plans else None)


def planned(course: Course, state: PlanState, basis: Basis, overlay: Overlay | None) -> Planned:
    """Return the plan as it stands now."""
    settings = PlanSettings(overlay.offsets, overlay.contacts) if overlay else PlanSettings()
    case = _as_it_stands(course, state, basis.case)
    accepted = accepted_of(course, state, basis.assessment)
    counted_from = state.started if state.renews else None  # one that renews another begins after the stay
    plan = build_plan(case, basis.assessment, accepted=accepted, discharge=counted_from, settings=settings)
    return Planned(state, case, _from_here(plan, case) if state.renews else plan)


def _from_here(plan: Plan, case: Case) -> Plan:
    """Return a plan that renews another, without what belonged to the way home from hospital, which is over."""
    steps = tuple(step for step in plan.timeline if step.id in read("pathway")["renewal"]["steps"])
    blocks = tuple(replace(block, actions=tuple(filter(_still_comes, block.actions))) for block in plan.blocks)
    kept = {action.id for block in blocks for action in block.actions}
    conflicts = tuple(each for each in plan.conflicts if kept.issuperset(each.actions))
    home = case.encounter.discharged
    discharge = oslo_day(home) if home else plan.discharge
    return replace(plan, timeline=steps, blocks=blocks, conflicts=conflicts, discharge=discharge)


def _still_comes(action: Action) -> bool:
    return action.due.anchor in {"discharge", "event"} and not action.due.before


def _as_it_stands(course: Course, state: PlanState, case: Case) -> Case:
    """Return the case with who the patient is, the stay and the municipality as they are now."""
    who = course.who
    patient = replace(
        case.patient,
        name=who.name or case.patient.name,
        birth_date=who.born or case.patient.birth_date,
        municipality=course.municipality,
    )
    stay = next((each for each in course.stays if each.id == state.stay), None)
    case = replace(case, patient=patient, encounter=_encounter(case.encounter, stay))
    return without_place(case) if course.protected else case


def _encounter(encounter: Encounter, stay: Stay | None) -> Encounter:
    if stay is None:
        return encounter
    return replace(
        encounter,
        admitted=stay.admitted,
        ward=stay.ward,
        room=encounter.room if stay.ward == encounter.ward else None,
        expected_discharge=stay.expected,
        discharged=stay.discharged,
    )


def without_place(case: Case) -> Case:
    """Return the case of someone whose address is protected, without what tells where the person is to be found."""
    return replace(
        case,
        patient=replace(case.patient, municipality=None),
        encounter=replace(case.encounter, room=None),
        answers={item: answer for item, answer in case.answers.items() if item not in TELLS_WHERE},
    )
