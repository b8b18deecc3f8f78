"""The draft of a screening: kept while someone writes, through sign-out and a session's end, and offered on return."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from api.people.user import User
from api.record.courses import Changed
from api.record.drafts import Begun, Draft, Place, beside, drop_draft, read_draft, save_draft
from api.storage.writer import Change
from api.ward.form.fields import Fields
from engine.errors import InputError

LONGEST = 200_000
MOST_WINDOWS = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft: the fields, which assessment they began from, which windows wrote them, the last last, and when."""

    fields: Fields = field(repr=False)
    base: str
    windows: tuple[str, ...]
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Beside:
    """A colleague's draft of the form that someone fills in; `taken` is one that was begun in this very window."""

    begun: Begun
    taken: bool


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
    written = held.windows if held else ()
    if held and held.windows[-1] != window.name and held.version > window.saw:
        raise Changed(held.version)
    windows = [*(each for each in written if each != window.name), window.name][-MOST_WINDOWS:]
    body = {"base": base, "windows": windows, "fields": fields.written()}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    if len(text) > LONGEST:
        raise InputError("document", "draft_too_large", most=LONGEST)
    return _read(save_draft(user, place, text, change=change, expected=held.version if held else None))


def kept_beside(connection: Connection, user: User, place: Place, window: str) -> Beside | None:
    """Return a colleague's draft of the form that someone fills in, so that both know of each other."""
    found = beside(connection, user, place)
    if found is None:
        return None
    begun, draft = found
    return Beside(begun, taken=bool(window) and window in _read(draft).windows)


def drop(user: User, place: Place, change: Change) -> None:
    """Throw one's own draft away, where there is one."""
    if read_draft(change.connection, user, place, now=change.now):
        drop_draft(user, place, change)


def _read(draft: Draft) -> Kept:
    body = json.loads(draft.body)
    fields = Fields({name: tuple(texts) for name, texts in body["fields"].items()})
    return Kept(fields, body["base"], _windows(body), draft.version, draft.at)


def _windows(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return which windows wrote a draft; one from before more than the last was kept names that one."""
    return tuple(body["windows"]) if "windows" in body else (body["window"],)
