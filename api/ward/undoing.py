"""Who may take back what a page shows, asked as the server will ask it, and whom to ask where one may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.people.access import RECORDS
from api.people.user import User
from api.record.taking_back import may_take_back
from api.record.told_events import undone_in
from careplans.course.events import Recorded, Undone
from engine.texts import Texts


@dataclass(frozen=True, slots=True)
class Undoing:
    """What the one who looks may take back, of what stands among a patient's events."""

    recorded: Sequence[Recorded]
    undone: frozenset[str]
    texts: Texts
    user: User
    now: datetime

    def may(self, each: Recorded) -> bool:
        """Return whether this stands and can be taken back."""
        named = Undone(each.id, "")
        return each.id not in self.undone and may_take_back(self.user, named, self.recorded, now=self.now)

    def ask(self, each: Recorded) -> str | None:
        """Return whom to ask to have this taken back, for one who takes things back and may not take this."""
        if self.user.role not in RECORDS["undone"] or each.id in self.undone or self.may(each):
            return None
        return whom_to_ask(each, self.texts)


def undoing(recorded: Sequence[Recorded], texts: Texts, *, user: User, now: datetime) -> Undoing:
    """Return what a user may take back among a patient's events."""
    return Undoing(recorded, undone_in(recorded), texts, user, now)


def whom_to_ask(recorded: Recorded, texts: Texts) -> str:
    """Return who takes an event back: whoever wrote it, or a doctor where the hospital's record sent it."""
    if recorded.by.role == "system":
        return texts("history.ask_doctor")
    return texts("history.ask_writer", who=recorded.by.name or texts(f"role.{recorded.by.role}"))
