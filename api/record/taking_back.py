"""Who may take an event back: some roles of the house that wrote it, and whoever wrote it, for a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from api.people.access import may_undo, wrote_lately
from api.people.user import User
from api.record.told_events import root_of
from careplans.course.events import Recorded, Undone


def may_take_back(user: User, event: Undone, recorded: Iterable[Recorded], *, now: datetime) -> bool:
    """Return whether the user may undo what the event names, among these."""
    events = tuple(recorded)
    root = root_of(event, events)
    return root is not None and (may_undo(user, root) or is_own(user, event, events, now=now))


def is_own(user: User, event: Undone, recorded: Iterable[Recorded], *, now: datetime) -> bool:
    """Return whether the user wrote what is undone, within the day."""
    events = tuple(recorded)
    named, root = next((each for each in events if each.id == event.event), None), root_of(event, events)
    return named is not None and root is not None and wrote_lately(user, named, now=now)
