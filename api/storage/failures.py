"""What can be wrong with the store for a while, told apart from a mistake in what was asked of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from engine.errors import Refusal

CODES = {"full": "store_full", "locked": "store_locked", "gone": "store_gone"}
"""The words of each trouble."""

SQLITE = {
    "SQLITE_FULL": "full",
    "SQLITE_BUSY": "locked",
    "SQLITE_LOCKED": "locked",
    "SQLITE_CANTOPEN": "gone",
    "SQLITE_IOERR": "gone",
    "SQLITE_READONLY": "gone",
}
"""SQLite's errors, by the beginning of their names."""

POSTGRESQL = {
    "53100": "full",
    "40001": "locked",  # serialization_failure
    "40P01": "locked",  # deadlock_detected
    "55P03": "locked",  # lock_not_available
    "57014": "locked",  # query_canceled: a statement's time was up
    "25006": "gone",  # read_only_sql_transaction: this server has become a standby
    "08": "gone",  # connection_exception
    "53": "gone",  # insufficient_resources, too_many_connections among them
    "57P": "gone",  # the server stops, or is not yet up
    "58": "gone",  # system_error, io_error among them
}
"""PostgreSQL's errors, by the beginning of their SQLSTATE; the longest one that fits decides."""


class StoreUnavailable(Refusal):
    """The store cannot take this now; nothing was kept of it unless the store went away in the middle of a commit."""

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(None, code, **values)

    def anew(self) -> StoreUnavailable:
        """Return the same error once more, for another who is told: raising writes in an error."""
        return type(self)(self.code)


@contextmanager
def store_errors() -> Iterator[None]:
    """Raise `StoreUnavailable` for what the database says of itself, and every other error as it is."""
    try:
        yield
    except exc.TimeoutError:
        raise StoreUnavailable("store_busy") from None
    except exc.DBAPIError as error:
        if not (trouble := trouble_in(error)):
            raise
        raise StoreUnavailable(CODES[trouble]) from error


def trouble_in(error: exc.DBAPIError) -> str | None:
    """Return which trouble of the store an error tells of, or None where it is the statement's own."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        name = getattr(original, "sqlite_errorname", "")
        return next((trouble for start, trouble in SQLITE.items() if name.startswith(start)), None)
    state: str | None = getattr(original, "sqlstate", None)
    if state is None:  # libpq itself speaks: it found no server, or lost it
        return "gone" if isinstance(error, exc.OperationalError) or error.connection_invalidated else None
    return next((POSTGRESQL[state[:size]] for size in (5, 3, 2) if state[:size] in POSTGRESQL), None)
