"""One patient of the demo's past, as rows of the tables."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from api.demo.ward import written
from api.people.user import User
from api.record.codec import event_to_text
from api.record.record import Record, by
from api.record.screenings import Prepared
from api.record.streams import Stream, new_id
from careplans.course.events import Event, Recorded
from careplans.course.fold import course_of


@dataclass
class Life:
    """One patient of the past."""

    record: Record
    dice: random.Random
    number: int
    pool: Sequence[Prepared]
    id: str = field(default_factory=new_id)
    born: date | None = None
    told: list[Recorded] = field(default_factory=list)
    assessments: list[dict[str, Any]] = field(default_factory=list)

    @property
    def row(self) -> dict[str, Any]:
        """Return the record itself, which is known by a local id alone."""
        return {"id": self.id, "local_id": f"{self.record.hospital}/past-{self.number}", "version": len(self.told)}

    @property
    def events(self) -> Iterator[dict[str, Any]]:
        """Give the events as they are stored."""
        for place, each in enumerate(self.told, 1):
            who = {"by": each.by.id, "by_name": each.by.name, "role": each.by.role, "unit": each.by.unit}
            said = {"id": each.id, "kind": each.event.kind, "body": event_to_text(each.event), "at": each.at}
            yield said | who | {"person": self.id, "seq": place}

    @property
    def stream(self) -> Stream:
        """Return the events with the course that they give."""
        return Stream(self.id, len(self.told), tuple(self.told), course_of(self.told))

    def happens(self, what: str, *, lately: bool = True) -> bool:
        """Return whether something happens that does to such a share."""
        often = written("past")["often"][what]
        share: float = often[lately] if isinstance(often, list) else often
        return self.dice.random() < share

    def tell(self, who: User, at: datetime, *events: Event) -> None:
        """Write events at a moment, or as soon after the one before."""
        for each in events:
            latest = self.told[-1].at + timedelta(seconds=1) if self.told else at
            self.told.append(Recorded(new_id(), each, max(at, latest), by(who)))
