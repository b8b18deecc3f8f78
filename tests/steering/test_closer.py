"""The server closes months by itself: at its start, and without being in the way of its stop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.demo.past import remember
from api.record.record import Record
from api.screening import Screening
from api.steering.closer import Closer
from api.storage.engine import make_engine
from api.storage.schema import upgrade
from api.storage.tables import figure_month


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    """Give the demo's past, of which no month is closed."""
    engine = make_engine(f"sqlite:///{tmp_path / 'past.db'}")
    upgrade(engine)
    made = Record.start(Screening(), engine, "demo")
    made.writer.run(partial(remember, made))
    yield made
    made.close()


def closed(record: Record) -> int:
    """Return how many months are closed."""
    with record.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(figure_month)) or 0


def test_the_months_behind_are_closed_at_the_start(record: Record):
    closer = Closer(record, rest=0)
    closer.start()
    until = time.monotonic() + 60
    while closed(record) < 14 and time.monotonic() < until:
        time.sleep(0.1)
    closer.stop()
    assert closed(record) == 14


def test_a_stop_does_not_wait_for_what_is_being_counted(record: Record):
    closer = Closer(record, rest=600)
    closer.start()
    time.sleep(0.2)
    began = time.monotonic()
    closer.stop()
    assert time.monotonic() - began < 30
    assert closed(record) == 0, "what was begun is counted anew, and nothing of it is kept"


def test_a_store_that_has_gone_away_does_not_end_the_server(record: Record):
    record.writer.close()
    closer = Closer(record, rest=0)
    closer.start()
    time.sleep(0.2)
    closer.stop()
    assert closed(record) == 0
