"""Unfinished forms, each its writer's own: the end of a session, or another's change of the record, loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from api.people.user import User
from api.record.courses import Changed, visible
from api.record.record import by
from api.storage.tables import draft
from api.storage.writer import Change

MINE = (draft.c.by == bindparam("who"), draft.c.person == bindparam("of"), draft.c.form == bindparam("called"))
FIND, ADD, DROP = select(draft).where(*MINE), insert(draft), delete(draft).where(*MINE)
SAVE = update(draft).where(*MINE).values(version=bindparam("next"), body=bindparam("text"), at=bindparam("moment"))


@dataclass(frozen=True, slots=True)
class Place:
    """Which draft: whose record it is about, and the form."""

    person: str
    form: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it was saved last."""

    version: int
    body: str
    at: datetime


def read_draft(connection: Connection, user: User, place: Place, *, now: datetime) -> Draft | None:
    """Return the user's own draft, if there is one; the patient must be one that the user may see."""
    person = visible(connection, user, place.person, now=now)
    return _found(connection, user, Place(person, place.form))


def save_draft(user: User, place: Place, text: str, *, change: Change, expected: int | None) -> Draft:
    """Save a draft from the version it was made from, None for the first; raise `Changed` where it has moved on."""
    here = Place(visible(change.connection, user, place.person, now=change.now), place.form)
    held = _found(change.connection, user, here)
    now_at = held.version if held else 0
    if now_at != (expected or 0):
        raise Changed(now_at)
    saved = Draft(now_at + 1, text, change.now)
    if held:
        change.connection.execute(SAVE, _key(user, here) | {"next": saved.version, "text": text, "moment": saved.at})
    else:
        row = {"by": user.id, "person": here.person, "form": here.form}
        change.connection.execute(ADD, row | {"version": saved.version, "body": text, "at": saved.at})
    change.saw(here.person, "draft_saved", by(user))
    return saved


def drop_draft(user: User, place: Place, change: Change) -> None:
    """Drop the user's draft, if there is one."""
    here = Place(visible(change.connection, user, place.person, now=change.now), place.form)
    change.connection.execute(DROP, _key(user, here))
    change.saw(here.person, "draft_dropped", by(user))


def _found(connection: Connection, user: User, place: Place) -> Draft | None:
    row = connection.execute(FIND, _key(user, place)).one_or_none()
    return Draft(row.version, row.body, row.at) if row else None


def _key(user: User, place: Place) -> dict[str, str]:
    return {"who": user.id, "of": place.person, "called": place.form}
