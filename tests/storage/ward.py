"""A ward whose nurses store screenings through the record itself, as the server does."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select

import api
from api.people.user import Unit, User
from api.record.record import Record
from api.record.screenings import Stored, prepare, store
from api.screening import Screening, texts_in
from api.storage import schema
from api.storage.tables import REBUILT, access, assessment, event, person

NURSE = User("nurse-1", "nurse", frozenset({Unit("ward", "STO/GER2")}), "Kari Prøve")
EXAMPLES = sorted((Path(api.__file__).parent / "examples").glob("*.json"))
CASES = [json.loads(path.read_text("utf-8"))["case"] for path in EXAMPLES]
TEXTS = texts_in("nb")
RULES = Screening()


def open_ward(engine: Engine, screening: Screening = RULES) -> Record:
    """Return the record over a database that is made ready; close it."""
    schema.upgrade(engine)
    return Record.start(screening, engine, "STO")


def screen(record: Record, number: int) -> Stored:
    """Store the screening of a new patient, and return it once it is acknowledged."""
    case = copy.deepcopy(CASES[number % len(CASES)])
    case["patient"] = {**case["patient"], "id": None, "local_id": f"p{number}"}
    prepared = prepare(record, case, TEXTS, now=datetime.now(UTC))
    return record.writer.run(lambda change: store(record, NURSE, prepared, change))


def lists(engine: Engine) -> dict[str, set[tuple[object, ...]]]:
    """Return all that the lists hold."""
    with engine.connect() as connection:
        return {table.name: {tuple(row) for row in connection.execute(select(table))} for table in REBUILT}


def whole_saves(connection: Connection) -> set[str]:
    """Return the patients that were stored, and fail if one is there in part."""
    columns = (person.c.id, assessment.c.person, event.c.person, access.c.person)
    found = [set(connection.scalars(select(column).distinct())) for column in columns]
    assert all(each == found[0] for each in found)
    return found[0]
