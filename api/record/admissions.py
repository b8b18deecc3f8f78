"""What the hospital's record tells without answers: a patient was admitted, moved or discharged."""

from __future__ import annotations

from api.people.user import User
from api.record.courses import open_course
from api.record.record import Record
from api.record.screenings import naming_of
from api.record.streams import Stream, find, read_stream
from api.storage.writer import Change
from careplans.course.state import Course
from careplans.course.told import told_by
from engine.errors import InputError
from rules.case import Case


def admit(record: Record, user: User, case: Case, change: Change) -> Stream:
    """Return the record after what the case tells of the stay, opened where there is none."""
    if case.encounter.admitted is None:
        raise InputError("encounter.admitted", "admission_without_time")
    here = record.here(user, case, change.now)
    naming = naming_of(case, here.hospital)
    found = find(change.connection, naming)
    held = read_stream(change.connection, found) if found else None
    events = told_by(case, held.course if held else Course(), here)
    return open_course(record, user, list(events), change=change, naming=naming)
