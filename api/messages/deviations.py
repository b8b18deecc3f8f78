"""What is missing in a message, in either direction: a draft of a deviation report that a person sends or drops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, insert, select

from api.messages.elements import missing_in
from api.messages.finishing import message_in
from api.messages.log import OUT, Kept, messages_of, root_of
from api.people.user import User
from api.record.courses import visible
from api.record.record import by
from api.record.streams import new_id
from api.storage.tables import deviation, message
from api.storage.writer import Change
from careplans.course.events import By
from engine.errors import InputError

Outcome = Literal["sent", "dropped"]
LOGGED: Mapping[Outcome, str] = {"sent": "deviation_sent", "dropped": "deviation_dropped"}
OF_MESSAGES = select(deviation).where(deviation.c.message.in_(bindparam("of", expanding=True))).order_by(deviation.c.at)
PERSONS = select(message.c.person).where(message.c.sent >= bindparam("since"), message.c.sent < bindparam("until"))
ADD = insert(deviation)
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Settled:
    """What someone made of it: what was reported, or why it was put aside."""

    outcome: Outcome
    words: str
    at: datetime
    by: By


@dataclass(frozen=True, slots=True)
class Deviation:
    """An element that a message lacks; `settled` is None for one that waits for a person."""

    message: Kept
    element: str
    settled: Settled | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """How many messages lacked an element, and what was made of it."""

    missing: int
    sent: int
    dropped: int


def deviations_in(connection: Connection, messages: Iterable[Kept]) -> tuple[Deviation, ...]:
    """Return what the messages lack, and what was made of it; a message that was taken back lacks nothing any more."""
    every = tuple(messages)
    settled = _settled(connection, [each.id for each in every])
    return tuple(
        Deviation(each, element, settled.get((each.id, element)))
        for each in every
        for element in lacks(each)
        if each.stands or (each.id, element) in settled
    )


def lacks(kept: Kept) -> tuple[str, ...]:
    """Return the elements that a message lacks."""
    if kept.status == "cancelled":
        return ()
    if kept.way == OUT:
        return tuple(kept.told.get("missing", ()))
    return missing_in(kept.kind, root_of(kept.content))


@dataclass(frozen=True, slots=True)
class Settling:
    """Which element of which message of a patient, and what someone makes of it."""

    person: str
    message: str
    element: str
    outcome: Outcome
    words: str


def settle(user: User, asked: Settling, change: Change) -> None:
    """Store what someone makes of a missing element, once; a reason is needed also where it is put aside."""
    here = visible(change.connection, user, asked.person, now=change.now)
    found = message_in(messages_of(change.connection, here), asked.message)
    if not asked.words.strip():
        raise InputError("words", "deviation_without_words")
    if asked.element not in lacks(found):
        raise InputError("element", "deviation_not_there")
    if (found.id, asked.element) in _settled(change.connection, [found.id]):
        raise InputError("element", "deviation_settled")
    who = by(user)
    row = {
        "id": new_id(),
        "message": found.id,
        "element": asked.element,
        "outcome": asked.outcome,
        "words": asked.words.strip()[:LONGEST],
        "at": change.now,
        "by": who.id,
        "by_name": who.name,
        "role": who.role,
        "unit": who.unit,
    }
    change.connection.execute(ADD, row)
    change.saw(here, LOGGED[asked.outcome], who)


def deviations_by_element(connection: Connection, *, since: datetime, until: datetime) -> Mapping[str, Counted]:
    """Return for each element how many messages of a period lacked it, and what was made of it."""
    missing: Counter[str] = Counter()
    outcomes: Counter[tuple[str, Outcome]] = Counter()
    for person in connection.execute(PERSONS.distinct(), {"since": since, "until": until}).scalars().all():
        sent = (each for each in messages_of(connection, person) if since <= each.sent < until)
        for each in deviations_in(connection, sent):
            missing[each.element] += 1
            if each.settled:
                outcomes[each.element, each.settled.outcome] += 1
    return {
        element: Counted(count, outcomes[element, "sent"], outcomes[element, "dropped"])
        for element, count in sorted(missing.items())
    }


def _settled(connection: Connection, ids: list[str]) -> Mapping[tuple[str, str], Settled]:
    rows: Iterable[Any] = connection.execute(OF_MESSAGES, {"of": ids}) if ids else ()
    return {
        (row.message, row.element): Settled(row.outcome, row.words, row.at, By(row.by, row.role, row.unit, row.by_name))
        for row in rows
    }
