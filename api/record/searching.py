"""Finding a patient by name, initials or room, among those that one already sees on one's lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any
from unicodedata import combining, normalize

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from api.people.user import User
from api.record.list_kinds import in_hospital, name
from api.record.list_rows import Listing, initials, to_listing
from api.record.lists import Listed
from api.record.record import by
from api.record.who_sees import own_patients
from api.storage.access_log import Seen
from api.storage.tables import listing

MOST, LOOKED_AT = 20, 20_000
LOOKED_FOR = (listing.c.person, listing.c.name, listing.c.room, listing.c.protected, listing.c.discharged)
ROOM = re.compile(r"^roo?m\s*(?=\S*\d)", re.IGNORECASE)
"""How people write that the number after it is a room, in the three languages."""

UNMARKED = frozenset("bfhjkmpqvwx")
"""Letters that no name we know of has with a mark over or through them."""

STROKED = str.maketrans("øđłħŧı", "odlhti")
"""Letters whose mark Unicode does not take apart."""

INITIALS = (2, 3)
"""How many letters initials have; more is a name."""


def patients_named(connection: Connection, user: User, said: str, *, now: datetime) -> Listed[Listing]:
    """Return the user's own patients that a name, initials or a room may mean, no more than anyone looks through."""
    words = normalize("NFC", ROOM.sub("", said.strip())).casefold().split()
    here = (listing.c.listed, own_patients(user), or_(*_means(words)))
    query: Select[Any] = select(*LOOKED_FOR).where(*here).order_by(name, listing.c.person).limit(LOOKED_AT)
    meant = list(islice((row.person for row in connection.execute(query) if _is_meant(row, words)), MOST))
    whole = select(listing).where(listing.c.person.in_(meant)).order_by(name, listing.c.person)
    rows = tuple(to_listing(row, "municipality", (), now=now) for row in connection.execute(whole))
    return Listed(rows, tuple(Seen(row.person, "list", by(user)) for row in rows))


def _means(words: list[str]) -> Iterator[ColumnElement[bool]]:
    """Give what the database is asked: a little more than is meant, as it knows capitals of English letters alone."""
    if not words:
        return
    yield and_(*(listing.c.name.ilike(f"%{_pattern(word)}%", escape="\\") for word in words))
    yield and_(
        listing.c.room.ilike(_pattern(" ".join(words)), escape="\\"), in_hospital, listing.c.protected.is_(False)
    )
    if len(words) == 1 and words[0].isalpha() and len(words[0]) in INITIALS:
        yield and_(*(listing.c.name.ilike(f"%{_pattern(letter)}%", escape="\\") for letter in words[0]))


def _pattern(word: str) -> str:
    """Return a pattern where a letter that is not English or may have a mark over it, or a sign, is any letter."""
    return "".join(each if each in UNMARKED or each.isdecimal() else "_" for each in word)


def _is_meant(row: Row[Any], words: list[str]) -> bool:
    """Return whether each word begins a name, or all of it is the initials or the room."""
    parts = normalize("NFC", row.name or "").casefold().replace(",", " ").split()
    named = all(any(_begins(part, word) for part in parts) for word in words)
    whole = " ".join(words)
    by_initials = whole in {letters := (initials(row.name) or "").casefold(), unmarked(letters)}
    in_room = row.room is not None and not row.protected and row.room.casefold() == whole
    return named or by_initials or (in_room and row.discharged is None)


def _begins(part: str, word: str) -> bool:
    return part.startswith(word) or unmarked(part).startswith(word)


def unmarked(letters: str) -> str:
    """Return small letters as a keyboard without marks writes them: nguyen for Nguyễn, maret for Máret."""
    return "".join(each for each in normalize("NFD", letters) if not combining(each)).translate(STROKED)
