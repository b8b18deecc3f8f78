"""The demo's ward put into an empty database, all or nothing; a database with anyone real in it is refused."""

from __future__ import annotations

import asyncio
from functools import partial

from sqlalchemy import func, select

from api.demo.lives import LIVES
from api.demo.past import remember
from api.demo.staff import user_of
from api.demo.telling import Telling
from api.demo.ward import patients, written
from api.people.demo_issuer import people
from api.people.devices import Devices
from api.record.record import Record, by
from api.storage.engine import reading
from api.storage.tables import person
from api.storage.writer import Change
from engine.errors import InputError
from forms.identity import parse_identity_number, require_synthetic


def fill(record: Record, *, past: bool = False) -> None:
    """Put the demo's patients on their wards and in their homes, where the database is empty.

    With `past` those of fourteen months before are told of too, who are on no list, but in the figures.
    """
    _refuse_real(record)
    if record.writer.run(partial(tell_all, record)):
        if past:
            record.writer.run(partial(remember, record))
        screen, devices = written("words")["screen"], Devices(record.engine, record.writer)
        asyncio.run(devices.make(screen["ward"], screen["label"], by(user_of(people()["lena"]))))


def tell_all(record: Record, change: Change) -> bool:
    """Tell every life in one transaction, and return whether there was anything to do."""
    if change.connection.execute(select(func.count()).select_from(person)).scalar():
        return False
    for patient in patients():
        life = Telling(record, change, patient)
        LIVES[patient.life](life)
        life.finish()
    return True


def _refuse_real(record: Record) -> None:
    """Raise `InputError` if the database holds an identity number that may be a living person's."""
    with reading(record.engine) as connection:
        for number in connection.execute(select(person.c.identity).where(person.c.identity.is_not(None))).scalars():
            try:
                require_synthetic(parse_identity_number(number, "patient.id"), "patient.id")
            except InputError:
                raise InputError("--database", "demo_with_real") from None
