"""What a person has signed of a patient in the stay that is asked about, for a system that may see the patient."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from api.people.user import User
from api.record.record import Record
from api.record.screenings import naming_of, stored_as
from api.record.streams import find, read_stream
from api.record.who_sees import may_see
from careplans.course.due import screening_in
from careplans.course.state import Course
from careplans.course.told import stay_of
from rules.case import Case


@dataclass(frozen=True, slots=True)
class Known:
    """A patient whom the record knows: the course, and the case that was signed in this stay, if any was."""

    person: str
    course: Course
    inputs: dict[str, Any] | None = field(default=None, repr=False)
    assessment: str | None = None

    @property
    def is_followed(self) -> bool:
        """Return whether someone has acted on what was signed: a plan runs, or a suggestion was decided."""
        decided = any(each.assessment == self.assessment for each in self.course.decisions)
        return self.course.running is not None or (self.assessment is not None and decided)


def known(record: Record, connection: Connection, user: User, *, case: Case, now: datetime) -> Known | None:
    """Return what the record knows of the patient that a case names; None for one that the caller may not see."""
    if not case.patient.id and not case.patient.local_id:
        return None
    person = find(connection, naming_of(case, record.hospital_of(user)))
    if person is None or not may_see(connection, user, person, now=now):
        return None
    stream = read_stream(connection, person)
    return _signed(connection, person, stream.course, case) if stream else None


def _signed(connection: Connection, person: str, course: Course, case: Case) -> Known:
    stay = next((each for each in course.stays if each.id == stay_of(case, course)), None)
    screening = screening_in(course, stay) if stay else None
    if screening is None or screening.unjudged or screening.second:
        return Known(person, course)
    stored = stored_as(connection, screening.assessment)
    return Known(person, course, json.loads(stored.inputs) if stored else None, screening.assessment)
