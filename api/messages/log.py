"""A patient's messages as they are kept: what each is, what was done with it, and how it therefore stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, get_args

from lxml import etree
from sqlalchemy import Connection, Row, bindparam, insert, select

from api.intake.reading import read_document
from api.messages.model import Kind, Status
from api.messages.threads import how_they_stand, unmatched
from api.record.streams import new_id
from api.storage.tables import alias, message, message_mark
from api.storage.writer import Change
from careplans.course.events import By

Standing = Literal["received", "final", "sent", "replaced", "cancelled", "withdrawn"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)
Said = Literal["approved", "sent", "cancelled", "withdrawn", "moved", "moves"]
MOVED: Said = "moved"
"""Of a message that its sender has followed with one about another patient."""

MOVES: Said = "moves"
"""Of the one that followed."""

IN, OUT = "in", "out"
NOTE_TEXTS = {
    "refers_to_unknown": "input_message_refers_to_unknown",
    "moved": "input_message_moved",
    "moves": "input_message_moves",
    "another_name": "input_message_another_name",
    "another_birth_date": "input_message_another_birth_date",
    "another_sex": "input_message_another_sex",
}
"""What a person should see about a message, and the text that says so."""

DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")

OF_PERSON = (
    select(message)
    .where(
        (message.c.person == bindparam("of"))
        | message.c.person.in_(select(alias.c.person).where(alias.c.leads_to == bindparam("of")))
    )
    .order_by(message.c.at.desc(), message.c.sent.desc())
)
OF_ID = select(message).where(message.c.id == bindparam("id"))
MARKS = (
    select(message_mark)
    .where(message_mark.c.message.in_(bindparam("of", expanding=True)))
    .order_by(message_mark.c.at, message_mark.c.id)
)
WAITING = (
    select(message.c.id, message.c.person)
    .where(message.c.way == OUT, message.c.sender.in_(bindparam("senders", expanding=True)))
    .where(
        ~select(message_mark.c.id)
        .where(message_mark.c.message == message.c.id, message_mark.c.mark.in_(("sent", "withdrawn")))
        .exists()
    )
    .order_by(message.c.at, message.c.id)
)
ADD, ADD_MARK = insert(message), insert(message_mark)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that was done with a message, by whom and why."""

    mark: str
    at: datetime
    by: By
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that was received, or made final here; `told` is what was read in it, or what it was made from."""

    id: str
    person: str
    way: Literal["in", "out"]
    kind: Kind
    status: Status
    msg_id: str
    sender: str
    sent: datetime
    refers_to: str | None
    conversation: str | None
    stay: str | None
    head: Mapping[str, Any] = field(repr=False)
    told: Mapping[str, Any] = field(repr=False)
    content: str = field(repr=False)
    at: datetime
    by: By
    marks: tuple[Mark, ...] = ()
    standing: Standing = "final"
    refers_to_unknown: bool = False

    @property
    def senders(self) -> frozenset[str]:
        """Return what the sender is called: its key, and its name, however that is spelt in capitals."""
        name = (self.head.get("sender") or {}).get("organisation")
        return frozenset(" ".join(each.casefold().split()) for each in (self.sender, name) if each)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what a person should see about the message beside what it says."""
        marked = {each.mark for each in self.marks}
        moved = tuple(each for each in (MOVED, MOVES) if each in marked)
        unknown = ("refers_to_unknown",) if self.refers_to_unknown and MOVES not in moved else ()
        return (*moved, *unknown, *(self.told.get("remarks", ()) if self.way == IN else ()))

    @property
    def note_texts(self) -> tuple[str, ...]:
        """Return the texts of its notes."""
        return tuple(NOTE_TEXTS[each] for each in self.notes)

    @property
    def first(self) -> str:
        """Return the message that began the exchange."""
        return self.conversation or self.msg_id

    @property
    def approved(self) -> Mark | None:
        """Return who made it final."""
        return next((each for each in self.marks if each.mark == "approved"), None)

    @property
    def stands(self) -> bool:
        """Return whether it counts: it is neither taken back nor replaced, and takes nothing back itself."""
        return self.status != "cancelled" and self.standing in {"received", "final", "sent"}


