"""A message that changes or cancels one of another patient: its sender had the wrong patient in one of them.

Neither is told to have taken the place of the other; both say so, and a person finds out whom the facts are of.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import BindParameter, Connection, and_, bindparam, or_, select

from api.messages.log import IN, MOVED, MOVES, Kept, mark
from api.record.streams import survivor
from api.storage.tables import message
from api.storage.writer import Change
from careplans.course.events import By

NAMED: BindParameter[str] = bindparam("named", expanding=True)
ID: BindParameter[str] = bindparam("id")
FOLLOWS = and_(message.c.status != "new", or_(message.c.refers_to == ID, message.c.conversation == ID))
RELATED = select(message.c.id, message.c.person, message.c.msg_id, message.c.status, message.c.conversation).where(
    message.c.way == IN,
    message.c.sender.in_(bindparam("senders", expanding=True)),
    message.c.kind == bindparam("kind"),
    or_(message.c.msg_id.in_(NAMED), FOLLOWS, and_(message.c.kind == "epikrise", message.c.conversation.in_(NAMED))),
)


def tell_both(change: Change, kept: Kept, who: By) -> tuple[str, ...]:
    """Mark a message and those of other patients that it is about, or that are about it; return whose those are."""
    others = tuple(_elsewhere(change.connection, kept))
    for id, _, follows in others:
        mark(change, id, MOVES if follows else MOVED, who)
    for said in sorted({MOVED if follows else MOVES for *_, follows in others}):
        mark(change, kept.id, said, who)
    return tuple(dict.fromkeys(survivor(change.connection, person) for _, person, _ in others))


def _elsewhere(connection: Connection, kept: Kept) -> Iterator[tuple[str, str, bool]]:
    """Give each related message of another patient, whose it is, and whether it is the one that follows."""
    if kept.status != "new" and not kept.refers_to_unknown:
        return  # what it is about is held for its own patient
    named = _named(kept)
    asked = {"named": sorted(named), "id": kept.msg_id, "senders": _senders(kept), "kind": kept.kind}
    for row in connection.execute(RELATED, asked).all():
        if survivor(connection, row.person) == kept.person:
            continue
        if kept.status == "new":
            if row.status != "new":
                yield row.id, row.person, True
        elif row.msg_id in named or row.status == "new":
            yield row.id, row.person, False


def _named(kept: Kept) -> frozenset[str]:
    """Return the ids by which a message names what it is about."""
    said = {kept.conversation} if kept.kind == "epikrise" else {kept.refers_to, kept.conversation}
    asks = kept.status != "new" or kept.kind == "epikrise"
    return frozenset(each for each in said if each and each != kept.msg_id) if asks else frozenset()


def _senders(kept: Kept) -> list[str]:
    """Return what a sender's messages are kept under: its HER-id, and its name."""
    name = (kept.head.get("sender") or {}).get("organisation")
    return sorted({each for each in (kept.sender, name) if each})
