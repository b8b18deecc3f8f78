"""A copy is taken while others write, holds all that was acknowledged before it began, and can be put back."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, make_url, text

from api.record.record import Record
from api.storage import copy_postgresql, schema
from api.storage.access_log import head_of
from api.storage.backup import backup, restore
from api.storage.engine import make_engine, reading
from api.storage.tables import access
from api.storage.verify import verify
from engine.errors import InputError, MachineLacks
from tests.storage.databases import Database
from tests.storage.ward import lists, open_ward, screen, whole_saves

THREADS = 4


@pytest.fixture
def ward(database: Database) -> Iterator[Record]:
    """Give the record over an empty database of each kind."""
    record = open_ward(make_engine(database.url))
    yield record
    record.close()


@pytest.fixture
def place(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Give another empty database of the same kind, to restore in."""
    with empty_database(database, tmp_path, request) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@contextmanager
def empty_database(database: Database, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if database.kind == "sqlite":
        yield f"sqlite:///{folder / 'place.db'}"
    else:
        with request.getfixturevalue("cluster").database() as url:
            yield url


@contextmanager
def busy(record: Record) -> Iterator[list[str]]:
    """Have nurses save on several threads, and give the ids of what has been acknowledged so far."""
    acknowledged: list[str] = []
    stop, numbers = threading.Event(), iter(range(1_000_000))

    def save() -> None:
        while not stop.is_set():
            acknowledged.append(screen(record, next(numbers)).person)

    threads = [threading.Thread(target=save) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        while len(acknowledged) < 3 * THREADS:
            assert any(thread.is_alive() for thread in threads)
            stop.wait(0.02)
        yield acknowledged
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_copy_taken_under_load_restores_to_a_verified_database(ward, place, tmp_path):
    out = tmp_path / "copy"
    with busy(ward) as acknowledged:
        before = set(acknowledged)
        copied = backup(ward.engine, out)
        until = len(acknowledged) + THREADS
        while len(acknowledged) < until:  # nobody who writes was stopped by it
            time.sleep(0.01)
    restored = restore(place, out)
    assert restored == copied
    with reading(place) as connection:
        held = whole_saves(connection)
        assert head_of(connection) == copied.head
    assert before <= held <= set(acknowledged)
    assert len(held) == copied.persons
    verified = verify(place, head=copied.head)
    assert (verified.faults, verified.assessments) == ([], {"same": len(held)})
    assert schema.is_current(place)


def test_a_restored_database_goes_on_where_the_copy_was_taken(ward, place, tmp_path):
    screen(ward, 1)
    backup(ward.engine, tmp_path / "copy")
    screen(ward, 2)
    restore(place, tmp_path / "copy")
    assert lists(place) != lists(ward.engine)
    again = Record.start(ward.screening, place, "STO")
    screen(again, 2)
    with reading(place) as connection:
        assert len(whole_saves(connection)) == 2
    assert verify(place).faults == []
    again.writer.close()


def test_a_copy_is_for_its_owner_only_and_nothing_is_left_beside_it(ward, tmp_path):
    folder = tmp_path / "copies"
    folder.mkdir()
    backup(ward.engine, folder / "copy")
    assert stat.S_IMODE((folder / "copy").stat().st_mode) == 0o600
    assert left(folder) == {"copy"}


def test_a_copy_takes_the_place_of_another_only_if_that_is_said(ward, tmp_path):
    out = tmp_path / "copy"
    out.write_text("older")
    with pytest.raises(InputError, match="backup_exists"):
        backup(ward.engine, out)
    assert out.read_text() == "older"
    backup(ward.engine, out, force=True)
    assert out.stat().st_size > len("older")


def test_the_database_is_not_its_own_copy(sqlite):
    ward = open_ward(make_engine(sqlite.url))
    screen(ward, 1)
    with pytest.raises(InputError, match="backup_is_database"):
        backup(ward.engine, Path(str(ward.engine.url.database)), force=True)
    assert verify(ward.engine).persons == 1
    ward.close()


def test_a_copy_that_cannot_be_written_is_not_there(ward, tmp_path):
    for out in (tmp_path / "none" / "copy", tmp_path):
        with pytest.raises(InputError, match="backup_not_written"):
            backup(ward.engine, out, force=True)
    assert not any("unfinished" in name for name in left(tmp_path))


def test_a_copy_whose_log_was_changed_is_not_kept(ward, tmp_path):
    screen(ward, 1)
    with ward.engine.begin() as connection:
        for statement in unlock(ward.engine):
            connection.execute(text(statement))
        connection.execute(access.update().values(by="someone else"))
    with pytest.raises(InputError, match="backup_log_changed"):
        backup(ward.engine, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def unlock(engine: Engine) -> tuple[str, ...]:
    """Return what someone with the database in hand would do to change the log."""
    on = " ON access" if engine.dialect.name == "postgresql" else ""
    return (f"DROP TRIGGER access_no_update{on}",)


def test_an_empty_database_has_nothing_to_copy(place, tmp_path):
    with pytest.raises(InputError, match="database_nothing_to_copy"):
        backup(place, tmp_path / "copy")


def test_a_restore_replaces_patients_only_if_that_is_said(ward, place, tmp_path):
    screen(ward, 1)
    backup(ward.engine, tmp_path / "copy")
    there = open_ward(place)
    screen(there, 2), screen(there, 3)
    there.writer.close()
    with pytest.raises(InputError, match="database_not_empty"):
        restore(place, tmp_path / "copy")
    assert verify(place).persons == 2
    assert restore(place, tmp_path / "copy", force=True).persons == 1
    assert verify(place).persons == 1
    assert lists(place) == lists(ward.engine)


def test_a_database_in_use_is_not_replaced(ward, place, tmp_path):
    screen(ward, 1)
    backup(ward.engine, tmp_path / "copy")
    serving = make_engine(place.url.render_as_string(hide_password=False))
    schema.upgrade(serving)
    with serving.connect() as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(InputError, match="database_in_use"):
            restore(place, tmp_path / "copy")
    serving.dispose()
    assert restore(place, tmp_path / "copy").persons == 1


def test_a_restored_database_refuses_to_change_the_record(ward, place, tmp_path):
    screen(ward, 1)
    backup(ward.engine, tmp_path / "copy")
    restore(place, tmp_path / "copy")
    with pytest.raises(Exception, match="append-only"), place.begin() as connection:
        connection.execute(access.delete())


@pytest.mark.parametrize("spoil", ["cut off", "other", "empty", "gone"])
def test_what_is_no_whole_copy_is_refused_and_the_database_is_as_it_was(ward, place, tmp_path, spoil):
    there = open_ward(place)
    screen(there, 7)
    there.writer.close()
    screen(ward, 1)
    copy = tmp_path / "copy"
    backup(ward.engine, copy)
    match spoil:
        case "cut off":
            copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
        case "other":
            copy.write_bytes(b"other" + copy.read_bytes())
        case "empty":
            copy.write_bytes(b"")
        case "gone":
            copy.unlink()
    with pytest.raises(InputError) as told:
        restore(place, copy, force=True)
    assert told.value.code in {"backup_damaged", "backup_other_kind", "file_unreadable"}
    assert verify(place).persons == 1


def test_another_kind_of_sqlite_file_is_refused(sqlite, tmp_path):
    with closing(sqlite3.connect(tmp_path / "theirs")) as theirs:
        theirs.execute("CREATE TABLE theirs (id)")
    engine = make_engine(sqlite.url)
    with pytest.raises(InputError, match="backup_damaged"):
        restore(engine, tmp_path / "theirs")
    assert schema.standing(engine) == "empty"
    engine.dispose()


def test_a_database_of_something_else_is_never_replaced(ward, place, tmp_path):
    backup(ward.engine, tmp_path / "copy")
    with place.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (id integer)"))
    with pytest.raises(InputError, match="database_foreign"):
        restore(place, tmp_path / "copy", force=True)
    with place.connect() as connection:
        assert inspect(connection).get_table_names() == ["theirs"]


def test_a_restore_that_fails_in_the_middle_gives_postgresql_back_what_it_had(postgresql, tmp_path, monkeypatch):
    ward = open_ward(make_engine(postgresql.url))
    screen(ward, 1)
    backup(ward.engine, tmp_path / "copy")
    screen(ward, 2)
    ward.writer.close()

    def fail(engine: Engine, tool: str, *words: str) -> None:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE person (id integer)"))
        raise InputError("--database", "postgresql_tool_failed", tool=tool)

    monkeypatch.setattr(copy_postgresql, "_run", fail)
    with pytest.raises(InputError, match="postgresql_tool_failed"):
        restore(ward.engine, tmp_path / "copy", force=True)
    assert verify(ward.engine).persons == 2
    monkeypatch.undo()
    restore(ward.engine, tmp_path / "copy", force=True)
    assert verify(ward.engine).persons == 1
    ward.engine.dispose()


def test_a_copy_that_the_tool_did_not_finish_is_not_kept(postgresql, tmp_path, monkeypatch):
    ward = open_ward(make_engine(postgresql.url))
    dump = copy_postgresql._run

    def cut_off(engine: Engine, tool: str, *words: str) -> None:
        dump(engine, tool, *words)
        (unfinished,) = tmp_path.glob(".*.unfinished")
        os.truncate(unfinished, unfinished.stat().st_size // 2)

    monkeypatch.setattr(copy_postgresql, "_run", cut_off)
    with pytest.raises(InputError, match="backup_damaged"):
        backup(ward.engine, tmp_path / "copy")
    assert left(tmp_path) == set()
    ward.close()


def test_a_restore_that_was_killed_leaves_what_was_there_to_be_moved_back(postgresql, tmp_path):
    ward = open_ward(make_engine(postgresql.url))
    backup(ward.engine, tmp_path / "copy")
    ward.close()
    with ward.engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA before_restore"))
    with pytest.raises(InputError, match="restore_cut_off") as told:
        restore(ward.engine, tmp_path / "copy", force=True)
    assert told.value.values == {"schema": "before_restore"}
    assert schema.is_current(ward.engine)
    ward.engine.dispose()


def test_the_password_is_given_to_postgresqls_tools_where_nobody_can_read_it(postgresql, tmp_path, monkeypatch):
    url = make_url(postgresql.url).set(password="s3cret").render_as_string(hide_password=False)
    ward = open_ward(make_engine(url))
    asked = []
    run = subprocess.run

    def noted(command: list[str], **options: Any) -> object:
        asked.append((command, options.get("env")))
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", noted)
    backup(ward.engine, tmp_path / "copy")
    assert all("s3cret" not in " ".join(command) for command, _ in asked)
    assert [env["PGPASSWORD"] for _, env in asked if env] == ["s3cret"]
    ward.close()


def test_without_postgresqls_tools_the_line_that_installs_them_is_said(postgresql, tmp_path, monkeypatch):
    ward = open_ward(make_engine(postgresql.url))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MachineLacks, match="lacks_postgresql_client") as told:
        backup(ward.engine, tmp_path / "copy")
    assert "postgresql-client" in str(told.value.values["install"])
    assert left(tmp_path) == set()
    ward.close()
