"""Which screenings a user may see: those that stand, of a patient whom the user may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from api.people.user import User
from api.record.courses import Changed, NoSuchPatient, visible
from api.record.screenings import Stored, versions
from api.record.streams import read_stream
from api.storage.writer import Change


def shown_versions(connection: Connection, user: User, screening: str, *, now: datetime) -> list[Stored]:
    """Return every version of a screening, the oldest first; one that was retracted is as one that never was."""
    found = versions(connection, screening)
    if not found:
        raise NoSuchPatient
    person = visible(connection, user, found[0].person, now=now)
    stream = read_stream(connection, person)
    if stream is None or all(each.id != screening for each in stream.course.screenings):
        raise NoSuchPatient
    return [replace(each, person=person) for each in found]


def shown(connection: Connection, user: User, screening: str, *, now: datetime, version: int | None = None) -> Stored:
    """Return a version of a screening, the newest unless another is named."""
    found = shown_versions(connection, user, screening, now=now)
    if version is None:
        return found[-1]
    if version > len(found):
        raise NoSuchPatient
    return found[version - 1]


def to_correct(change: Change, user: User, screening: str, *, expected: int) -> Stored:
    """Return the newest version where it is the expected one; raise `Changed` where another came first."""
    found = shown(change.connection, user, screening, now=change.now)
    if found.version != expected:
        raise Changed(found.version)
    return found
