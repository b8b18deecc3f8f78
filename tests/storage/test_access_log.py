"""The access log: whatever is done to it in the database is found, and a patient's own part can be handed out."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from psycopg import ServerCursor
from sqlalchemy import Connection, Engine, delete, event, insert, select, update

from api.storage.access_log import BEGINNING, LogReport, Seen, head_of, lines_about, verify_log
from api.storage.engine import reading
from api.storage.tables import access, access_batch
from api.storage.writer import Writer
from careplans.course.events import By
from tests.storage.databases import Database
from tests.storage.saves import NURSE

DOCTOR = By("doctor-1", "doctor", None, None)
L, B = access.c, access_batch.c


@pytest.fixture
def logged(writer: Writer) -> str:
    """Log four batches of three lines, and return the head."""
    for n in range(4):
        writer.run_log(
            [Seen(f"p{n}", "read", NURSE), Seen(None, "listed", DOCTOR), Seen("p0", "read", DOCTOR, "vakt\n")]
        )
    return writer.head


def report(engine: Engine, known_head: str | None = None) -> LogReport:
    with reading(engine) as connection:
        return verify_log(connection, known_head)


def meddle(engine: Engine, *statements: Any) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def test_an_untouched_log_is_whole(engine: Engine, logged: str) -> None:
    assert report(engine, logged) == LogReport(lines=12, batches=4, head=logged, fault=None)
    with reading(engine) as connection:
        assert head_of(connection) == logged
        assert list(connection.scalars(select(L.seq).order_by(L.seq))) == list(range(1, 13))


def test_an_empty_log_is_whole(engine: Engine) -> None:
    assert report(engine, BEGINNING) == LogReport(lines=0, batches=0, head=BEGINNING, fault=None)


@pytest.mark.parametrize(
    "change",
    [
        {"by": "someone-else"},
        {"by_name": None},
        {"role": "gp"},
        {"unit": "ward:OTHER"},
        {"person": "p9"},
        {"person": None},
        {"action": "stored"},
        {"reason": "x"},
        {"at": "later"},
        {"batch": 1},
    ],
)
def test_a_changed_line_is_found(engine: Engine, logged: str, change: dict[str, Any]) -> None:
    with engine.begin() as connection:
        at = connection.scalar(select(L.at).where(L.seq == 7))
        values = {"at": at + timedelta(microseconds=1)} if "at" in change and at else change
        connection.execute(update(access).where(L.seq == 7).values(values))
    assert report(engine).fault == (3, "line_changed")


def test_words_moved_from_one_field_to_the_next_are_found(engine: Engine, writer: Writer) -> None:
    writer.run_log([Seen("p", "ab", By("u", "nurse", None, None), "c")])
    meddle(engine, update(access).values(action="a", reason="bc"))
    assert report(engine).fault == (1, "line_changed")


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        pytest.param([delete(access).where(L.seq == 7)], (3, "line_missing"), id="a first line taken out"),
        pytest.param([delete(access).where(L.seq == 8)], (3, "line_missing"), id="a line taken out"),
        pytest.param([delete(access).where(L.seq == 12)], (4, "line_missing"), id="the last line taken out"),
        pytest.param([delete(access).where(L.seq > 0)], (1, "line_missing"), id="every line taken out"),
        pytest.param([delete(access_batch).where(B.id == 2)], (2, "batch_missing"), id="a batch taken out"),
        pytest.param([delete(access_batch).where(B.id == 4)], (4, "line_outside"), id="the last batch taken out"),
        pytest.param(
            [delete(access).where(L.batch == 2), delete(access_batch).where(B.id == 2)],
            (2, "batch_missing"),
            id="a batch and its lines taken out",
        ),
        pytest.param([delete(access_batch)], (1, "line_outside"), id="every batch taken out"),
        pytest.param([update(access_batch).where(B.id == 2).values(last=5)], (2, "line_changed"), id="a shorter batch"),
        pytest.param([update(access_batch).where(B.id == 2).values(first=5)], (2, "line_missing"), id="a later batch"),
        pytest.param(
            [update(access_batch).where(B.id == 3).values(previous="f" * 64)], (3, "batch_moved"), id="a broken chain"
        ),
        pytest.param(
            [update(access_batch).where(B.id == 3).values(hash="f" * 64)], (3, "line_changed"), id="a changed hash"
        ),
    ],
)
def test_what_is_taken_out_or_moved_is_found(
    engine: Engine, logged: str, statements: list[Any], fault: tuple[int, str]
) -> None:
    meddle(engine, *statements)
    assert report(engine).fault == fault


def test_batches_that_change_places_are_found(engine: Engine, logged: str) -> None:
    meddle(
        engine,
        update(access_batch).where(B.id == 2).values(id=99),
        update(access_batch).where(B.id == 3).values(id=2),
        update(access_batch).where(B.id == 99).values(id=3),
    )
    assert report(engine).fault == (2, "batch_moved")


def test_a_changed_time_of_a_batch_is_found(engine: Engine, logged: str) -> None:
    with engine.begin() as connection:
        at = connection.scalars(select(B.at).where(B.id == 2)).one()
        connection.execute(update(access_batch).where(B.id == 2).values(at=at + timedelta(hours=1)))
    assert report(engine).fault == (2, "line_changed")


@pytest.mark.parametrize("batch", [4, 5])
def test_a_line_added_outside_any_batch_is_found(engine: Engine, logged: str, batch: int) -> None:
    with engine.begin() as connection:
        at = connection.scalars(select(B.at).where(B.id == 4)).one()
        line = {"seq": 13, "batch": batch, "at": at, "by": "x", "role": "nurse", "action": "read"}
        connection.execute(insert(access).values(line))
    assert report(engine).fault == (batch, "line_outside")


def test_a_cut_off_end_is_found_with_the_head_that_was_noted(engine: Engine, logged: str) -> None:
    meddle(engine, delete(access).where(L.batch == 4), delete(access_batch).where(B.id == 4))
    assert report(engine).fault is None
    assert report(engine, logged).fault == (4, "log_cut_off")


def test_an_older_noted_head_is_found_in_a_log_that_has_grown(engine: Engine, writer: Writer, logged: str) -> None:
    writer.run_log([Seen("p1", "read", NURSE)])
    assert writer.head != logged
    assert report(engine, logged).fault is None


def test_a_patients_own_log_is_in_order_and_holds_nobody_else(engine: Engine, logged: str) -> None:
    with reading(engine) as connection:
        lines = lines_about(connection, "p0")
        both = lines_about(connection, "p0", "p1")
    assert [(line.seq, line.by, line.action, line.reason) for line in lines[:2]] == [
        (1, NURSE, "read", None),
        (3, DOCTOR, "read", "vakt\n"),
    ]
    assert [line.seq for line in lines] == [1, 3, 6, 9, 12]
    assert [line.seq for line in both] == [1, 3, 4, 6, 9, 12]


def test_a_long_log_is_checked_in_little_memory(engine: Engine, writer: Writer) -> None:
    for _ in range(5):
        writer.run_log([Seen(f"p{n}", "read", NURSE) for n in range(2000)])
    some = peak(engine, lambda connection: connection.execute(select(access).limit(2000)).all())
    assert peak(engine, verify_log) < 3 * some
    assert report(engine, writer.head).lines == 10_000


def peak(engine: Engine, work: Callable[[Connection], object]) -> int:
    """Return the most memory that Python held while a work was done."""
    with reading(engine) as connection:
        tracemalloc.start()
        work(connection)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return most


def test_postgresql_keeps_a_long_log_and_sends_some_at_a_time(
    postgresql: Database, open_engine: Callable[[Database], Engine]
) -> None:
    engine, cursors = open_engine(postgresql), list[object]()
    event.listen(engine, "after_cursor_execute", lambda _connection, cursor, *_: cursors.append(cursor))
    assert report(engine).fault is None
    assert [type(each) for each in cursors] == [ServerCursor, ServerCursor]
