"""What a case tells of the stay, as events: an admission, a transfer, a discharge moved; nothing is typed twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from careplans.course.events import Admitted, Described, Discharged, DischargeExpected, Event, Moved, Place, Transferred
from careplans.course.state import Course, Stay
from rules.case import Case


def told_by(case: Case, course: Course, *, hospital: str, stay: str) -> tuple[Event, ...]:
    """Return what the case says that the course does not hold yet; `stay` names a stay that begins here."""
    here = _stay(case, course)
    events = [] if here else _admission(case, hospital, stay)
    if here is None and events:
        here = Stay(stay, events[0].at, hospital, ward=case.encounter.ward, expected=case.encounter.expected_discharge)
    changes = _changes(case, here) if here else ()
    return (*_description(case, course), *events, *changes, *_move(case, course, admitted=bool(events)))


def stay_of(case: Case, course: Course) -> str | None:
    """Return the stay that the case speaks of, if the course holds it."""
    found = _stay(case, course)
    return found.id if found else None


def _stay(case: Case, course: Course) -> Stay | None:
    """Return the stay with the case's own id or time of admission, else the open one if the case names none."""
    encounter = case.encounter
    for each in reversed(course.stays):
        if encounter.id is not None and each.id == encounter.id:
            return each
        if encounter.id is None and encounter.admitted is not None and each.admitted == encounter.admitted:
            return each
    named = encounter.id is not None or encounter.admitted is not None
    return None if named or not course.in_hospital else course.stay


def _description(case: Case, course: Course) -> Iterator[Event]:
    said = Described(case.patient.name, case.patient.birth_date, case.patient.sex)
    held = course.who
    now = Described(said.name or held.name, said.born or held.born, said.sex or held.sex)
    if now != held:
        yield now


def _admission(case: Case, hospital: str, stay: str) -> list[Admitted]:
    encounter = case.encounter
    if encounter.admitted is None:
        return []
    return [
        Admitted(
            stay,
            encounter.admitted,
            hospital,
            ward=encounter.ward,
            expected=encounter.expected_discharge,
            municipality=case.patient.municipality,
        )
    ]


def _changes(case: Case, stay: Stay) -> Iterator[Event]:
    encounter = case.encounter
    if encounter.ward and encounter.ward != stay.ward:
        yield Transferred(stay.id, stay.hospital, encounter.ward)
    if encounter.expected_discharge and encounter.expected_discharge != stay.expected:
        yield DischargeExpected(stay.id, encounter.expected_discharge)
    if encounter.discharged and encounter.discharged != stay.discharged:
        yield Discharged(stay.id, encounter.discharged, to=cast(Place | None, case.answers.get("discharge_to")))


def _move(case: Case, course: Course, *, admitted: bool) -> Iterator[Event]:
    municipality = case.patient.municipality
    if municipality and municipality != course.municipality and not admitted:
        yield Moved(municipality)
