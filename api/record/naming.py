"""How a record is named outside: by its identity number, or by a local id within a hospital."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from api.record.streams import Naming
from api.storage.tables import person

NAMED = select(person.c.identity, person.c.local_id).where(person.c.id == bindparam("of"))


def named(connection: Connection, person_id: str) -> Naming:
    """Return how the patient of a record is named; whether the user may see it was asked before."""
    row = connection.execute(NAMED, {"of": person_id}).one()
    return Naming(row.identity, row.local_id)
