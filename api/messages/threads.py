"""Which messages count: a message with those that change, add to or cancel it, told in the order they were sent.

Nothing here asks in which order they came: an older message that comes late overturns nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeVar

from api.messages.model import Kind, Status

HowStands = Literal["received", "replaced", "cancelled"]
Name = tuple[str, Kind, str]
"""The sender, the kind and the id of a message."""


class Sent(Protocol):
    """A message as far as this asks."""

    @property
    def id(self) -> str: ...  # noqa: D102 # the message's own fields
    @property
    def kind(self) -> Kind: ...  # noqa: D102
    @property
    def status(self) -> Status: ...  # noqa: D102
    @property
    def senders(self) -> frozenset[str]: ...  # noqa: D102
    @property
    def msg_id(self) -> str: ...  # noqa: D102
    @property
    def sent(self) -> datetime: ...  # noqa: D102
    @property
    def at(self) -> datetime: ...  # noqa: D102
    @property
    def refers_to(self) -> str | None: ...  # noqa: D102
    @property
    def conversation(self) -> str | None: ...  # noqa: D102


M = TypeVar("M", bound=Sent)


def how_they_stand(messages: Iterable[Sent]) -> dict[str, HowStands]:
    """Return how each message stands, by its id."""
    found: dict[str, HowStands] = {}
    for thread in threads(messages):
        found |= _told(thread)
    return found


def threads(messages: Iterable[M]) -> Iterator[list[M]]:
    """Give each message with those that belong to it, in the order they were sent."""
    ordered = in_order(messages)
    roots: dict[str, list[M]] = {}
    named: dict[Name, str] = {}
    held = _held(ordered)
    for each in ordered:
        joined = {named[name] for name in _names(each, held) if name in named}
        thread = [each]
        for root in sorted(joined):
            thread += roots.pop(root)
        roots[each.id] = thread
        named |= {name: each.id for one in thread for name in _names(one, held)}
    for thread in roots.values():
        yield in_order(thread)


def unmatched(messages: Iterable[Sent]) -> frozenset[str]:
    """Return the messages that change, add to or cancel one that is not held here."""
    every = list(messages)
    held = _held(every)
    follow = (each for each in every if each.status != "new")
    return frozenset(each.id for each in follow if not _finds(each, every, held))


def _finds(message: Sent, every: Iterable[Sent], held: frozenset[Name]) -> bool:
    if message.kind == "epikrise":
        names = _names(message, held)
        return any(names & _names(each, held) for each in every if each.id != message.id)
    named = {each for each in (message.refers_to, message.conversation) if each and each != message.msg_id}
    return any(name in held for each in named for name in _called(message, each))


def in_order(messages: Iterable[M]) -> list[M]:
    """Return messages as they were sent; one that refers to another comes after it, whatever its clock said."""
    every = list(messages)
    by_name: dict[Name, Sent] = {name: each for each in every for name in _called(each, each.msg_id)}
    return sorted(every, key=lambda each: (*_moment(each, by_name), each.at, each.id))


def _moment(message: Sent, by_name: Mapping[Name, Sent]) -> tuple[datetime, int]:
    latest, steps, seen = message.sent, 0, {message.msg_id}
    parent = _parent(message, by_name)
    while parent is not None and parent.msg_id not in seen and message.status != "new":
        seen.add(parent.msg_id)
        latest, steps = max(latest, parent.sent), steps + 1
        parent = _parent(parent, by_name)
    return latest, steps


def _parent(message: Sent, by_name: Mapping[Name, Sent]) -> Sent | None:
    """Return what a message refers to, else the first of its conversation."""
    for said in filter(None, (message.refers_to, message.conversation)):
        found = next((by_name[name] for name in sorted(_called(message, said)) if name in by_name), None)
        if found is not None:
            return found
    return None


def _held(messages: Iterable[Sent]) -> frozenset[Name]:
    return frozenset(name for each in messages for name in _called(each, each.msg_id))


def _called(message: Sent, id: str) -> set[Name]:
    """Return what a message of the same kind and sender with this id is called."""
    return {(sender, message.kind, id) for sender in message.senders}


def _names(message: Sent, held: frozenset[Name]) -> set[Name]:
    """Return the names by which a message is one with others: its own, and those of what it changes.

    An epikrise names no other, and is one with those of its id; elsewhere a conversation is wider than one message,
    and is asked only where what the message refers to is not held.
    """
    own = _called(message, message.msg_id)
    if message.kind == "epikrise" and message.conversation:
        return own | _called(message, message.conversation)
    if message.status == "new":
        return own
    follows = _called(message, message.refers_to) if message.refers_to else set()
    wider = message.conversation if not follows & held else None
    return own | follows | (_called(message, wider) if wider else set())


def _told(thread: Sequence[Sent]) -> dict[str, HowStands]:
    """Return how each of a thread stands after the last; what cancels another stands itself."""
    found: dict[str, HowStands] = {}
    by_id = {each.msg_id: each for each in thread}
    for each in thread:
        about = by_id.get(each.refers_to or "")
        part = {about.id} if about and about.status == "addition" else None
        if each.status == "changed":
            found |= dict.fromkeys(_over(found, "received", part), "replaced")
        elif each.status == "cancelled":
            found |= dict.fromkeys(found.keys() & part if part else found, "cancelled")
        if each.status != "cancelled":
            found[each.id] = "received"
    return found | {each.id: "received" for each in thread if each.status == "cancelled"}


def _over(found: dict[str, HowStands], how: HowStands, part: set[str] | None) -> list[str]:
    """Return what a change replaces: what is about an addition leaves the rest of the thread as it is."""
    return [id for id, stood in found.items() if stood == how and (part is None or id in part)]
