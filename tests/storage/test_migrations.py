"""The database's versions: up, down and up again with data, on both databases; and the record that refuses a change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, delete, exc, insert, inspect, select, text, update

from api.storage import schema
from api.storage.engine import make_engine
from api.storage.tables import RECORD, access, access_batch, assessment, clock, device, event, person, rule_set, tables
from engine.errors import InputError
from tests.storage.databases import Database

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROWS: dict[str, dict[str, Any]] = {
    "person": {"id": "p", "version": 1},
    "rule_set": {"id": "r", "digest": "d", "snapshot": "{}"},
    "assessment": {
        "id": "a",
        "person": "p",
        "screening": "s",
        "version": 1,
        "at": NOW,
        "index_date": NOW.date(),
        "language": "nb",
        "inputs": "{}",
        "rule_set": "r",
        "outcome": "{}",
    },
    "event": {"id": "e", "person": "p", "seq": 1, "kind": "died", "body": "{}", "at": NOW, "by": "b", "role": "nurse"},
    "access": {"seq": 1, "batch": 1, "at": NOW, "by": "b", "role": "nurse", "action": "read"},
    "access_batch": {"id": 1, "at": NOW, "first": 1, "last": 1, "previous": "0" * 64, "hash": "1" * 64},
}
ORDER = (person, rule_set, assessment, event, access, access_batch)
CHANGES = {
    "person": {"id": "q"},
    "rule_set": {"snapshot": "{ }"},
    "assessment": {"outcome": "{ }"},
    "event": {"body": "{ }"},
    "access": {"by": "c"},
    "access_batch": {"hash": "2" * 64},
}


@pytest.fixture
def bare(database: Database) -> Iterator[Engine]:
    """Give an engine on an empty database of each kind."""
    engine = make_engine(database.url)
    yield engine
    engine.dispose()


@pytest.fixture
def migrated(bare: Engine) -> Engine:
    """Give an engine on a database with every migration."""
    schema.upgrade(bare)
    return bare


def fill(engine: Engine) -> None:
    """Store a row in every table of the record."""
    with engine.begin() as connection:
        for table in ORDER:
            connection.execute(insert(table).values(ROWS[table.name]))


def record(engine: Engine) -> dict[str, list[Any]]:
    """Return all that the record holds."""
    with engine.connect() as connection:
        return {table.name: [tuple(row) for row in connection.execute(select(table))] for table in RECORD}


def test_migrations_and_tables_describe_the_same_database(migrated):
    with migrated.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables) == []
        indexes = {table: {each["name"] for each in inspect(connection).get_indexes(table)} for table in tables.tables}
    for table in tables.tables.values():
        assert {index.name for index in table.indexes} <= indexes[table.name]


def test_a_database_says_how_it_stands_to_this_program(bare):
    assert (schema.standing(bare), schema.version_of(bare), schema.is_current(bare)) == ("empty", None, False)
    schema.upgrade(bare, "0002")
    assert (schema.standing(bare), schema.version_of(bare), schema.is_current(bare)) == ("old", "0002", False)
    schema.upgrade(bare)
    assert (schema.standing(bare), schema.is_current(bare)) == ("current", True)
    with bare.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert schema.standing(bare) == "newer"


def test_down_to_the_record_and_up_again_keeps_the_record_and_empties_the_rest(migrated):
    fill(migrated)
    before = record(migrated)
    with migrated.begin() as connection:
        connection.execute(insert(clock).values(person="p", course="c", step="s", owner="o", state="open"))
        connection.execute(insert(device).values(id="d", token="t", ward="w", label="l", by="b", at=NOW))
    schema.downgrade(migrated, "0001")
    with migrated.connect() as connection:
        assert set(inspect(connection).get_table_names()) == {*ROWS, "alembic_version"}
    schema.upgrade(migrated)
    assert record(migrated) == before
    with migrated.connect() as connection:
        assert connection.execute(select(clock)).all() == connection.execute(select(device)).all() == []


def test_down_to_nothing_is_refused_while_there_are_patients(migrated):
    fill(migrated)
    before = record(migrated)
    with pytest.raises(InputError, match="record_would_be_lost"):
        schema.downgrade(migrated, "base")
    assert schema.is_current(migrated), "all of a change, or none of it"
    assert record(migrated) == before


def test_down_to_nothing_and_up_again_gives_an_empty_database_that_works(migrated):
    fill(migrated)
    schema.downgrade(migrated, "base", lose_record=True)
    assert schema.standing(migrated) == "empty"
    schema.upgrade(migrated)
    assert not any(record(migrated).values())
    fill(migrated)
    assert all(record(migrated).values())


@pytest.mark.parametrize("table", ORDER, ids=lambda table: table.name)
def test_the_database_itself_refuses_to_change_or_delete_the_record(migrated, table):
    fill(migrated)
    before = record(migrated)
    for statement in (update(table).values(CHANGES[table.name]), delete(table)):
        with pytest.raises(exc.IntegrityError, match="append-only"), migrated.begin() as connection:
            connection.execute(statement)
    assert record(migrated) == before


@pytest.mark.parametrize("table", ORDER, ids=lambda table: table.name)
def test_postgresql_refuses_to_empty_the_record(postgresql, table):
    engine = make_engine(postgresql.url)
    try:
        schema.upgrade(engine)
        with pytest.raises(exc.IntegrityError, match="append-only"), engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {table.name} CASCADE"))
    finally:
        engine.dispose()


def test_a_person_may_count_events_and_be_given_a_number_and_nothing_else(migrated):
    fill(migrated)

    def change(**values: object) -> None:
        with migrated.begin() as connection:
            connection.execute(update(person).values(values))

    change(version=2)
    change(identity="13410012345", version=3)
    for refused in ({"identity": "13410054321"}, {"identity": None}, {"local_id": "h/1"}, {"version": 2}):
        with pytest.raises(exc.IntegrityError, match="append-only"):
            change(**refused)
    assert record(migrated)["person"] == [("p", "13410012345", None, 3)]


def test_an_empty_sqlite_file_is_made_at_start(sqlite):
    engine = make_engine(sqlite.url)
    schema.make_ready(engine)
    assert schema.is_current(engine)
    schema.make_ready(engine)
    engine.dispose()


def test_an_empty_postgresql_is_left_to_be_made_by_hand(postgresql):
    engine = make_engine(postgresql.url)
    with pytest.raises(InputError, match="database_old"):
        schema.make_ready(engine)
    assert schema.standing(engine) == "empty"
    engine.dispose()


def test_an_old_database_is_upgraded_at_start_only_if_that_is_asked_for_and_its_lists_are_made_anew(bare):
    schema.upgrade(bare, "0001")
    for asked in ({}, {"rebuild": print}, {"upgrade_old": True}):
        with pytest.raises(InputError, match="database_old"):
            schema.make_ready(bare, **asked)
    assert schema.version_of(bare) == "0001"
    rebuilt: list[bool] = []
    schema.make_ready(bare, upgrade_old=True, rebuild=lambda each: rebuilt.append(inspect(each).has_table("clock")))
    assert (schema.is_current(bare), rebuilt) == (True, [True])
    schema.make_ready(bare, upgrade_old=True, rebuild=lambda _: rebuilt.append(False))
    assert rebuilt == [True], "a current database keeps its lists"


def test_lists_that_cannot_be_made_anew_keep_the_old_version(bare):
    schema.upgrade(bare, "0001")
    with pytest.raises(ZeroDivisionError):
        schema.make_ready(bare, upgrade_old=True, rebuild=lambda _: 1 / 0)
    assert schema.version_of(bare) == "0001"


@pytest.mark.parametrize("act", [schema.make_ready, schema.upgrade, lambda engine: schema.downgrade(engine, "base")])
def test_a_database_of_something_else_or_of_a_later_program_is_left_alone(bare, act):
    with bare.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (id integer)"))
    with pytest.raises(InputError, match="database_foreign"):
        act(bare)
    with bare.begin() as connection:
        connection.execute(text("DROP TABLE theirs"))
        assert inspect(connection).get_table_names() == []
    schema.upgrade(bare)
    with bare.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputError, match="database_newer"):
        act(bare)


def test_a_version_that_is_not_there_is_refused_with_those_that_are(migrated):
    with pytest.raises(InputError, match="no_such_version") as told:
        schema.downgrade(migrated, "0000")
    assert told.value.values["allowed"] == [f"{n:04d}" for n in range(1, 14)]
    assert schema.is_current(migrated)


def test_an_upgrade_that_fails_half_way_leaves_nothing_behind(bare):
    with bare.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32) NOT NULL)"))
    schema.upgrade(bare, "0002")
    with bare.begin() as connection:
        connection.execute(text("CREATE TABLE clock (id integer)"))  # what the last migration makes, after two others
    with pytest.raises(exc.DBAPIError):
        schema.upgrade(bare)
    with bare.connect() as connection:
        assert "listing" not in inspect(connection).get_table_names()
    assert schema.version_of(bare) == "0002"
