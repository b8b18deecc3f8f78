"""What the writer and the database tell of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.observing.figures import stored_figures
from api.storage.access_log import BEGINNING
from api.storage.engine import make_engine
from api.storage.failures import StoreUnavailable
from api.storage.schema import upgrade
from api.storage.writer import Change, Writer
from careplans.course.events import By


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = make_engine(str(tmp_path / "store.sqlite"))
    upgrade(made)
    yield made
    made.dispose()


def see(change: Change) -> None:
    change.saw("p1", "read", By("n1", "nurse"))


def test_an_empty_database_has_no_head_and_no_screenings(engine: Engine) -> None:
    figures = stored_figures(engine)
    assert (figures.head, figures.screenings) == (None, 0)


def test_the_head_is_as_old_as_the_newest_commit_that_logged_something(engine: Engine) -> None:
    writer = Writer(engine)
    writer.run(see)
    writer.close()
    head = stored_figures(engine).head
    assert head
    assert timedelta(0) <= datetime.now(UTC) - head < timedelta(minutes=1)


def test_the_writer_tells_of_each_commit_and_whether_it_is_alive(engine: Engine) -> None:
    commits: list[tuple[int, float]] = []
    writer = Writer(engine, committed=lambda changes, seconds: commits.append((changes, seconds)))
    writer.run(see)
    assert [changes for changes, seconds in commits if seconds > 0] == [1]
    assert (writer.is_alive(), writer.waiting) == (True, 0)
    writer.close()
    assert not writer.is_alive()
    with pytest.raises(StoreUnavailable):
        writer.run(see)


def test_a_figure_that_cannot_be_kept_does_not_undo_what_was_stored(engine: Engine) -> None:
    def fail(_changes: int, _seconds: float) -> None:
        raise ValueError

    writer = Writer(engine, committed=fail)
    writer.run(see)
    assert writer.head != BEGINNING
    writer.close()
