"""A patient is found by number, and another unit's record is opened for a while, with a reason that is logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from api.people.user import User
from api.record.courses import NoSuchPatient, visible
from api.record.record import by
from api.record.streams import Naming, find, new_id, read_stream
from api.storage.tables import listing, opened
from api.storage.writer import Change

ADD = insert(opened)


@dataclass(frozen=True, slots=True)
class Found:
    """A record that someone may see, and how many events it has."""

    person: str
    version: int


def identify(user: User, naming: Naming, change: Change) -> Found:
    """Return the patient with that number where the user may see the record; else it is as if there were none."""
    found = find(change.connection, naming)
    if found is None:
        raise NoSuchPatient
    person = visible(change.connection, user, found, now=change.now)
    change.saw(person, "identified", by(user))
    stream = read_stream(change.connection, person)
    return Found(person, stream.version if stream else 0)


@dataclass(frozen=True, slots=True)
class Opened:
    """A record that was opened, and until when it stays open for the one who did."""

    person: str
    until: datetime


def open_with_reason(user: User, naming: Naming, change: Change, *, reason: str, hours: int) -> Opened:
    """Open a record that is on another unit, or blocked, for the user alone."""
    person = find(change.connection, naming)
    there = select(listing.c.person).where(listing.c.person == person)
    if person is None or change.connection.execute(there).first() is None:
        raise NoSuchPatient
    until = change.now + timedelta(hours=hours)
    row = {"id": new_id(), "by": user.id, "person": person, "reason": reason, "at": change.now, "until": until}
    change.connection.execute(ADD, row)
    change.saw(person, "opened", by(user), reason)
    return Opened(person, until)
