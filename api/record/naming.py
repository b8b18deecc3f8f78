"""How a record is named outside: by its identity number, or by a local id within a hospital."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from api.record.record import Record
from api.record.streams import Naming
from api.storage.tables import person

NAMED = select(person.c.identity, person.c.local_id).where(person.c.id == bindparam("of"))


def named(connection: Connection, person_id: str) -> Naming:
    """Return how the patient of a record is named; whether the user may see it was asked before."""
    row = connection.execute(NAMED, {"of": person_id}).one()
    return Naming(row.identity, row.local_id)


def logged_under(record: Record, connection: Connection, *people: str) -> tuple[str, ...]:
    """Return all that the access log calls someone: the ids of the records, and what stood there before them."""
    before = (name for each in people for name in record.logged_before(named(connection, each)))
    return (*people, *before)
