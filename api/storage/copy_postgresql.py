"""PostgreSQL's own tools for a copy: `pg_dump` of one moment, and `pg_restore` of all or nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from api.storage.engine import reading
from api.storage.schema import alone
from engine.errors import InputError, MachineLacks

HEADER = b"PGDMP"
OURS, ASIDE = "public", "before_restore"
INSTALL = "apt-get install postgresql-client"
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'retthjem' AND pid <> pg_backend_pid()
"""
LETTING_GO = 2  # seconds that the server may take to see that a connection was closed


@contextmanager
def copied(engine: Engine, unfinished: Path) -> Iterator[Connection]:
    """Copy the database to a file, and give a connection that sees what was copied, to be verified."""
    with reading(engine) as connection:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        moment = connection.scalar(text("SELECT pg_export_snapshot()"))
        what = ("--format=custom", f"--exclude-schema={ASIDE}", f"--snapshot={moment}", f"--file={unfinished}")
        _run(engine, "pg_dump", *what)
        _read_through(unfinished)
        yield connection


@contextmanager
def replaced(engine: Engine, file: Path) -> Iterator[Connection]:
    """Give a connection to the restored database to be verified; what was there before is dropped only after that."""
    _read_through(file)
    _refuse_in_use(engine)
    with alone(engine) as connection:
        _set_aside(connection)
    try:
        _run(engine, "pg_restore", "--single-transaction", "--no-owner", "--no-privileges", str(file))
        with reading(engine) as connection:
            yield connection
    except BaseException:
        with alone(engine) as connection:
            _put_back(connection)
        raise
    with alone(engine) as connection:
        connection.execute(text(f"DROP SCHEMA {ASIDE} CASCADE"))


def _read_through(file: Path) -> None:
    """Refuse a copy that was cut off or damaged, before anything rests on it."""
    whole = [_tool("pg_restore"), f"--file={os.devnull}", str(file)]
    if subprocess.run(whole, check=False, capture_output=True).returncode:  # noqa: S603 # found on PATH, no shell
        raise InputError("FILE", "backup_damaged")


def _refuse_in_use(engine: Engine) -> None:
    engine.dispose()
    until = time.monotonic() + LETTING_GO
    with engine.connect() as connection:
        while connection.scalar(text(OTHERS)):
            if time.monotonic() > until:
                raise InputError("--database", "database_in_use")
            connection.rollback()
            time.sleep(0.05)


def _set_aside(connection: Connection) -> None:
    if ASIDE in inspect(connection).get_schema_names():
        raise InputError("--database", "restore_cut_off", schema=ASIDE)
    connection.execute(text(f"CREATE SCHEMA {ASIDE}"))
    _move(connection, OURS, to=ASIDE)


def _put_back(connection: Connection) -> None:
    names = inspect(connection).get_table_names(schema=OURS)
    for name in names:
        connection.execute(text(f'DROP TABLE {OURS}."{name}" CASCADE'))
    connection.execute(text(f"DROP FUNCTION IF EXISTS {OURS}.refuse_change() CASCADE"))
    _move(connection, ASIDE, to=OURS)
    connection.execute(text(f"DROP SCHEMA {ASIDE}"))


def _move(connection: Connection, schema: str, *, to: str) -> None:
    for name in inspect(connection).get_table_names(schema=schema):
        connection.execute(text(f'ALTER TABLE {schema}."{name}" SET SCHEMA {to}'))
    functions = text("SELECT proname FROM pg_proc WHERE pronamespace = CAST(:schema AS regnamespace)")
    for name in connection.scalars(functions, {"schema": schema}).all():
        connection.execute(text(f'ALTER FUNCTION {schema}."{name}"() SET SCHEMA {to}'))


def _run(engine: Engine, tool: str, *words: str) -> None:
    """Run a tool of PostgreSQL's; what it says may hold a row, so that only its name is passed on."""
    place, environment = _place(engine)
    command = [_tool(tool), "--no-password", f"--dbname={place}", *words]
    done = subprocess.run(command, check=False, capture_output=True, env=environment)  # noqa: S603 # no shell
    if done.returncode:
        raise InputError("--database", "postgresql_tool_failed", tool=tool)


def _place(engine: Engine) -> tuple[str, dict[str, str]]:
    """Return where the database is, and an environment that holds the password: other users can read a command."""
    from psycopg.conninfo import make_conninfo

    named = engine.url.translate_connect_args(username="user", database="dbname") | dict(engine.url.query)
    password = named.pop("password", None)
    return make_conninfo(**named), {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}


def _tool(name: str) -> str:
    found = shutil.which(name)
    if not found:
        raise MachineLacks("lacks_postgresql_client", install=INSTALL)
    return found
