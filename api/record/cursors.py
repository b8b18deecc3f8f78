"""Where a list goes on: the place of the last row as a text that nobody needs to understand.

It stands in addresses and thus in logs, so it holds a moment and the patient's id, never a name or what was found; the
rest of the row's place is looked up when the next page is asked for.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import datetime

from pydantic import AwareDatetime, ConfigDict, TypeAdapter, ValidationError, with_config

from engine.errors import InputError

LONGEST = 600


@with_config(ConfigDict(extra="forbid", str_max_length=100))
@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: its list, when the list was first asked for, and the row's place and patient."""

    list: str
    as_of: AwareDatetime
    rank: int
    at: AwareDatetime
    person: str


CURSOR = TypeAdapter(Cursor)


def cursor_to_text(cursor: Cursor) -> str:
    """Return the cursor as it stands in an address."""
    content = json.dumps(asdict(cursor), default=datetime.isoformat, separators=(",", ":"))
    return urlsafe_b64encode(content.encode()).decode().rstrip("=")


def cursor_from_text(text: str, of: str) -> Cursor:
    """Return the cursor of a list; raise `InputError` for any that this list did not give."""
    try:
        if len(text) > LONGEST:
            raise ValueError
        cursor = CURSOR.validate_json(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if cursor.list != of:
            raise ValueError
    except (ValueError, ValidationError):
        raise InputError("cursor", "cursor_unreadable") from None
    return cursor
