"""The demo's people: synthetic patients in an empty database; a database with anyone real in it is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import func, select

from api.people.user import Unit, User
from api.record.record import Record
from api.record.screenings import prepare, store
from api.screening import texts_in
from api.storage.engine import reading
from api.storage.tables import person
from api.web import EXAMPLES
from engine.errors import InputError
from forms.identity import parse_identity_number, require_synthetic


def fill(record: Record) -> None:
    """Put the examples' people on the demo's ward, where the database is empty."""
    _refuse_real(record)
    with reading(record.engine) as connection:
        if connection.execute(select(func.count()).select_from(person)).scalar():
            return
    sender = User("demo-epj", "system", frozenset({Unit("hospital", record.hospital)}), "EPJ (demo)")
    texts = texts_in("nb")
    for path in sorted(EXAMPLES.glob("*.json")):
        content = json.loads(path.read_text("utf-8"))["case"]
        prepared = prepare(record, content, texts, now=datetime.now(UTC))
        record.writer.run(partial(store, record, sender, prepared))


def _refuse_real(record: Record) -> None:
    """Raise `InputError` if the database holds an identity number that may be a living person's."""
    with reading(record.engine) as connection:
        for number in connection.execute(select(person.c.identity).where(person.c.identity.is_not(None))).scalars():
            try:
                require_synthetic(parse_identity_number(number, "patient.id"), "patient.id")
            except InputError:
                raise InputError("--database", "demo_with_real") from None
