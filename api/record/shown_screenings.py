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
    found, _ = _seen(connection, user, screening, now=now)
    return found


def shown(connection: Connection, user: User, screening: str, *, now: datetime, version: int | None = None) -> Stored:
    """Return a version of a screening, the one that stands unless another is named."""
    found, stands = _seen(connection, user, screening, now=now)
    wanted = [each for each in found if (each.version == version if version else each.assessment == stands)]
    if not wanted:
        raise NoSuchPatient
    return wanted[0]


def _seen(connection: Connection, user: User, screening: str, *, now: datetime) -> tuple[list[Stored], str]:
    """Return the versions, and the assessment that stands: a correction that was undone is no longer the newest."""
    found = versions(connection, screening)
    if not found:
        raise NoSuchPatient
    person = visible(connection, user, found[0].person, now=now)
    stream = read_stream(connection, person)
    held = next((each for each in stream.course.screenings if each.id == screening), None) if stream else None
    if held is None:
        raise NoSuchPatient
    return [replace(each, person=person) for each in found], held.assessment


def to_correct(change: Change, user: User, screening: str, *, expected: int) -> Stored:
    """Return the version that stands where it is the expected one; raise `Changed` where another came first."""
    found = shown(change.connection, user, screening, now=change.now)
    if found.version != expected:
        raise Changed(found.version)
    return found