def messages_of(connection: Connection, person: str) -> tuple[Kept, ...]:
    """Return a patient's messages, the newest first, also those of records merged into this one."""
    rows = connection.execute(OF_PERSON, {"of": person}).all()
    marks = _marks(connection, [row.id for row in rows])
    kept = [_kept(row, marks.get(row.id, ())) for row in rows]
    came = [each for each in kept if each.way == IN]
    received, unknown = how_they_stand(came), unmatched(came)
    return tuple(
        replace(each, standing=received[each.id], refers_to_unknown=each.id in unknown)
        if each.way == IN
        else _standing(each, kept)
        for each in kept
    )


def message_row(connection: Connection, id: str) -> Row[Any] | None:
    """Return a message as it is stored, if there is one with this id."""
    return connection.execute(OF_ID, {"id": id}).one_or_none()


def waiting(connection: Connection, senders: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the final messages that nobody has sent yet, the oldest first: each with its patient."""
    rows = connection.execute(WAITING, {"senders": sorted(senders)})
    return tuple((row.id, row.person) for row in rows)


def keep(change: Change, row: Mapping[str, Any], who: By) -> str:
    """Store a message and return its id."""
    id = new_id()
    change.connection.execute(ADD, {**row, "id": id, **_whose(change, who)})
    return id


def mark(change: Change, id: str, said: Said, who: By, *, reason: str | None = None) -> None:
    """Store what was done with a message."""
    row = {"id": new_id(), "message": id, "mark": said, "reason": reason, **_whose(change, who)}
    change.connection.execute(ADD_MARK, row)


def _whose(change: Change, who: By) -> dict[str, Any]:
    return {"at": change.now, "by": who.id, "by_name": who.name, "role": who.role, "unit": who.unit}


def _marks(connection: Connection, ids: list[str]) -> dict[str, tuple[Mark, ...]]:
    found: dict[str, tuple[Mark, ...]] = {}
    for row in connection.execute(MARKS, {"of": ids}) if ids else ():
        found[row.message] = (*found.get(row.message, ()), Mark(row.mark, row.at, _by(row), row.reason))
    return found


def _kept(row: Row[Any], marks: tuple[Mark, ...]) -> Kept:
    return Kept(
        row.id,
        row.person,
        row.way,
        row.kind,
        row.status,
        row.msg_id,
        row.sender,
        row.sent,
        row.refers_to,
        row.conversation,
        row.stay,
        json.loads(row.head),
        json.loads(row.told),
        row.content,
        row.at,
        _by(row),
        marks,
    )


def _by(row: Row[Any]) -> By:
    return By(row.by, row.role, row.unit, row.by_name)


def _standing(kept: Kept, every: Iterable[Kept]) -> Kept:
    """Return a message that goes out with how it stands, by its marks and by what others say of it."""
    said = {each.mark for each in kept.marks}
    later = {each.status for each in every if _is_about(each, kept)}
    if "withdrawn" in said:
        return replace(kept, standing="withdrawn")
    if "cancelled" in said or "cancelled" in later:
        return replace(kept, standing="cancelled")
    if "changed" in later:
        return replace(kept, standing="replaced")
    return replace(kept, standing="sent" if "sent" in said else "final")


def _is_about(other: Kept, kept: Kept) -> bool:
    """Return whether another message of the same sender changes or takes back this one."""
    same = (other.way, other.sender) == (kept.way, kept.sender) and other.status in {"changed", "cancelled"}
    named = other.refers_to == kept.msg_id
    of_exchange = other.refers_to is None and other.first == kept.first and other.sent > kept.sent
    return same and (named or of_exchange) and all(each.mark != "withdrawn" for each in other.marks)


def root_of(content: str) -> etree._Element:
    """Return a stored message as elements; how its bytes were encoded no longer matters."""
    root: etree._Element = read_document(DECLARATION.sub("", content, count=1).encode()).content
    return root
