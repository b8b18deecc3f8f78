"""A patient's events, read and written; merged records are told as one."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from api.record.codec import event_from_text, event_to_text
from api.storage.tables import alias, event, person
from careplans.course.events import By, Event, Merged, Recorded
from careplans.course.fold import course_of
from careplans.course.stands import standing
from careplans.course.state import Course

OF_PERSON = select(event).where(event.c.person == bindparam("of")).order_by(event.c.seq)
ADD_EVENT, ADD_PERSON = insert(event), insert(person)
COUNT = update(person).where(person.c.id == bindparam("of")).values(version=bindparam("now"))
VERSION = select(person.c.version).where(person.c.id == bindparam("of"))
BY_IDENTITY = select(person.c.id).where(person.c.identity == bindparam("given"))
BY_LOCAL_ID = select(person.c.id).where(person.c.local_id == bindparam("given"))
LEADS_TO = select(alias.c.leads_to).where(alias.c.person == bindparam("of"))


def new_id() -> str:
    """Return an id that nobody can guess."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Naming:
    """How a sender names a patient: an identity number, or a local id within its hospital."""

    identity: str | None = None
    local_id: str | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """A patient's events and the course they give; `version` is how many of them are the patient's own."""

    person: str
    version: int
    recorded: tuple[Recorded, ...] = ()
    course: Course = field(default_factory=Course)
    naming: Naming | None = None
    """How a record is named that is not stored yet."""

    def with_events(self, added: Iterable[Recorded]) -> Stream:
        """Return the stream with more events at its end."""
        more = tuple(added)
        recorded = (*self.recorded, *more)
        return Stream(self.person, self.version + len(more), recorded, course_of(recorded))


def find(connection: Connection, naming: Naming) -> str | None:
    """Return the id of the record with that number or local id, after any merging."""
    for statement, given in ((BY_IDENTITY, naming.identity), (BY_LOCAL_ID, naming.local_id)):
        found = connection.execute(statement, {"given": given}).scalar() if given else None
        if found:
            return survivor(connection, str(found))
    return None


def survivor(connection: Connection, person_id: str) -> str:
    """Return the record that an id leads to: itself, or the one it was merged into."""
    leads_to = connection.execute(LEADS_TO, {"of": person_id}).scalar()
    return str(leads_to) if leads_to else person_id


def open_record(naming: Naming) -> Stream:
    """Return the stream of a new record, which is stored with its first events."""
    return Stream(new_id(), 0, naming=naming)


def version_of(connection: Connection, person_id: str) -> int | None:
    """Return how many events a record has, or None if there is no such record."""
    found: int | None = connection.execute(VERSION, {"of": person_id}).scalar()
    return found


def read_stream(connection: Connection, person_id: str) -> Stream | None:
    """Return a record's stream, with those of the records merged into it; None if there is no such record."""
    version = version_of(connection, person_id)
    if version is None:
        return None
    recorded = _recorded(connection, person_id)
    others = _merged(connection, recorded, {person_id})
    if others:
        recorded = sorted((*recorded, *others), key=lambda each: each.at)
    return Stream(person_id, version, tuple(recorded), course_of(recorded))


def append(connection: Connection, stream: Stream, events: Sequence[Event], *, by: By, at: datetime) -> Stream:
    """Return the stream with events written at its end."""
    if not events:
        return stream
    added = [Recorded(new_id(), each, at, by) for each in events]
    rows = [_row(stream.person, stream.version + place, each) for place, each in enumerate(added, 1)]
    _count(connection, stream, stream.version + len(added))
    connection.execute(ADD_EVENT, rows)
    return stream.with_events(added)


def _count(connection: Connection, stream: Stream, version: int) -> None:
    if stream.naming is None:
        connection.execute(COUNT, {"of": stream.person, "now": version})
        return
    named = {"identity": stream.naming.identity, "local_id": stream.naming.local_id}
    connection.execute(ADD_PERSON, {"id": stream.person, **named, "version": version})


def _row(person_id: str, seq: int, recorded: Recorded) -> dict[str, object]:
    by = recorded.by
    return {
        "id": recorded.id,
        "person": person_id,
        "seq": seq,
        "kind": recorded.event.kind,
        "body": event_to_text(recorded.event),
        "at": recorded.at,
        "by": by.id,
        "by_name": by.name,
        "role": by.role,
        "unit": by.unit,
    }


def _recorded(connection: Connection, person_id: str) -> list[Recorded]:
    rows = connection.execute(OF_PERSON, {"of": person_id})
    return [
        Recorded(row.id, event_from_text(row.body), row.at, By(row.by, row.role, row.unit, row.by_name)) for row in rows
    ]


def _merged(connection: Connection, recorded: Iterable[Recorded], seen: set[str]) -> list[Recorded]:
    """Return the events of every record merged into these, however far."""
    found: list[Recorded] = []
    for other in standing_merges(recorded):
        if other not in seen:
            seen.add(other)
            theirs = _recorded(connection, other)
            found += [*theirs, *_merged(connection, theirs, seen)]
    return found


def standing_merges(recorded: Iterable[Recorded]) -> tuple[str, ...]:
    """Return the records that the events merge in, less those whose merging was undone."""
    return tuple(each.event.other for each in standing(recorded) if isinstance(each.event, Merged))
