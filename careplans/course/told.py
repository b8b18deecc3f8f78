"""What a case tells of the stay, as events: an admission, a transfer, a discharge moved; nothing is typed twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, cast

from careplans.course.events import Admitted, Described, Discharged, DischargeExpected, Event, Moved, Place, Transferred
from careplans.course.state import Course, Stay
from rules.case import Case, Encounter, Patient
from rules.times import oslo


@dataclass(frozen=True, slots=True)
class Here:
    """Where a case is told: the hospital and ward, the moment, and the id of a stay that begins with it."""

    hospital: str
    stay: str
    at: datetime
    ward: str | None = None


def told_by(case: Case, course: Course, here: Here) -> tuple[Event, ...]:
    """Return what the case says that the course does not hold yet; someone never heard of is here from now."""
    known = _stay(case, course)
    events = [] if known else _admission(case, course, here)
    stay = known or (_begun(events[0]) if events else None)
    changes = _changes(case, stay) if stay else ()
    return (*_description(case, course), *events, *changes, *_move(case, course, admitted=bool(events)))


@dataclass(frozen=True, slots=True)
class Earlier:
    """The version that a correction corrects: its case, and the stay that the screening was made in."""

    case: Case
    stay: str | None

    def is_another_stay(self, case: Case, course: Course) -> bool:
        """Return whether a correction names another stay by its id; one nobody had named is a name for the same."""
        before, now = self.case.encounter.id, case.encounter.id
        if now is None or now in {before, self.stay}:
            return False
        return before is not None or any(each.id == now for each in course.stays)


def told_by_correction(case: Case, course: Course, earlier: Earlier, *, here: Here) -> tuple[Event, ...]:
    """Return what a corrected case says that the one before it did not: what has happened since is not told away."""
    if earlier.is_another_stay(case, course):
        return told_by(case, course, here)
    new = _new_in(case, earlier.case)
    stay = next((each for each in course.stays if each.id == earlier.stay), None)
    if stay is None and (new.encounter.id or new.encounter.admitted):
        return told_by(case, course, here)
    changes = _changes(new, stay) if stay else ()
    return (*_description(new, course), *changes, *_move(new, course, admitted=False))


def _new_in(case: Case, before: Case) -> Case:
    """Return the case without what an earlier one says too of the patient and the stay."""
    patient = replace(case.patient, **_same_in(case.patient, before.patient))
    return replace(
        case, patient=patient, encounter=replace(case.encounter, **_same_in(case.encounter, before.encounter))
    )


def _same_in(now: Patient | Encounter, before: Patient | Encounter) -> dict[str, Any]:
    names = [each.name for each in fields(now)]
    return {name: None for name in names if getattr(now, name) == getattr(before, name)}


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
    if not course.in_hospital or course.stay is None:
        return None
    named = encounter.id is not None or encounter.admitted is not None
    return course.stay if course.stay.assumed or not named else None


def _begun(event: Admitted) -> Stay:
    stay = Stay(event.stay, event.at, event.hospital, expected=event.expected, assumed=event.assumed)
    return replace(stay, ward=event.ward, room=event.room)


def _description(case: Case, course: Course) -> Iterator[Event]:
    said = Described(case.patient.name, case.patient.birth_date, case.patient.sex)
    held = course.who
    now = Described(said.name or held.name, said.born or held.born, said.sex or held.sex)
    if now != held:
        yield now


def _admission(case: Case, course: Course, here: Here) -> list[Admitted]:
    admitted = case.encounter.admitted
    if admitted is None and course.stays:
        return []
    return [_admitted(case, here, admitted or here.at, assumed=admitted is None)]


def _admitted(case: Case, here: Here, at: datetime, *, assumed: bool = False) -> Admitted:
    encounter = case.encounter
    return Admitted(
        here.stay,
        at,
        here.hospital,
        ward=encounter.ward or here.ward,
        expected=encounter.expected_discharge,
        municipality=case.patient.municipality,
        room=encounter.room,
        assumed=assumed,
        urgency=encounter.urgency,
    )


def _changes(case: Case, stay: Stay) -> Iterator[Event]:
    encounter = case.encounter
    if encounter.admitted and (stay.assumed or oslo(encounter.admitted) != oslo(stay.admitted)):
        here = Here(stay.hospital, stay.id, encounter.admitted)
        yield replace(_admitted(case, here, encounter.admitted), ward=stay.ward, room=stay.room)
    ward = encounter.ward or stay.ward
    if ward != stay.ward or (encounter.room and encounter.room != stay.room):
        yield Transferred(stay.id, stay.hospital, ward, encounter.room)
    if encounter.expected_discharge and encounter.expected_discharge != stay.expected:
        yield DischargeExpected(stay.id, encounter.expected_discharge)
    if encounter.discharged and encounter.discharged != stay.discharged:
        yield Discharged(stay.id, encounter.discharged, to=cast(Place | None, case.answers.get("discharge_to")))


def _move(case: Case, course: Course, *, admitted: bool) -> Iterator[Event]:
    municipality = case.patient.municipality
    if municipality and municipality != course.municipality and not admitted:
        yield Moved(municipality)
