"""The demo's past: real events, on no list, and enough of them that figures are shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.app import Service
from api.demo.past import remember
from api.record.projection import rebuild
from api.steering.closing import Closing, close
from api.storage.replay import replay
from api.storage.tables import REBUILT, event, figure_month, listing, person
from tests.ward.demo_house import filled_service

PAST = "demo/past-%"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give a demo's service with its past."""
    folder: Path = tmp_path_factory.mktemp("past")
    with filled_service(folder) as made:
        made.record.writer.run(partial(remember, made.record))
        yield made


def test_nobody_of_the_past_is_on_a_list(service):
    with service.record.engine.connect() as connection:
        of_past = select(person.c.id).where(person.c.local_id.like(PAST))
        mine = connection.execute(
            select(listing.c.listed, func.count()).where(listing.c.person.in_(of_past)).group_by("listed")
        )
        assert [tuple(row) for row in mine] == [(False, 420)]


def test_the_past_is_told_by_the_rules_and_its_lists_follow_from_its_events(service):
    record = service.record
    assert {verdict for _, verdict in replay(record.engine)} == {"same"}

    def projected() -> dict[str, list[object]]:
        with record.engine.connect() as connection:
            return {each.name: sorted(map(tuple, connection.execute(each.select())), key=repr) for each in REBUILT}

    before = projected()
    record.writer.run(lambda change: rebuild(change.connection, record.bases, record.offsets))
    assert projected() == before


def test_nothing_of_the_past_is_told_of_tomorrow(service):
    with service.record.engine.connect() as connection:
        assert connection.scalar(select(func.max(event.c.at))) <= datetime.now(UTC)


def test_fourteen_months_are_closed_and_show_figures(service):
    record = service.record
    assert len(close(Closing.of(record, now=datetime.now(UTC)))) == 14
    with record.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(figure_month)) == 14
    shelf = record.figures.of(record.engine, record.hospital)
    shown = [table for table in shelf.published.of(record.hospital, "screened") if table.rows]
    assert len(shown) >= 7, "a chart has something to tell"
