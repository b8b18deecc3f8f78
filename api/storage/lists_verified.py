"""Whether the lists' rows are what follows from the events: each patient's are made anew, compared, and put back."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, select

from api.record.bases import Bases
from api.record.projection import project
from api.record.streams import read_stream, survivor
from api.storage.schema import alone
from api.storage.tables import alias, clock, listing, person

AT_A_TIME = 50
PAUSE = 0.15  # seconds in which a server that runs takes its turn; SQLite asks for the lock ten times a second
OF_PERSON = (
    select(listing).where(listing.c.person == bindparam("of")),
    select(clock).where(clock.c.person == bindparam("of")).order_by(clock.c.course, clock.c.step),
    select(alias).where(alias.c.leads_to == bindparam("of")).order_by(alias.c.person),
)


def with_other_rows(engine: Engine, offsets: Mapping[str, int]) -> Iterator[str]:
    """Return each patient whose rows are not what follows from the events; no turn to write is held for long."""
    last, bases = "", Bases()
    while True:
        with alone(engine) as connection:
            query = select(person.c.id).where(person.c.id > last).order_by(person.c.id).limit(AT_A_TIME)
            ids = list(connection.scalars(query))
            differing = [id for id in ids if _differs(connection, id, bases, offsets=offsets)]
        if not ids:
            return
        yield from differing
        last = ids[-1]
        time.sleep(PAUSE)


def _differs(connection: Connection, id: str, bases: Bases, *, offsets: Mapping[str, int]) -> bool:
    stored = _rows(connection, id)
    if survivor(connection, id) != id:
        return any(stored)
    stream = read_stream(connection, id)
    trial = connection.begin_nested()
    try:
        if stream:
            project(connection, stream, bases, offsets)
        return _rows(connection, id) != stored
    finally:
        trial.rollback()


def _rows(connection: Connection, id: str) -> list[list[Row[Any]]]:
    return [list(connection.execute(query, {"of": id}).all()) for query in OF_PERSON]
