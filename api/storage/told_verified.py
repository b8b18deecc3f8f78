"""Whether each event can be read, and whether each screening that was told of has its assessment and the other way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from api.record.codec import event_from_text
from api.storage.tables import assessment, event
from careplans.course.events import Event, Screened

Found = Iterator[tuple[str, str]]


def faults_among(connection: Connection, persons: Sequence[str]) -> Found:
    """Return what is wrong with the events and assessments of some patients, by code and id."""
    told: set[tuple[str, str]] = set()
    query = select(event.c.id, event.c.person, event.c.kind, event.c.body).where(event.c.person.in_(persons))
    for row in connection.execute(query):
        found = _read(row.body)
        if found is None or found.kind != row.kind:
            yield "event_unreadable", row.id
        if isinstance(found, Screened):
            told.add((found.assessment, row.person))
    yield from _unpaired(told, _stored(connection, persons))


def _unpaired(told: set[tuple[str, str]], stored: set[tuple[str, str]]) -> Found:
    for code, ids in (("assessment_missing", told - stored), ("assessment_untold", stored - told)):
        yield from ((code, id) for id, _ in sorted(ids))


def _stored(connection: Connection, persons: Sequence[str]) -> set[tuple[str, str]]:
    query = select(assessment.c.id, assessment.c.person).where(assessment.c.person.in_(persons))
    return {(row.id, row.person) for row in connection.execute(query)}


def _read(body: str) -> Event | None:
    try:
        return event_from_text(body)
    except ValueError:  # neither JSON nor an event of ours
        return None
