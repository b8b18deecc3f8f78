"""Filters that someone gave a name, to come back to: one's own, and nothing of any patient."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from api.record.list_kinds import ListName
from api.record.lists import Filters
from api.storage.tables import saved_filter
from api.storage.writer import Change
from engine.errors import InputError

MOST, LONGEST = 20, 60
MINE = (saved_filter.c.by == bindparam("of"), saved_filter.c.list == bindparam("name"))
OWN = select(saved_filter.c.title, saved_filter.c.filters).where(*MINE).order_by(saved_filter.c.title)
COUNT = select(func.count()).where(*MINE)
ADD, DROP = insert(saved_filter), delete(saved_filter).where(*MINE, saved_filter.c.title == bindparam("called"))


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A name, and what it narrows a list to."""

    title: str
    filters: Filters


def saved_filters(connection: Connection, user: str, of: ListName) -> tuple[SavedFilter, ...]:
    """Return the user's own filters of a list, by name."""
    rows = connection.execute(OWN, {"of": user, "name": of})
    return tuple(SavedFilter(row.title, _filters(json.loads(row.filters))) for row in rows)


def save_filter(user: str, of: ListName, saved: SavedFilter, change: Change) -> None:
    """Keep filters under a name, in place of those that had it."""
    key = {"of": user, "name": of}
    change.connection.execute(DROP, {**key, "called": saved.title})
    if change.connection.execute(COUNT, key).scalar_one() >= MOST:
        raise InputError("title", "filters_too_many", limit=MOST)
    narrowed = {name: value for name, value in asdict(saved.filters).items() if value}
    row = {"by": user, "list": of, "title": saved.title, "filters": json.dumps(narrowed), "at": change.now}
    change.connection.execute(ADD, row)


def drop_filter(user: str, of: ListName, title: str, change: Change) -> None:
    """Forget the filters of a name."""
    change.connection.execute(DROP, {"of": user, "name": of, "called": title})


def _filters(stored: Mapping[str, str]) -> Filters:
    """Return filters as they were stored, less what later versions do not have."""
    return Filters(**{name: stored[name] for name in Filters.__slots__ if name in stored})
