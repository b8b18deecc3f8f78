"""A stored case as it stands now: the patient, the stay and the municipality may have changed since it was scored."""

from __future__ import annotations

from dataclasses import replace

from careplans.course.renewing import came_home_from
from careplans.course.state import Course, PlanState, Stay
from rules.case import Case, Encounter

TELLS_WHERE = ("gp", "next_of_kin")
"""Answers that tell where someone lives, or through whom to find out."""


def case_as_it_stands(course: Course, state: PlanState, case: Case) -> Case:
    """Return the case with who the patient is, the stay and the municipality as they are now."""
    who = course.who
    patient = replace(
        case.patient,
        name=who.name or case.patient.name,
        birth_date=who.born or case.patient.birth_date,
        municipality=course.municipality,
    )
    stay = next((each for each in course.stays if each.id == came_home_from(course, state)), None)
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
