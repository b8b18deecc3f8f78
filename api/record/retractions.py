"""What takes a patient from every list: a retraction, or an admission undone.

An administrator sees that it was done and by whom, never what was in it, and can bring it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, or_, select

from api.people.user import User
from api.record.courses import NoSuchPatient, write
from api.record.record import Record
from api.record.streams import Stream, read_stream, survivor
from api.record.told_events import retracted_in, undone_in
from api.record.who_sees import administers
from api.storage.tables import event
from api.storage.writer import Change
from careplans.course.events import Admitted, Recorded, Retracted, Screened, Undone

admission = event.alias()
OF_ADMISSION = exists(
    select(admission.c.id).where(
        admission.c.person == event.c.person,
        admission.c.kind == "admitted",
        event.c.body.contains(admission.c.id),
    )
)
OF_KIND = select(event.c.id, event.c.person, event.c.at).where(
    or_(event.c.kind == "retracted", and_(event.c.kind == "undone", OF_ADMISSION))
)
NEWEST = OF_KIND.order_by(event.c.at.desc(), event.c.id.desc())
ONE = OF_KIND.where(event.c.id == bindparam("named"))


@dataclass(frozen=True, slots=True)
class Retraction:
    """A retraction or an undone admission that stands, and whose record it is in."""

    person: str
    recorded: Recorded
    ward: str | None = None
    """Where the stay was, or the screening was made: the administrator who is asked for it knows it by that."""

    @property
    def of(self) -> str:
        """Return what was retracted, a screening or a stay; else that an admission was undone."""
        event = self.recorded.event
        return event.of if isinstance(event, Retracted) else "admission"


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
    every = (*retracted_in(stream.recorded), *_admissions_undone(stream))
    found = next((each for each in every if each.id == row.id), None)
    return Retraction(here, found, _ward_of(found, stream.recorded)) if found else None


def _admissions_undone(stream: Stream) -> Iterator[Recorded]:
    """Give the undoings of an admission that stand, where nothing else tells of that stay."""
    undone, here = undone_in(stream.recorded), {stay.id for stay in stream.course.stays}
    for each in stream.recorded:
        if isinstance(each.event, Undone) and each.id not in undone:
            stay = _stay_of(each.event, stream.recorded)
            if stay is not None and stay not in here:
                yield each


def _stay_of(undoing: Undone, every: Iterable[Recorded]) -> str | None:
    """Return the stay whose admission an undoing is about."""
    named = next((each.event for each in every if each.id == undoing.event), None)
    return named.stay if isinstance(named, Admitted) else None


def _ward_of(retracted: Recorded, every: Sequence[Recorded]) -> str | None:
    """Return the ward of what was retracted or undone, as it was told first."""
    event, told = retracted.event, [each.event for each in every]
    named = _stay_of(event, every) if isinstance(event, Undone) else getattr(event, "id", None)
    stay = next((each.stay for each in told if isinstance(each, Screened) and each.screening == named), named)
    return next((each.ward for each in told if isinstance(each, Admitted) and each.stay == stay), None)
