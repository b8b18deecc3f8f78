"""What was recorded on the wrong patient: an administrator sees that and by whom, never what, and can bring it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from api.people.user import User
from api.record.courses import NoSuchPatient, write
from api.record.record import Record
from api.record.streams import read_stream, survivor
from api.record.told_events import retracted_in
from api.record.who_sees import administers
from api.storage.tables import event
from api.storage.writer import Change
from careplans.course.events import Admitted, Recorded, Retracted, Screened, Undone

OF_KIND = select(event.c.id, event.c.person, event.c.at).where(event.c.kind == "retracted")
NEWEST = OF_KIND.order_by(event.c.at.desc(), event.c.id.desc())
ONE = OF_KIND.where(event.c.id == bindparam("named"))


@dataclass(frozen=True, slots=True)
class Retraction:
    """A retraction that stands, and whose record it is in."""

    person: str
    recorded: Recorded
    ward: str | None = None
    """Where the stay was, or the screening was made: the administrator who is asked for it knows it by that."""

    @property
    def of(self) -> str:
        """Return what was retracted: a screening or a stay."""
        event = self.recorded.event
        return event.of if isinstance(event, Retracted) else ""


def standing_retractions(connection: Connection, user: User) -> Iterator[Retraction]:
    """Give every retraction that stands in the records of the user's hospital, the newest first."""
    for row in connection.execute(NEWEST).all():
        if found := _standing(connection, user, row):
            yield found


def restore(record: Record, user: User, named: str, *, reason: str, change: Change) -> Retraction:
    """Bring back what was retracted; raise `NoSuchPatient` where no such retraction stands."""
    row = change.connection.execute(ONE, {"named": named}).one_or_none()
    found = _standing(change.connection, user, row) if row else None
    stream = read_stream(change.connection, found.person) if found else None
    if found is None or stream is None:
        raise NoSuchPatient
    write(record, user, Undone(named, reason), change=change, stream=stream)
    return found


def _standing(connection: Connection, user: User, row: Any) -> Retraction | None:
    """Return a retraction where it stands, in the record that the patient has now."""
    here = survivor(connection, row.person)
    stream = read_stream(connection, here)
    if stream is None or not administers(user, stream):
        return None
    found = next((each for each in retracted_in(stream.recorded) if each.id == row.id), None)
    return Retraction(here, found, _ward_of(found, stream.recorded)) if found else None


def _ward_of(retracted: Recorded, every: Iterable[Recorded]) -> str | None:
    """Return the ward of what was retracted, as it was told first."""
    event, told = retracted.event, [each.event for each in every]
    named = getattr(event, "id", None)
    stay = next((each.stay for each in told if isinstance(each, Screened) and each.screening == named), named)
    return next((each.ward for each in told if isinstance(each, Admitted) and each.stay == stay), None)
