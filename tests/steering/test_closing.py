"""Months are closed once, by whoever comes first, and say what a separate count of the raw events says."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, delete, exc, insert, select, update

from api.record.codec import event_to_text
from api.record.projection import rebuild
from api.steering.closing import Closing, close, last_closable
from api.storage import schema
from api.storage.engine import make_engine
from api.storage.tables import event, figure_cell, figure_month
from api.storage.writer import Writer
from careplans.course.events import Undone
from population.steering.figures import figures
from tests.record.hospital import Hospital, words
from tests.steering.lives import BEGINS, NOW, hospital, pool
from tests.steering.raw import stays
from tests.steering.raw_figures import counts
from tests.storage.databases import Database

Cells = dict[date, Counter[tuple[str, ...]]]
STEPS = ("municipal_notice", "admission_report", "control_appointments", "HPH0", "HPH1", "HPH2", "HPH3", "HPH4", "HPH5")


@pytest.fixture
def year(engine: Engine) -> Any:
    """Give a hospital with a random year behind it."""
    made = Hospital(engine, now=BEGINS)
    ready = pool(made.record, words(), now=BEGINS)
    with engine.begin() as connection:
        hospital(connection, 300, seed=11, pool=ready, rule_set=made.record.rule_set)
        rebuild(connection, made.record.bases, {})
    made.now = NOW
    yield made
    made.close()


def kept(engine: Engine) -> Cells:
    """Return what is stored of each closed month."""
    with engine.connect() as connection:
        found: Cells = {month: Counter() for month in connection.scalars(select(figure_month.c.month))}
        for row in connection.execute(select(figure_cell)):
            *key, number = row.hospital, row.breakdown, row.figure, row.part, row.category, row._mapping["count"]
            found[row.month][tuple(key)] = number
    return found


def test_every_figure_is_what_a_separate_count_of_the_raw_events_says(year: Hospital):
    closed = close(Closing.of(year.record, now=NOW))
    assert closed == tuple(date(2026, month, 1) for month in range(1, 10))
    with year.engine.connect() as connection:
        rows = list(stays(connection, now=NOW))
    met: Counter[str] = Counter()
    for month, cells in kept(year.engine).items():
        expected = counts(rows, month, STEPS)
        shown = {key: n for key, n in expected.items() if key[1] in {"all", *figures()[key[2]].breakdowns}}
        assert dict(cells) == shown
        for key, n in cells.items():
            met[key[2]] += n
    lacking = [each for each in figures() if not met[each] and not each.startswith(("decided", "reason"))]
    assert lacking == ["clock.HPH5"], "a figure that nobody is in shows nothing"


def test_a_month_is_closed_forty_five_days_after_its_end():
    assert last_closable(datetime(2026, 11, 14, 12, tzinfo=UTC)) == date(2026, 8, 1)
    assert last_closable(datetime(2026, 11, 15, 12, tzinfo=UTC)) == date(2026, 9, 1)
    assert last_closable(datetime(2026, 3, 1, tzinfo=UTC)) == date(2025, 12, 1)


def test_a_closed_month_is_never_counted_again(year: Hospital):
    first = close(Closing.of(year.record, now=NOW))
    before = kept(year.engine)
    with year.engine.begin() as connection:
        for row in connection.execute(select(event).where(event.c.kind == "discharged").limit(40)).all():
            told = {
                "id": f"undo-{row.id}"[:40],
                "person": row.person,
                "seq": 1000 + row.seq,
                "kind": "undone",
                "at": NOW,
            }
            body = event_to_text(Undone(row.id, "feil"))
            connection.execute(insert(event), told | {"body": body, "at": NOW, "by": "b", "role": "nurse"})
    assert (close(Closing.of(year.record, now=NOW)), close(Closing.of(year.record, now=NOW), whole=True)) == ((), ())
    assert kept(year.engine) == before
    assert first


def test_the_store_refuses_to_change_what_was_published(database: Database):
    engine = make_engine(database.url)
    schema.upgrade(engine)
    month = date(2026, 1, 1)
    cell = {"hospital": "STO", "breakdown": "all", "figure": "stays", "part": "", "category": "stay", "month": month}
    with engine.begin() as connection:
        connection.execute(insert(figure_month).values(month=month, at=NOW, program="1"))
        connection.execute(insert(figure_cell).values(cell | {"count": 5}))
    for statement in (delete(figure_cell), update(figure_cell).values(count=6), delete(figure_month)):
        with pytest.raises(exc.IntegrityError, match="append-only"), engine.begin() as connection:
            connection.execute(statement)
    engine.dispose()


def test_two_servers_that_close_at_once_count_each_month_once(year: Hospital):
    other = Writer(year.engine, now=lambda: NOW)
    mine = Closing.of(year.record, now=NOW)
    theirs = Closing(mine.engine, other, mine.hospital, mine.reading)
    closed: list[tuple[date, ...]] = []
    threads = [threading.Thread(target=lambda each=each: closed.append(close(each))) for each in (mine, theirs)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    other.close()
    assert sorted(closed[0] + closed[1]) == sorted(kept(year.engine)), "each by one of them, and none by both"
    with year.engine.connect() as connection:
        rows = list(stays(connection, now=NOW))
    for month, cells in kept(year.engine).items():
        assert cells["STO", "all", "stays", "", "stay"] == counts(rows, month, STEPS)["STO", "all", "stays", "", "stay"]


def test_an_empty_store_closes_nothing_so_that_a_history_told_later_is_counted(engine: Engine):
    made = Hospital(engine, now=NOW)
    try:
        assert close(Closing.of(made.record, now=NOW)) == ()
        assert kept(engine) == {}
    finally:
        made.close()
