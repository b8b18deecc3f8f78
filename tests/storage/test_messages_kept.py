"""The database itself keeps national messages, what was done with them, and what they led to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, delete, exc, insert, select, text, update

from api.storage import schema
from api.storage.engine import make_engine
from api.storage.tables import MESSAGES, event, message, person
from engine.errors import InputError
from tests.storage.databases import Database

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BY: dict[str, Any] = {"at": NOW, "by": "b", "role": "system"}
ROWS: dict[str, dict[str, Any]] = {
    "message": {
        "id": "m",
        "person": "p",
        "way": "in",
        "kind": "innleggelsesrapport",
        "status": "new",
        "msg_id": "1",
        "sender": "HER:1",
        "sent": NOW,
        "head": "{}",
        "told": "{}",
        "content": "<x/>",
    }
    | BY,
    "message_mark": {"id": "k", "message": "m", "mark": "sent"} | BY,
    "message_effect": {"message": "m", "event": "e"},
    "deviation": {"id": "d", "message": "m", "element": "gp", "outcome": "dropped", "words": "Finnes i brevet"} | BY,
}
CHANGES = {
    "message": {"content": "<y/>"},
    "message_mark": {"mark": "dropped"},
    "message_effect": {"event": "f"},
    "deviation": {"outcome": "sent"},
}


@pytest.fixture
def kept(database: Database) -> Any:
    """Give an engine on a database with a message in it."""
    engine = make_engine(database.url)
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(insert(person).values(id="p", version=1))
        connection.execute(insert(event).values(id="e", person="p", seq=1, kind="died", body="{}", **BY))
        for table in MESSAGES:
            connection.execute(insert(table).values(ROWS[table.name]))
    yield engine
    engine.dispose()


@pytest.mark.parametrize("table", MESSAGES, ids=lambda table: table.name)
def test_the_database_itself_refuses_to_change_or_delete_a_message(kept: Engine, table: Any):
    for statement in (update(table).values(CHANGES[table.name]), delete(table)):
        with pytest.raises(exc.IntegrityError, match="append-only"), kept.begin() as connection:
            connection.execute(statement)
    with kept.connect() as connection:
        assert len(connection.execute(select(table)).all()) == 1


@pytest.mark.parametrize("table", MESSAGES, ids=lambda table: table.name)
def test_postgresql_refuses_to_empty_the_messages(postgresql: Database, table: Any):
    engine = make_engine(postgresql.url)
    try:
        schema.upgrade(engine)
        with pytest.raises(exc.IntegrityError, match="append-only"), engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {table.name} CASCADE"))
    finally:
        engine.dispose()


def test_a_message_of_one_sender_is_kept_once(kept: Engine):
    with pytest.raises(exc.IntegrityError), kept.begin() as connection:
        connection.execute(insert(message).values(ROWS["message"] | {"id": "other"}))
    with kept.begin() as connection:
        connection.execute(insert(message).values(ROWS["message"] | {"id": "other", "sender": "HER:2"}))


def test_an_older_version_of_the_tables_is_refused_while_there_are_messages(kept: Engine):
    with pytest.raises(InputError, match="record_would_be_lost"):
        schema.downgrade(kept, "0010")
    schema.downgrade(kept, "0010", lose_record=True)
    schema.upgrade(kept)
    with kept.connect() as connection:
        assert connection.execute(select(message)).all() == []
