"""Which messages count: a message with those that change, add to or cancel it, told in the order they were sent.

Nothing here asks in which order they came: an older message that comes late overturns nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeVar

from api.messages.model import Kind, Status

HowStands = Literal["received", "replaced", "cancelled"]


class Sent(Protocol):
    """A message as far as this asks."""

    @property
    def id(self) -> str: ...  # noqa: D102 # the message's own fields
    @property
    def kind(self) -> Kind: ...  # noqa: D102
    @property
    def status(self) -> Status: ...  # noqa: D102
    @property
    def sender(self) -> str: ...  # noqa: D102
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
    named: dict[tuple[str, ...], str] = {}
    for each in ordered:
        joined = {named[name] for name in _names(each) if name in named}
        thread = [each]
        for root in sorted(joined):
            thread += roots.pop(root)
        roots[each.id] = thread
        named |= {name: each.id for one in thread for name in _names(one)}
    for thread in roots.values():
        yield in_order(thread)


def in_order(messages: Iterable[M]) -> list[M]:
    """Return messages as they were sent; one that refers to another comes after it, whatever its clock said."""
    every = list(messages)
    by_name: dict[tuple[str, str], Sent] = {(each.sender, each.msg_id): each for each in every}
    return sorted(every, key=lambda each: (*_moment(each, by_name), each.at, each.id))


def _moment(message: Sent, by_name: dict[tuple[str, str], Sent]) -> tuple[datetime, int]:
    latest, steps, seen = message.sent, 0, {message.msg_id}
    parent = by_name.get((message.sender, message.refers_to or ""))
    while parent is not None and parent.msg_id not in seen and message.status != "new":
        seen.add(parent.msg_id)
        latest, steps = max(latest, parent.sent), steps + 1
        parent = by_name.get((parent.sender, parent.refers_to or ""))
    return latest, steps


def _names(message: Sent) -> set[tuple[str, ...]]:
    """Return the names by which a message is one with others: its own, and those of what it changes.

    An epikrise names no other, and is one with those of its id; elsewhere a conversation is wider than one message.
    """
    own = {(message.sender, message.kind, message.msg_id)}
    if message.kind == "epikrise" and message.conversation:
        return own | {(message.sender, message.kind, message.conversation)}
    follows = message.status != "new" and (message.refers_to or message.conversation)
    return own | ({(message.sender, message.kind, follows)} if follows else set())


def _told(thread: Sequence[Sent]) -> dict[str, HowStands]:
    """Return how each of a thread stands after the last; what cancels another stands itself."""
    found: dict[str, HowStands] = {}
    by_name = {each.msg_id: each for each in thread}
    for each in thread:
        about = by_name.get(each.refers_to or "")
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
