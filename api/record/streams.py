"""A patient's events, read and written; merged records are told as one.

An event is written in the record that has what it is about: an undoing beside what it undoes, what is told of a plan
in the plan's own record. So each record tells by itself which others are merged into it, whoever has taken it over
since, and takes with it what was told of it when they are parted.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import merge
from operator import itemgetter

from sqlalchemy import Connection, bindparam, insert, select, update

from api.record.codec import event_from_text, event_to_text
from api.storage.tables import alias, event, person
from careplans.course.events import Admitted, By, Event, Merged, PlanStarted, Recorded, Retracted, Screened
from careplans.course.fold import course_of
from careplans.course.stands import standing
from careplans.course.state import Course

OF_PERSON = select(event).where(event.c.person == bindparam("of")).order_by(event.c.seq)
ADD_EVENT, ADD_PERSON = insert(event), insert(person)
COUNT = update(person).where(person.c.id == bindparam("of")).values(version=bindparam("now"))
VERSION = select(person.c.version).where(person.c.id == bindparam("of"))
BY_IDENTITY = select(person.c.id).where(person.c.identity == bindparam("given"))
BY_LOCAL_ID = select(person.c.id).where(person.c.local_id == bindparam("given"))
ABOUT = ("event", "plan", "assessment", "course", "screening", "stay")
"""The fields in which an event names what it is about, what came last first."""

AT_ONCE = timedelta(microseconds=1)
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
    """A patient's events and the course they give, with those of the records merged into it.

    `version` is how many events those records have that were ever merged, whether they were parted again or not: it
    goes up with every change, and none of them has had so high a number before.
    """

    person: str
    version: int
    recorded: tuple[Recorded, ...] = ()
    course: Course = field(default_factory=Course)
    naming: Naming | None = None
    """How a record is named that is not stored yet."""

    homes: Mapping[str, str] = field(default_factory=dict)
    """Which record has each event, stay, screening, assessment and plan, where there is more than one."""

    def with_events(self, added: Iterable[Recorded]) -> Stream:
        """Return the stream with more events at its end."""
        more = tuple(added)
        recorded = (*self.recorded, *more)
        return Stream(self.person, self.version + len(more), recorded, course_of(recorded))

    def home_of(self, event: Event) -> str:
        """Return the record that an event belongs in: the one that has what it is about."""
        named = [str(getattr(event, name, "")) for name in ABOUT]
        named += [event.id] if isinstance(event, Retracted) else []
        return next((self.homes[id] for id in named if id in self.homes), self.person)


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
    ever = _ever_merged(connection, person_id)
    told = _still_merged(ever, person_id)
    recorded = tuple(_in_order(told.values()))
    homes = _homes(told) if len(told) > 1 else {}
    return Stream(person_id, sum(map(len, ever.values())), recorded, course_of(recorded), homes=homes)


def append(connection: Connection, stream: Stream, events: Sequence[Event], *, by: By, at: datetime) -> Stream:
    """Return the stream with events written at its end."""
    if not events:
        return stream
    added = [Recorded(new_id(), each, moment, by) for each, moment in zip(events, _moments(stream, at), strict=False)]
    homes = [stream.home_of(each) for each in events]
    for home in dict.fromkeys(homes):
        _write(connection, stream, home, [each for each, its in zip(added, homes, strict=True) if its == home])
    if any(isinstance(each.event, Merged) for each in (*stream.recorded, *added)):
        return read_stream(connection, stream.person) or stream
    return stream.with_events(added)


def _moments(stream: Stream, at: datetime) -> Iterator[datetime]:
    """Give the moment of each event; where records are told together, each comes after all that was written before."""
    if stream.homes:
        at = max(at, AT_ONCE + max(each.at for each in stream.recorded))
    while True:
        yield at
        if stream.homes:
            at += AT_ONCE


def _write(connection: Connection, stream: Stream, home: str, added: Sequence[Recorded]) -> None:
    before = 0 if stream.naming else version_of(connection, home) or 0
    _count(connection, stream.naming, home, before + len(added))
    connection.execute(ADD_EVENT, [_row(home, before + place, each) for place, each in enumerate(added, 1)])


def _count(connection: Connection, naming: Naming | None, person_id: str, version: int) -> None:
    if naming is None:
        connection.execute(COUNT, {"of": person_id, "now": version})
        return
    named = {"identity": naming.identity, "local_id": naming.local_id}
    connection.execute(ADD_PERSON, {"id": person_id, **named, "version": version})


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


def _ever_merged(connection: Connection, person_id: str) -> dict[str, list[Recorded]]:
    """Return the events of a record, and of every one that was ever merged into it, however far."""
    found: dict[str, list[Recorded]] = {}
    waiting = [person_id]
    while waiting:
        each = waiting.pop(0)
        if each not in found:
            found[each] = _recorded(connection, each)
            waiting += [one.event.other for one in found[each] if isinstance(one.event, Merged)]
    return found


def _still_merged(ever: Mapping[str, list[Recorded]], person_id: str) -> dict[str, list[Recorded]]:
    """Return those of the records that are told as one with it now."""
    told: dict[str, list[Recorded]] = {}
    waiting = [person_id]
    while waiting:
        each = waiting.pop(0)
        if each not in told:
            told[each] = ever[each]
            waiting += standing_merges(ever[each])
    return told


def _in_order(streams: Iterable[Sequence[Recorded]]) -> Iterator[Recorded]:
    """Give events by time, each record's own in the order they were written, also where a clock was behind."""
    return (each for _, each in merge(*map(_timed, streams), key=itemgetter(0)))


def _timed(recorded: Sequence[Recorded]) -> Iterator[tuple[datetime, Recorded]]:
    latest = None
    for each in recorded:
        latest = max(latest or each.at, each.at)
        yield latest, each


def _homes(told: Mapping[str, Iterable[Recorded]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for home, recorded in told.items():
        for id in (id for each in recorded for id in (each.id, *_begun(each.event))):
            found.setdefault(id, home)
    return found


def _begun(event: Event) -> tuple[str, ...]:
    """Return the ids of what begins with an event."""
    match event:
        case Admitted():
            return (event.stay,)
        case Screened():
            return event.screening, event.assessment
        case PlanStarted():
            return (event.plan,)
    return ()


def standing_merges(recorded: Iterable[Recorded]) -> tuple[str, ...]:
    """Return the records that the events merge in, less those whose merging was undone."""
    merges = (each.event.other for each in standing(recorded) if isinstance(each.event, Merged))
    return tuple(dict.fromkeys(merges))
