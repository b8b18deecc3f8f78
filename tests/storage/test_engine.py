"""Where the record is kept: addresses, the file's mode, settings that make a commit durable, and what errors tell."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine, exc

from api.storage.engine import for_writing, make_engine, reading
from api.storage.failures import StoreUnavailable
from api.storage.tables import person
from engine.errors import InputError, MachineLacks
from tests.storage.databases import Database

WRONG = ("mysql://me:secret@host/x", "postgresql://me:secret@host:port/x", "sqlite://", "sqlite:///:memory:", "://", "")


@pytest.mark.parametrize("url", WRONG)
def test_an_address_of_no_database_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(InputError) as told:
        make_engine(url)
    assert (told.value.where, told.value.code) == ("--database", "database_url_wrong")
    assert "secret" not in f"{told.value} {told.value.values} {told.value.__cause__}"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="database_file_wrong"):
        make_engine(str(tmp_path / "none" / "record.db"))


def test_a_missing_psycopg_is_told_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.storage.engine.find_spec", lambda _: None)
    with pytest.raises(MachineLacks, match="lacks_psycopg") as told:
        make_engine("postgresql://me@host/x")
    assert "psycopg" in str(told.value.values["install"])


@pytest.mark.parametrize("prefix", ["", "sqlite:///"])
def test_the_file_and_its_log_are_for_their_owner_only(tmp_path: Path, prefix: str) -> None:
    path = tmp_path / "a b?%41#.db"
    address = f"{prefix}{path}" if not prefix else f"{prefix}{tmp_path}/plain.db"
    engine = make_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE x (y)")
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    engine.dispose()
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}


def test_sqlite_commits_durably_and_keeps_foreign_keys(sqlite: Database) -> None:
    engine = make_engine(sqlite.url)
    for each in (engine, for_writing(engine)):
        with each.connect() as connection:
            told = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
        each.dispose()
        assert told == ["wal", 2, 1, 2000]


def test_postgresql_commits_durably_and_waits_for_no_lock_for_ever(postgresql: Database) -> None:
    engine = make_engine(postgresql.url)
    with engine.connect() as connection:
        told = [
            connection.exec_driver_sql(f"SHOW {name}").scalar_one()
            for name in ("synchronous_commit", "fsync", "lock_timeout", "statement_timeout", "timezone")
        ]
    engine.dispose()
    assert told == ["on", "on", "2s", "20s", "UTC"]


def test_whoever_waited_for_the_writers_turn_sees_what_was_written_meanwhile(postgresql: Database) -> None:
    engine = make_engine(postgresql.url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        strict = "SET default_transaction_isolation = 'repeatable read'"
        connection.exec_driver_sql(f"ALTER DATABASE {engine.url.database} {strict}")
    engine.dispose()
    writing = for_writing(engine)
    with writing.begin() as connection:
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar_one() == "read committed"
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar_one() == "repeatable read"
    engine.dispose()
    writing.dispose()


def test_a_reading_sees_one_state_throughout(engine: Engine) -> None:
    with reading(engine) as connection:
        assert not connection.execute(person.select()).all()
        with engine.begin() as other:
            other.execute(person.insert(), {"id": "p", "version": 1})
        assert not connection.execute(person.select()).all()
    with reading(engine) as connection:
        assert connection.execute(person.select()).one().id == "p"


def test_a_reading_cannot_change_anything(engine: Engine) -> None:
    with pytest.raises(StoreUnavailable), reading(engine) as connection:
        connection.execute(person.insert(), {"id": "p", "version": 1})
    with engine.begin() as connection:
        connection.execute(person.insert(), {"id": "p", "version": 1})


def test_an_error_tells_nothing_of_what_was_to_be_stored(engine: Engine) -> None:
    same_number = [{"id": id, "identity": "15507600333", "version": 1} for id in ("p", "q")]
    with pytest.raises(exc.IntegrityError) as told, engine.begin() as connection:
        connection.execute(person.insert(), same_number)
    assert "15507600333" not in f"{told.value} {told.value.args} {told.value.orig} {told.value!r}"


def test_a_readers_connection_is_not_the_writers(engine: Engine) -> None:
    own = for_writing(engine)
    with reading(engine), own.begin() as connection:
        connection.execute(person.insert(), {"id": "p", "version": 1})
    own.dispose()
    with reading(engine) as connection:
        assert connection.execute(person.select()).one().id == "p"


def test_writers_of_several_processes_take_turns(engine: Engine) -> None:
    first, second = for_writing(engine), for_writing(engine)
    with first.begin(), pytest.raises(exc.OperationalError), second.begin():
        pass
    with second.begin() as connection:
        connection.execute(person.insert(), {"id": "p", "version": 1})
    first.dispose()
    second.dispose()
