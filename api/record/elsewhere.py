"""Whoever screens or admits someone who is elsewhere is refused, and that the number was tried stands in the log.

The refusal tells that there is such a record, and the work that met it is rolled back with all it logged; so the line
is a work of its own, which is committed before the refusal is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from api.people.user import User
from api.record.record import Record, by
from api.record.screenings import naming_of
from api.record.streams import find
from api.storage.writer import Change, Work
from engine.errors import InputError
from rules.case import Case

T = TypeVar("T")
ELSEWHERE = "patient_elsewhere"
REFUSED = "refused_elsewhere"


@dataclass(frozen=True, slots=True)
class NamedBy:
    """A patient as someone's case names one."""

    record: Record
    user: User
    case: Case

    async def do(self, work: Work[T]) -> T:
        """Do the work; a refusal since the patient is elsewhere is raised once it is logged."""
        try:
            return await self.record.writer(work)
        except InputError as refused:
            await self.note(refused)
            raise

    async def note(self, refused: InputError) -> None:
        """Log a refusal, where it is since the patient is elsewhere."""
        if refused.code == ELSEWHERE:
            await self.record.writer(self._note)

    def run(self, work: Work[T]) -> T:
        """Do the work from a thread that may wait; a refusal is logged likewise."""
        try:
            return self.record.writer.run(work)
        except InputError as refused:
            if refused.code == ELSEWHERE:
                self.record.writer.run(self._note)
            raise

    def _note(self, change: Change) -> None:
        person = find(change.connection, naming_of(self.case, self.record.hospital_of(self.user)))
        change.saw(person, REFUSED, by(self.user))
