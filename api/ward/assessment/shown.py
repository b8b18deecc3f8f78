"""Which assessment the page is about, with the rules it was made by and what else was stored of the patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from api.record.bases import rules_behind
from api.record.courses import NoSuchPatient
from api.ward.desk import Desk
from api.ward.patient import Patient
from careplans.course.choices import plans_from
from careplans.course.due import Basis, screening_in
from careplans.course.events import By, Recorded, Screened
from careplans.course.stands import standing
from careplans.course.state import Course, PlanState, Screening
from engine.rules import RuleSet
from rules.assessment import Assessment
from rules.case import Case


@dataclass(frozen=True, slots=True)
class Shown:
    """An assessment with its basis; `current` where its suggestions are in question, `earlier` from before this stay.

    `bases` are those of every screening's newest assessment, `told` how each assessment was written down.
    """

    id: str
    screening: Screening
    basis: Basis
    ruleset: RuleSet
    kind: Literal["current", "earlier", "older"]
    bases: Mapping[str, Basis]
    told: Mapping[str, Recorded]

    @property
    def assessment(self) -> Assessment:
        """Return what was found."""
        return self.basis.assessment

    @property
    def case(self) -> Case:
        """Return the case that was assessed."""
        return self.basis.case

    @property
    def by(self) -> By:
        """Return who screened."""
        return self.told[self.id].by

    def plan(self, course: Course) -> PlanState | None:
        """Return the newest plan that was started from it."""
        return next(reversed(plans_from(course, self.id)), None)


def in_question(course: Course) -> Screening | None:
    """Return the screening whose suggestions are decided on: this stay's; out of hospital, the newest."""
    here = screening_in(course, course.stay) if course.in_hospital and course.stay else None
    return here or course.screening


def shown_of(desk: Desk, patient: Patient, named: str | None = None) -> Shown | None:
    """Return the assessment in question, or an older one that is named; None where nobody has screened."""
    course = patient.course
    newest = in_question(course)
    if newest is None:
        return None
    id = named or newest.assessment
    screening = next((each for each in course.screenings if id in (each.assessment, *each.versions)), None)
    if screening is None:
        raise NoSuchPatient
    ids = {id, *(each.assessment for each in course.screenings)}
    with desk.reading() as connection:
        bases = desk.record.bases.of(connection, sorted(ids))
        ruleset = rules_behind(connection, id)
    kind = _kind(course, screening) if id == newest.assessment else "older"
    return Shown(id, screening, bases[id], ruleset, kind, bases, _told(patient))


def _kind(course: Course, newest: Screening) -> Literal["current", "earlier"]:
    unscreened = course.in_hospital and course.stay is not None and newest.stay != course.stay.id
    return "earlier" if unscreened and newest.stay is not None else "current"


def _told(patient: Patient) -> dict[str, Recorded]:
    """Return how each assessment that stands was written down."""
    found = {}
    for each in standing(patient.seen.stream.recorded):
        if isinstance(each.event, Screened):
            found[each.event.assessment] = each
    return found
