"""A copy of the whole store taken while it is in use, and the way back from one; nothing half made is left behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from api.files import OWNER_ONLY
from api.storage import copy_postgresql, copy_sqlite
from api.storage.access_log import verify_log
from api.storage.engine import reading
from api.storage.schema import standing, standing_of
from api.storage.tables import access, person
from api.storage.verify import damaged
from engine.errors import InputError

KINDS = {"sqlite": copy_sqlite, "postgresql": copy_postgresql}


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy holds: how many patients, and the head of its access log, to be noted elsewhere."""

    persons: int
    head: str


def backup(engine: Engine, out: Path, *, force: bool = False) -> Copied:
    """Write the store as it is at one moment to a file of its owner's alone; the log in it is verified first."""
    if engine.dialect.name == "sqlite" and out.exists() and out.samefile(str(engine.url.database)):
        raise InputError("OUT", "backup_is_database")
    if out.exists() and not force:
        raise InputError("OUT", "backup_exists")
    if standing(engine) not in {"old", "current"}:
        raise InputError("--database", "database_nothing_to_copy")
    with _whole(out) as unfinished, KINDS[engine.dialect.name].copied(engine, unfinished) as connection:
        return _checked(connection)


def restore(engine: Engine, file: Path, *, force: bool = False) -> Copied:
    """Put a copy in place of an empty database, or of any with `force`; it is verified before and after."""
    kind = KINDS[engine.dialect.name]
    _refuse_other(file, kind.HEADER)
    if standing(engine) == "foreign":
        raise InputError("--database", "database_foreign")
    if not force and _holds_anything(engine):
        raise InputError("--force", "database_not_empty")
    with kind.replaced(engine, file) as connection:
        return _checked(connection)


def _checked(connection: Connection) -> Copied:
    """Return what a copy holds; one that is damaged, or whose log was changed, is no copy to rely on."""
    if damaged(connection) or standing_of(connection) not in {"old", "current"}:
        raise InputError("FILE", "backup_damaged")
    log = verify_log(connection)
    if log.fault:
        raise InputError("FILE", "backup_log_changed")
    return Copied(connection.scalar(select(func.count()).select_from(person)) or 0, log.head)


def _refuse_other(file: Path, header: bytes) -> None:
    """Refuse what is not a copy of this kind of database, by its first bytes."""
    try:
        with file.open("rb") as opened:
            begins = opened.read(len(header))
    except OSError:
        raise InputError("FILE", "file_unreadable") from None
    if begins != header:
        raise InputError("FILE", "backup_other_kind")


def _holds_anything(engine: Engine) -> bool:
    if standing(engine) == "empty":
        return False
    with reading(engine) as connection:
        return any(connection.execute(select(table).limit(1)).first() for table in (person, access))


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """Give a new file beside `out`, which takes its place once it is whole and on the disk."""
    unfinished = out.with_name(f".{out.name}-{os.getpid()}.unfinished")
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
        yield unfinished
        _to_disk(unfinished)
        unfinished.replace(out)
        _to_disk(out.parent)
    except OSError:
        raise InputError("OUT", "backup_not_written") from None
    finally:
        with suppress(OSError):
            unfinished.unlink()


def _to_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
