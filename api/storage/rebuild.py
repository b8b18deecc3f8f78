"""The lists made anew, also where what they are made with is another: the program, its data, or the offsets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select

import careplans
import rules
from api.record.bases import Bases
from api.record.projection import rebuild
from api.storage.engine import reading
from api.storage.schema import alone
from api.storage.tables import lists_made_with

DATA = tuple(Path(str(package.__file__)).parent / "data" for package in (careplans, rules))


def rebuild_lists(connection: Connection, offsets: Mapping[str, int]) -> int:
    """Make every list anew from the record, keep what they were made with, and return how many patients there are."""
    count = rebuild(connection, Bases(), offsets)
    connection.execute(delete(lists_made_with))
    connection.execute(insert(lists_made_with).values(digest=made_with(offsets)))
    return count


def rebuild_if_stale(engine: Engine, offsets: Mapping[str, int]) -> int | None:
    """Make the lists anew where they were made with something else, and return how many patients there are."""
    with reading(engine) as connection:
        if not _stale(connection, offsets):
            return None
    with alone(engine) as connection:  # asked once more, since another process may have been first
        return rebuild_lists(connection, offsets) if _stale(connection, offsets) else None


def made_with(offsets: Mapping[str, int]) -> str:
    """Return a digest of all that the lists are made with beside the record."""
    found = hashlib.sha256(json.dumps([version("retthjem"), dict(offsets)], sort_keys=True).encode())
    for name, content in _files():
        found.update(f"\n{name} {hashlib.sha256(content).hexdigest()}".encode())
    return found.hexdigest()


def _files() -> Iterator[tuple[str, bytes]]:
    for folder in DATA:
        for file in sorted(each for each in folder.rglob("*") if each.suffix in {".toml", ".csv"}):
            yield f"{folder.parent.name}/{file.relative_to(folder).as_posix()}", file.read_bytes()


def _stale(connection: Connection, offsets: Mapping[str, int]) -> bool:
    return connection.scalar(select(lists_made_with.c.digest)) != made_with(offsets)
