"""The figures with a million events in the store: what a close costs, and what someone waits who asks for them.

The store is the demo's past, copied: each copy is another person at another place, whose events are those of the demo.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine, Table, func, insert, select

from api.demo.past import remember
from api.observing import logs
from api.people.user import Unit, User
from api.record.record import Record
from api.screening import Screening, texts_in
from api.steering.closing import Closing, close
from api.steering.sheet import sheet_of
from api.steering.shown import shown_to
from api.storage.engine import make_engine
from api.storage.schema import upgrade
from api.storage.tables import assessment, event, figure_cell, person
from api.storage.writer import Change
from tests.v1.issuer import bearer
from tests.v1.serving import served

GOAL = 0.3
TIMES = 40
AT_ONCE = 20
HOSPITALS = ("STO", "STO", "STO", "STO", "ORK", "ORK", "NAM", "LEV")
WARDS = tuple(f"W{number}" for number in range(30))
MUNICIPALITIES = tuple(f"{5000 + number}" for number in range(40))
ANALYST = User("a", "analyst", frozenset({Unit("hospital", "STO")}))
PAGES = ("/styring", "/styring/screened", "/styring/screened?by=ward", "/styring/days_after_ready?by=municipality")

Row = dict[str, Any]
Told = dict[str, list[Row]]


def steering(events: int) -> None:
    """Print what a close and the reading take."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'many.db'}"
        with _record(f"sqlite:///{Path(folder) / 'told.db'}") as told_in:
            told = _told(told_in)
        with _record(url) as record:
            _fill(record.engine, told, events)
            _close(record)
            _read(record)
        logs.start(level="error")
        with served(url) as (client, _):
            _ask(client)


@contextmanager
def _record(url: str) -> Any:
    engine = make_engine(url)
    upgrade(engine)
    record = Record.start(Screening(), engine, "STO")
    try:
        yield record
    finally:
        record.close()


def _told(record: Record) -> Told:
    """Return the rows of the demo's past."""
    now = datetime.now(UTC)
    with record.engine.begin() as connection:
        remember(record, Change(connection, now))
        tables = (person, assessment, event)
        return {each.name: [dict(row) for row in connection.execute(select(each)).mappings()] for each in tables}


def _fill(engine: Engine, told: Told, events: int) -> None:
    """Write copies until there are so many events; a copy's events speak of the assessments of the first."""
    began, dice = time.perf_counter(), random.Random(6)
    copies = -(-events // len(told["event"]))
    with engine.begin() as connection:
        for table in (person, event):
            for first in range(0, copies, AT_ONCE):
                rows = [
                    _copied(table, row, number, dice)
                    for number in range(first, min(first + AT_ONCE, copies))
                    for row in told[table.name]
                ]
                connection.execute(insert(table), rows)
            if table is person:
                of_one = [_copied(assessment, row, 0, dice) for row in told["assessment"]]
                connection.execute(insert(assessment), of_one)
        written = connection.scalar(select(func.count()).select_from(event))
        people = connection.scalar(select(func.count()).select_from(person))
    print(f"{written} events of {people} patients written, in {time.perf_counter() - began:.0f} s")


def _copied(table: Table, row: Row, number: int, dice: random.Random) -> Row:
    """Return a row as another person's; copies of one life are beside each other, as the ids order them."""
    mark = f"{number:04d}"
    if table is person:
        return row | {"id": f"{row['id'][:28]}{mark}", "local_id": f"{row['local_id']}/{mark}"}
    if table is assessment:
        return row | {"person": f"{row['person'][:28]}{mark}"}
    body = row["body"]
    if row["kind"] == "admitted":
        body = body.replace('"hospital":"STO"', f'"hospital":"{dice.choice(HOSPITALS)}"')
        body = body.replace('"ward":"GER2"', f'"ward":"{dice.choice(WARDS)}"')
        body = body.replace('"ward":"MED1"', f'"ward":"{dice.choice(WARDS)}"')
        body = body.replace('"municipality":"5001"', f'"municipality":"{dice.choice(MUNICIPALITIES)}"')
    return row | {"id": f"{row['id'][:28]}{mark}", "person": f"{row['person'][:28]}{mark}", "body": body}


def _close(record: Record) -> None:
    began, cpu = time.perf_counter(), time.process_time()
    months = close(Closing.of(record, now=datetime.now(UTC)))
    spent = f"{time.perf_counter() - began:.0f} s (CPU {time.process_time() - cpu:.0f} s)"
    with record.engine.connect() as connection:
        cells = connection.scalar(select(func.count()).select_from(figure_cell))
    print(f"{len(months)} months closed at once, {cells} counts kept, in {spent}")


def _read(record: Record) -> None:
    began = time.perf_counter()
    shown = shown_to(record, ANALYST)
    first, tables = time.perf_counter() - began, len(shown.published.tables)
    print(f"what is published of the largest hospital, worked out once after a close: {tables} tables in {first:.2f} s")
    _tell("what a page reads of it", lambda: shown_to(record, ANALYST))
    texts = texts_in("nb")
    _tell("the whole file of it", lambda: sheet_of(shown_to(record, ANALYST), texts))


def _ask(client: TestClient) -> None:
    headers = bearer("analyst", "hospital:STO") | {"Accept": "text/html"}
    for page in PAGES:
        answer = client.get(page, headers=headers)
        if answer.status_code == 200:
            _tell(page, lambda page=page: client.get(page, headers=headers))  # type: ignore[misc] # bound for the loop
        else:
            print(f"{page}: {answer.status_code}")


def _tell(what: str, ask: Callable[[], object]) -> None:
    spent = []
    for _ in range(TIMES):
        began = time.perf_counter()
        ask()
        spent.append(time.perf_counter() - began)
    p50, p95 = sorted(spent)[TIMES // 2], sorted(spent)[int(TIMES * 0.95)]
    over = "" if p95 <= GOAL else "  OVER the goal"
    print(f"{what}: p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms (goal p95 <= {GOAL * 1000:.0f} ms){over}")
