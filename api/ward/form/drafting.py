"""The draft of a screening: kept while someone writes, through sign-out and a session's end, and offered on return."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from api.people.user import User
from api.record.courses import Changed
from api.record.drafts import Draft, Place, drop_draft, read_draft, save_draft
from api.storage.writer import Change
from api.ward.form.fields import Fields
from engine.errors import InputError

LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft: the fields, which assessment they began from, which window wrote them, and when."""

    fields: Fields = field(repr=False)
    base: str
    window: str
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """One open form: its own name, and the version of the draft that it began with."""

    name: str
    saw: int


def kept_draft(connection: Connection, user: User, place: Place, *, now: datetime) -> Kept | None:
    """Return one's own draft, if there is one."""
    found = read_draft(connection, user, place, now=now)
    return _read(found) if found else None


def keep(user: User, place: Place, fields: Fields, *, change: Change, base: str, window: Window) -> Kept:
    """Keep what someone wrote; raise `Changed` where another window of the same person wrote meanwhile."""
    held = kept_draft(change.connection, user, place, now=change.now)
    if held and held.window != window.name and held.version > window.saw:
        raise Changed(held.version)
    body = {"base": base, "window": window.name, "fields": fields.written()}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    if len(text) > LONGEST:
        raise InputError("document", "draft_too_large", most=LONGEST)
    return _read(save_draft(user, place, text, change=change, expected=held.version if held else None))


def drop(user: User, place: Place, change: Change) -> None:
    """Throw one's own draft away, where there is one."""
    if read_draft(change.connection, user, place, now=change.now):
        drop_draft(user, place, change)


def _read(draft: Draft) -> Kept:
    body = json.loads(draft.body)
    fields = Fields({name: tuple(texts) for name, texts in body["fields"].items()})
    return Kept(fields, body["base"], body["window"], draft.version, draft.at)
