"""What an administrator may take back, said without what is in the record: what kind it is, when and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.record.taking_back import may_take_back
from api.record.told_events import root_of, told, undone_in
from api.ward.desk import Desk
from careplans.course.events import Event, Recorded, Undone

SHOWN = frozenset({"admitted", "transferred"})
"""What takes a patient from everyone who could have put it right."""


@dataclass(frozen=True, slots=True)
class Move:
    """An admission or a transfer, or the undoing of one, that can be taken back."""

    recorded: Recorded
    said: str


def moves(recorded: Sequence[Recorded], desk: Desk) -> tuple[Move, ...]:
    """Return what the one who looks may take back, the newest first."""
    return tuple(_moves(recorded, desk))


def _moves(recorded: Sequence[Recorded], desk: Desk) -> Iterator[Move]:
    undone = undone_in(recorded)
    for each in (line.recorded for line in reversed(told(recorded))):
        kind = _about(each.event, recorded)
        back = may_take_back(desk.user, Undone(each.id, ""), recorded, now=desk.now)
        if kind in SHOWN and back and each.id not in undone:
            word = f"undone_{kind}" if isinstance(each.event, Undone) else kind
            yield Move(each, desk.t(f"history.moves.{word}"))


def _about(event: Event, recorded: Sequence[Recorded]) -> str | None:
    root = root_of(event, recorded) if isinstance(event, Undone) else None
    return root.event.kind if root else event.kind
