"""Whose something is, by its id: a screening, or an event."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from api.storage.tables import assessment, event

OF_SCREENING = select(assessment.c.person).where(assessment.c.screening == bindparam("of")).limit(1)
OF_EVENT = select(event.c.person).where(event.c.id == bindparam("of"))


def whose(connection: Connection, id: str) -> str | None:
    """Return the id of the record that has it; whether the user may see that record is asked afterwards."""
    for statement in (OF_SCREENING, OF_EVENT):
        found = connection.execute(statement, {"of": id}).scalar()
        if found:
            return str(found)
    return None
