"""Which events a message led to: written beside it, and read back to tell what is to be taken away with it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, insert, select

from api.storage.tables import message_effect

ADD = insert(message_effect)
OF_MESSAGES = (
    select(message_effect.c.message, message_effect.c.event)
    .where(message_effect.c.message.in_(bindparam("of", expanding=True)))
    .order_by(message_effect.c.event, message_effect.c.message)
)


def effects_of(connection: Connection, messages: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return each message with an event that it led to; an event of facts has all the messages that it was made of."""
    ids = list(messages)
    rows = connection.execute(OF_MESSAGES, {"of": ids}).all() if ids else []
    return tuple((row.message, row.event) for row in rows)


def led_to(connection: Connection, messages: Iterable[str], events: Iterable[str]) -> None:
    """Store which events these messages led to."""
    named = tuple(events)
    rows = [{"message": message, "event": event} for message in messages for event in named]
    if rows:
        connection.execute(ADD, rows)
