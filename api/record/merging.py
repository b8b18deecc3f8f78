"""Two records are told as one, and parted: what is refused, and the rows and drafts that follow."""

from __future__ import annotations

from collections.abc import Iterable, Set

from sqlalchemy import Connection, and_, bindparam, exists, select, update

from api.record.projection import project
from api.record.record import Record
from api.record.streams import Stream, read_stream, standing_merges, survivor, version_of
from api.storage.tables import draft
from api.storage.writer import Change
from engine.errors import InputError

kept = draft.alias()
THERE_ALREADY = and_(kept.c.by == draft.c.by, kept.c.form == draft.c.form, kept.c.person == bindparam("leads_to"))
MOVE_DRAFTS = (
    update(draft)
    .where(draft.c.person == bindparam("merged"), ~exists(select(kept.c.by).where(THERE_ALREADY)))
    .values(person=bindparam("leads_to"))
)


def refuse_merged(connection: Connection, stream: Stream, others: Set[str]) -> None:
    """Raise `InputError` where another record is not there to be merged, or is told in a third one already."""
    for other in others:
        there = version_of(connection, other) is not None
        if not there or other == stream.person or survivor(connection, other) not in others:
            raise InputError("other", "cannot_be_merged")


def move_drafts(connection: Connection, stream: Stream, others: Iterable[str]) -> None:
    """Let whoever had begun a form about a record find it where the record is told now."""
    for other in others:
        connection.execute(MOVE_DRAFTS, {"merged": other, "leads_to": stream.person})


def project_parted(record: Record, change: Change, others: Iterable[str]) -> None:
    """Write the rows of records that are no longer merged into this one, but for those merged into each other."""
    parted = [found for each in sorted(others) if (found := read_stream(change.connection, each))]
    inner = {each for found in parted for each in standing_merges(found.recorded)}
    for found in parted:
        if found.person not in inner:
            project(change.connection, found, record.bases, record.offsets)
