"""SQLite's own way of copying a database that others write to: one transaction's view of it, page by page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, exc

from api.storage.engine import WAIT_SECONDS
from engine.errors import InputError

HEADER = b"SQLite format 3\x00"
WRITTEN_BESIDE = ("-journal", "-wal", "-shm")


@contextmanager
def copied(engine: Engine, unfinished: Path) -> Iterator[Connection]:
    """Copy the database to a file, and give a connection to the copy, so that it is verified before it is kept."""
    try:
        with engine.connect() as connection, closing(sqlite3.connect(unfinished)) as copy:
            driver: Any = connection.connection.driver_connection
            driver.backup(copy)  # all pages in one step: a reader of the WAL keeps no writer waiting
            _in_one_file(copy)
        with _as_it_lies(unfinished) as connection:
            yield connection
    except sqlite3.Error:
        raise InputError("OUT", "backup_not_written") from None
    finally:
        for ending in WRITTEN_BESIDE:
            with suppress(OSError):
                unfinished.with_name(unfinished.name + ending).unlink()


@contextmanager
def replaced(engine: Engine, file: Path) -> Iterator[Connection]:
    """Give a connection to a copy to be verified, and then put all of it in the database's place in one transaction."""
    with _as_it_lies(file) as connection:
        yield connection
    engine.dispose()
    place = Path(str(engine.url.database))
    try:
        with closing(_read_only(file)) as source, closing(sqlite3.connect(place, timeout=WAIT_SECONDS)) as target:
            _in_one_file(target)
            source.backup(target)
            if target.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                raise InputError("--database", "database_damaged")
    except sqlite3.OperationalError as error:
        raise InputError("--database", "database_in_use" if _is_busy(error) else "restore_not_written") from None
    except sqlite3.DatabaseError:
        raise InputError("--database", "database_damaged") from None


def _in_one_file(database: sqlite3.Connection) -> None:
    """Have all of a database in its one file; SQLite does it for nobody while another has the database open."""
    database.execute("PRAGMA journal_mode = DELETE").close()


def _is_busy(error: sqlite3.Error) -> bool:
    return error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def is_damage(error: exc.DBAPIError) -> bool:
    """Return whether SQLite says that the file is damaged, or none of its own."""
    return getattr(error.orig, "sqlite_errorname", "").startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT"))


@contextmanager
def _as_it_lies(file: Path) -> Iterator[Connection]:
    """Give a connection that changes nothing, not even how the file is kept."""
    engine = create_engine("sqlite://", creator=lambda: _read_only(file), poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            yield connection
    except exc.DatabaseError as error:
        if is_damage(error):
            raise InputError("FILE", "backup_damaged") from None
        raise
    finally:
        engine.dispose()


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=WAIT_SECONDS)
