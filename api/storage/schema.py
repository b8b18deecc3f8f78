"""Which version of the tables a database has, and the way to another: all of a change, or none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from api.storage.engine import for_writing
from api.storage.failures import store_errors
from engine.errors import InputError

Standing = Literal["empty", "foreign", "old", "current", "newer"]
"""`foreign` holds tables that are not ours, `newer` a version that this program does not know."""

Then = Callable[[Connection], object]
MIGRATIONS = "api.storage:migrations"
VERSION_TABLE = "alembic_version"
HEAD, BASE = "head", "base"


def upgrade(engine: Engine, to: str = HEAD, *, then: Then | None = None) -> None:
    """Bring the tables up to a version; a database that is not ours, or of a later program, is refused.

    `then` is done in the same transaction where the version changed: lists made anew, so that none is ever seen empty.
    """
    with alone(engine) as connection:
        _refuse_unknown(standing_of(connection))
        old = _version(connection)
        command.upgrade(_config(connection), to)
        if then and _version(connection) != old:
            then(connection)


def downgrade(engine: Engine, to: str, *, lose_record: bool = False) -> None:
    """Bring the tables down to a version; where that would drop patients it is refused, unless `lose_record`."""
    if to != BASE and to not in _known():
        raise InputError("VERSION", "no_such_version", allowed=_known())
    with alone(engine) as connection:
        _refuse_unknown(standing_of(connection))
        command.downgrade(_config(connection, lose_record=lose_record), to)


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """Give a transaction that no other can write beside, so that two programs that start at once upgrade in turn."""
    writing = for_writing(engine)
    try:
        with store_errors(), writing.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL statement_timeout = 0"))
            yield connection
    finally:
        writing.dispose()


def version_of(engine: Engine) -> str | None:
    """Return the version that the tables have, None before the first."""
    with store_errors(), engine.connect() as connection:
        return _version(connection)


def is_current(engine: Engine) -> bool:
    """Return whether the tables are those of this program."""
    return standing(engine) == "current"


def standing(engine: Engine) -> Standing:
    """Return how the database stands to this program."""
    with store_errors(), engine.connect() as connection:
        return standing_of(connection)


def make_ready(engine: Engine, *, upgrade_old: bool = False, rebuild: Then | None = None) -> None:
    """Make the tables of an empty SQLite file before the server starts; refuse what must be mended by hand.

    With `upgrade_old` an empty PostgreSQL is made too, and an old database is upgraded if `rebuild` makes its lists.
    """
    found = standing(engine)
    _refuse_unknown(found)
    allowed = {
        "current": True,
        "empty": upgrade_old or engine.dialect.name == "sqlite",
        "old": upgrade_old and rebuild is not None,
    }
    if not allowed[found]:
        raise InputError("database", "database_old")
    upgrade(engine, then=rebuild)


def require_current(engine: Engine) -> None:
    """Refuse a database that must be upgraded first, or that is not ours."""
    found = standing(engine)
    _refuse_unknown(found)
    if found != "current":
        raise InputError("database", "database_old")


def standing_of(connection: Connection) -> Standing:
    """Return how the database stands to this program."""
    version = _version(connection)
    if version is not None:
        known = _known()
        return "current" if version == known[-1] else "old" if version in known else "newer"
    return "foreign" if set(inspect(connection).get_table_names()) - {VERSION_TABLE} else "empty"


def _refuse_unknown(found: Standing) -> None:
    if found == "newer":
        raise InputError("database", "database_newer")
    if found == "foreign":
        raise InputError("database", "database_foreign")


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _known() -> list[str]:
    """Return every version, oldest first."""
    script = ScriptDirectory.from_config(_config(None))
    return [each.revision for each in script.walk_revisions()][::-1]


def _config(connection: Connection | None, *, lose_record: bool = False) -> Config:
    config = Config(attributes={"connection": connection, "lose_record": lose_record})
    config.set_main_option("script_location", MIGRATIONS)
    return config
