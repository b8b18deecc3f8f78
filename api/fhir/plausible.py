"""Whether a form can be what it says: filled in about this stay, by someone who lived, and not in the future."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from api.fhir.handed_in import FORM, HandedIn
from api.intake.fhir_answers import CLOCKS_DIFFER
from api.intake.fhir_tables import fhir_table
from careplans.course.state import Course
from engine.errors import InputError

MADE_HERE = re.compile(r"[0-9a-f]{32}", re.ASCII)
"""How we name a stay that nobody had a name for; which of another system's it is, is not known."""


def refuse_impossible(handed: HandedIn, course: Course, now: datetime) -> None:
    """Refuse a form whose time or stay cannot be right: its level would be read as today's judgement."""
    _refuse_time(handed, course, now)
    if handed.encounter is not None and not _may_be(handed.encounter, course):
        raise InputError(f"{FORM}.encounter", "response_of_another_stay")


def _refuse_time(handed: HandedIn, course: Course, now: datetime) -> None:
    said = handed.authored
    if said is None:
        return
    if said.start > now + CLOCKS_DIFFER:
        raise InputError(f"{FORM}.authored", "response_in_future")
    days = fhir_table("cfs")["days_before_admission"]
    began = course.stay.admitted if course.stay and course.in_hospital else now
    if said.end < began - timedelta(days=days) or (course.who.born and said.last_day < course.who.born):
        raise InputError(f"{FORM}.authored", "response_too_old", days=days)


def _may_be(encounter: str, course: Course) -> bool:
    """Return whether an encounter may be the stay that the form is stored on."""
    if course.stay is None:
        return True
    if any(encounter == each.id for each in course.stays):
        return encounter == course.stay.id and course.in_hospital
    return not course.in_hospital or course.stay.assumed or bool(MADE_HERE.fullmatch(course.stay.id))
