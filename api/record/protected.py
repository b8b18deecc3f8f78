"""A protected address: what tells where the person is to be found is left out of what is shown.

Nobody who reads a case needs it, so a correction that leaves it out keeps what is stored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from api.people.user import User
from api.record.shown_screenings import shown
from api.record.streams import read_stream
from careplans.course.case_now import TELLS_WHERE

OF_EVENTS = frozenset({"municipality", "practice", "room"})
"""The fields of events that tell where someone lives or lies."""
OF_A_CASE: tuple[tuple[str, str], ...] = (
    ("patient", "municipality"),
    ("encounter", "room"),
    *(("answers", item) for item in TELLS_WHERE),
    *(("sources", item) for item in TELLS_WHERE),
)
"""The parts of a case that do so, and where they stand."""


def is_protected(connection: Connection, person: str) -> bool:
    """Return whether the address of a patient is protected."""
    stream = read_stream(connection, person)
    return stream is not None and stream.course.protected


def shown_event(body: Mapping[str, object], *, protected: bool) -> dict[str, object]:
    """Return an event's body as it may be shown."""
    return {name: value for name, value in body.items() if not (protected and name in OF_EVENTS)}


def shown_case(inputs: str) -> str:
    """Return a stored case as it may be shown where the address is protected."""
    content = json.loads(inputs)
    for part, name in OF_A_CASE:
        if isinstance(content.get(part), dict):
            content[part].pop(name, None)
    return json.dumps(content, ensure_ascii=False)


def as_corrected(connection: Connection, user: User, screening: str, *, content: object, now: datetime) -> object:
    """Return a correction with what was not shown to whoever made it, as it is stored."""
    held = shown(connection, user, screening, now=now)
    if not isinstance(content, dict) or not is_protected(connection, held.person):
        return content
    return _with_places(content, json.loads(held.inputs))


def _with_places(content: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    whole, answered = dict(content), content.get("answers") or {}
    for part, name in OF_A_CASE:
        said, kept = whole.get(part), (stored.get(part) or {}).get(name)
        if kept is None or (part == "sources" and name in answered):
            continue
        if said is None or (isinstance(said, dict) and said.get(name) is None):
            whole[part] = {**(said or {}), name: kept}
    return whole
