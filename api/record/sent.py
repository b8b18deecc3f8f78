"""A case that the hospital's record sends by itself at admission: the same content is stored once."""

from __future__ import annotations

from sqlalchemy import bindparam, or_, select

from api.people.user import User
from api.record.record import Record
from api.record.screenings import Prepared, Stored, naming_of, store
from api.record.streams import find
from api.storage.tables import alias, assessment
from api.storage.writer import Change

MERGED_INTO = select(alias.c.person).where(alias.c.leads_to == bindparam("of"))
SAME = (
    select(assessment.c.id)
    .where(
        or_(assessment.c.person == bindparam("of"), assessment.c.person.in_(MERGED_INTO)),
        assessment.c.inputs == bindparam("inputs"),
    )
    .limit(1)
)


def store_sent(record: Record, user: User, prepared: Prepared, change: Change) -> Stored | None:
    """Store a case as the record's own, which no person has judged; None where it is there already."""
    found = find(change.connection, naming_of(prepared.case, record.hospital_of(user)))
    same = {"of": found, "inputs": prepared.inputs}
    if found and change.connection.execute(SAME, same).first():
        return None
    return store(record, user, prepared, change)
