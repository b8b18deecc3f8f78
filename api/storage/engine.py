"""Connections to the database: SQLite in one file, or PostgreSQL by URL.

`make_engine` is for reading, for migrations and for commands. `for_writing` is the writer's own, one connection wide,
so that readers never keep it waiting: every transaction on it is alone in writing, whichever process began it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, ExceptionContext, event, exc, make_url

from api.storage.failures import store_errors, trouble_in
from engine.errors import InputError, MachineLacks

WAIT_SECONDS = 2  # for a lock another holds, and for a free connection
DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
INSTALL_PSYCOPG = "pip install 'psycopg[binary]'"

# WAL lets readers go on while one writes; FULL makes a commit durable before it returns.
SQLITE_SETTINGS = (
    f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",  # INSERT OR REPLACE deletes, and the record's triggers refuse that
    "PRAGMA trusted_schema = OFF",
    f"PRAGMA journal_size_limit = {64 * 1024 * 1024}",
)

POSTGRESQL_SETTINGS = {
    "timezone": "UTC",
    "synchronous_commit": "on",
    "default_transaction_isolation": r"read\ committed",  # a snapshot from before the turn came would not see the last
    "lock_timeout": f"{WAIT_SECONDS}s",
    "statement_timeout": "20s",
    "idle_in_transaction_session_timeout": "20s",  # a process that was cut off lets go of the writers' turn
}
TURN = 0x52657474686A656D  # "Retthjem": the advisory lock that writers take turns with


def make_engine(url: str) -> Engine:
    """Return connections to a database by URL or SQLite's path; a missing file is made, for its owner only."""
    address = _address(url)
    if _is_sqlite(address):
        _make_file(Path(str(address.database)))
    return _engine(address, pool_size=10, max_overflow=30, pool_timeout=WAIT_SECONDS)


def for_writing(engine: Engine) -> Engine:
    """Return one connection of its own to the same database; each of its transactions waits until it alone writes."""
    own = _engine(engine.url, pool_size=1, max_overflow=0, pool_timeout=WAIT_SECONDS)
    if _is_sqlite(own.url):
        return own.execution_options(retthjem_turn="BEGIN IMMEDIATE")
    return own.execution_options(retthjem_turn=f"SELECT pg_advisory_xact_lock({TURN})")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a transaction that sees one state of the database throughout, and cannot change it."""
    options: dict[str, Any] = (
        {"retthjem_query_only": True}
        if _is_sqlite(engine.url)
        else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )
    with store_errors(), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def refuse_failed(connection: Connection) -> None:
    """Stop where PostgreSQL would turn a commit into a rollback without a word, as an error was passed over."""
    driver: Any = connection.connection.driver_connection
    if not _is_sqlite(connection.engine.url) and driver.info.transaction_status.name == "INERROR":
        raise RuntimeError("A work went on after its statement failed")


def _address(url: str) -> URL:
    try:
        address = make_url(url if "://" in url else URL.create("sqlite", database=url))
        address = address.set(drivername=DRIVERS[address.drivername])
    except (exc.ArgumentError, KeyError, ValueError):
        raise InputError("--database", "database_url_wrong") from None  # the URL holds a password
    if _is_sqlite(address) and (address.query or address.database in {None, "", ":memory:"}):
        raise InputError("--database", "database_url_wrong")
    return address


def _is_sqlite(address: URL) -> bool:
    return address.get_backend_name() == "sqlite"


def _make_file(path: Path) -> None:
    """Make the database's file before SQLite does, which would let others read it; its WAL takes the same mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError:
        raise InputError("--database", "database_file_wrong") from None


def _engine(address: URL, **pool: Any) -> Engine:
    engine = _sqlite(address, **pool) if _is_sqlite(address) else _postgresql(address, **pool)
    event.listen(engine, "begin", _begin)
    return engine


def _sqlite(address: URL, **pool: Any) -> Engine:
    path = Path(str(address.database)).absolute()
    engine = sqlalchemy.create_engine(address.set(database=str(path)), hide_parameters=True, **pool)

    @event.listens_for(engine, "do_connect")
    def open_file(_dialect: object, _record: object, place: list[Any], options: dict[str, Any]) -> None:
        """Open the file that is there, never make one: an empty database must not stand in for one that is away."""
        place[0] = f"{path.as_uri()}?mode=rw"
        options.update(uri=True, timeout=WAIT_SECONDS)

    @event.listens_for(engine, "connect")
    def set_up(driver: Any, record: Any) -> None:
        driver.isolation_level = None  # the module begins no transaction by itself; `_begin` does
        for setting in SQLITE_SETTINGS:
            driver.execute(setting).close()
        record.info["file"] = _file_at(path)

    @event.listens_for(engine, "handle_error")
    def drop_connection(context: ExceptionContext) -> None:
        """Use no connection further on which SQLite may have rolled back by itself: it would commit each statement."""
        error = context.sqlalchemy_exception
        if isinstance(error, exc.DBAPIError) and trouble_in(error) in {"full", "gone"}:
            context.is_disconnect = True

    @event.listens_for(engine, "checkout")
    def refuse_another_file(driver: Any, record: Any, _proxy: object) -> None:
        """Open anew where the file was moved or restored: what is written to the one that was would be lost."""
        if record.info["file"] != _file_at(path):
            raise exc.DisconnectionError
        driver.execute("PRAGMA query_only = OFF").close()  # which `reading` may have left on

    return engine


def _file_at(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _postgresql(address: URL, **pool: Any) -> Engine:
    if not find_spec("psycopg"):
        raise MachineLacks("lacks_psycopg", install=INSTALL_PSYCOPG)
    settings = " ".join(f"-c {name}={value}" for name, value in POSTGRESQL_SETTINGS.items())
    wait = {"connect_timeout": 3, "tcp_user_timeout": 10_000, "keepalives_idle": 5, "keepalives_interval": 2}
    arguments = {"options": settings, "application_name": "retthjem", **wait}
    engine = sqlalchemy.create_engine(address, hide_parameters=True, pool_pre_ping=True, connect_args=arguments, **pool)
    event.listen(engine, "handle_error", _drop_details)
    return engine


def _drop_details(context: ExceptionContext) -> None:
    """Keep PostgreSQL's first line only; the details tell whose number was there already, and errors are logged."""
    primary = getattr(getattr(context.original_exception, "diag", None), "message_primary", None)
    if primary:
        context.original_exception.args = (primary,)
        if context.sqlalchemy_exception:
            context.sqlalchemy_exception.args = (primary,)


def _begin(connection: Connection) -> None:
    """Begin as the connection is meant: alone in writing, only reading, or as the database has it."""
    options = connection.get_execution_options()
    if turn := options.get("retthjem_turn"):
        connection.exec_driver_sql(turn)
    elif _is_sqlite(connection.engine.url):
        if options.get("retthjem_query_only"):
            connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.exec_driver_sql("BEGIN")
