"""Every list at 50,000 patients, for those who have the most of them: time to a page, and statements for it."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, func, select

from api.people.user import Role, Unit, User
from api.record.list_kinds import ListName
from api.record.lists import Asked, Filters, board, listed
from api.record.record import Record, by
from api.screening import Screening
from api.storage.engine import make_engine, reading
from api.storage.tables import listing, tables
from tests.bench.people import NOW, Told, fill, tell
from tests.storage.databases import Cluster, find_programs

PATIENTS, TIMES = 50_000, 25
GOAL = 0.1
BEGINS = {"with": "select"}  # what a statement that reads may begin with
Ask = Callable[[], object]


def lists() -> None:
    """Print the figures of both databases."""
    with tempfile.TemporaryDirectory() as folder:
        with _engine(f"sqlite:///{Path(folder) / 'told.db'}") as engine:
            told = tell(engine)
        with _engine(f"sqlite:///{Path(folder) / 'many.db'}") as engine:
            _measure("SQLite", engine, told)
    if programs := find_programs():
        with _postgresql(programs) as url, _engine(url) as engine:
            _measure("PostgreSQL", engine, told)


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    tables.create_all(engine)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _postgresql(programs: Path) -> Iterator[str]:
    cluster = Cluster(programs)
    try:
        cluster.start()
        with cluster.database() as url:
            yield url
    finally:
        cluster.remove()


def _measure(database: str, engine: Engine, told: Told) -> None:
    began = time.perf_counter()
    events = fill(engine, told, PATIENTS)
    record = Record.start(Screening(), engine, "STO")
    try:
        with engine.connect() as connection:
            on_lists = connection.execute(select(func.count()).where(listing.c.listed)).scalar_one()
        print(f"{database}: {PATIENTS} patients, {on_lists} on lists, {events} events, in {_since(began):.0f} s")
        for name, ask in _asked(record):
            _tell(name, ask, engine)
    finally:
        record.writer.close()


def _asked(record: Record) -> Iterator[tuple[str, Ask]]:
    """Give what is asked: each list of someone with many patients, from the start, counted, narrowed, further on."""
    team, nurse = _user("geriatric_team", "hospital", "STO"), _user("nurse", "ward", "STO/W1")
    municipality, gp = _user("coordinator", "municipality", "5000"), _user("gp", "practice", "practice-1")
    both: tuple[tuple[ListName, User], ...] = (
        ("team", team),
        ("unscreened", team),
        ("unscreened", nurse),
        ("ready", team),
        ("ready", municipality),
        ("late", team),
        ("late", nurse),
        ("late", municipality),
        ("late", gp),
        ("municipality", municipality),
        ("coordinator", municipality),
        ("practice", gp),
    )
    for name, user in both:
        for what, asked in _ways(record, Asked(name), user):
            yield f"{name} of {user.role}, {what}", partial(_page, record, asked, user)
    yield "board", partial(_board, record, "STO/W1", nurse)


def _ways(record: Record, asked: Asked, user: User) -> Iterator[tuple[str, Asked]]:
    yield "first page", asked
    yield "counted", replace(asked, count=True)
    yield "200 rows", replace(asked, size=200)
    narrow = Filters(municipality="5003", track="cga_team", status="running")
    yield "narrowed", replace(asked, filters=narrow, count=True)
    cursor = None
    for _ in range(8):
        cursor = _page(record, replace(asked, cursor=cursor, size=200), user).next_cursor or cursor
    if cursor:
        yield "far on", replace(asked, cursor=cursor)


def _page(record: Record, asked: Asked, user: User) -> Any:
    with reading(record.engine) as connection:
        return listed(record, connection, asked, user=user, now=NOW)


def _board(record: Record, ward: str, user: User) -> Any:
    with reading(record.engine) as connection:
        return board(record, connection, ward, by=by(user), now=NOW)


def _user(role: Role, kind: Any, unit: str) -> User:
    return User(role, role, frozenset({Unit(kind, unit)}))


def _tell(name: str, ask: Ask, engine: Engine) -> None:
    with counted(engine) as statements:
        rows = len(ask().rows)  # type: ignore[attr-defined]
    spent = []
    for _ in range(TIMES):
        began = time.perf_counter()
        ask()
        spent.append(_since(began))
    p95 = sorted(spent)[int(len(spent) * 0.95)]
    mark = "" if p95 <= GOAL else "  OVER the goal"
    print(
        f"  {name}: p50 {statistics.median(spent) * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms, "
        f"{rows} rows, {statements['select']} statements{mark}"
    )


@contextmanager
def counted(engine: Engine) -> Iterator[Counter[str]]:
    """Count the statements that read, while this lasts."""
    found: Counter[str] = Counter()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found[BEGINS.get(word := statement.split(maxsplit=1)[0].lower(), word)] += 1

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _since(began: float) -> float:
    return time.perf_counter() - began
