"""Who sees a patient: the units that have the patient now, or one who opened the record with a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, false, or_, select

from api.people.user import Unit, User
from api.record.streams import Stream
from api.storage.tables import listing, opened
from careplans.course.events import Admitted, Recorded, Transferred

HOSPITAL_WIDE = frozenset({"geriatric_team", "system"})
MUNICIPAL = frozenset({"coordinator", "municipal_nurse"})
SEES_NOBODY = frozenset({"analyst", "administrator"})


def own_patients(user: User) -> ColumnElement[bool]:
    """Return the condition on `listing` that holds for the patients of the user's own units."""
    if user.role in SEES_NOBODY:
        return false()
    hospitals, wards = user.of("hospital"), user.of("ward")
    mine: list[ColumnElement[bool]] = []
    if hospitals and (user.role in HOSPITAL_WIDE or not wards):
        mine.append(listing.c.hospital.in_(hospitals))
    if wards and user.role not in MUNICIPAL:
        mine.append(or_(*(of_ward(ward) for ward in sorted(wards))))
    if user.of("municipality"):
        mine.append(and_(listing.c.municipality.in_(user.of("municipality")), listing.c.shared))
    if user.of("practice"):
        mine.append(listing.c.practice.in_(user.of("practice")))
    return or_(false(), *mine)


def of_ward(ward: str) -> ColumnElement[bool]:
    """Return the condition on `listing` that holds for the patients of a ward, named as `STO/GER2`."""
    hospital, _, name = ward.partition("/")
    return and_(listing.c.hospital == hospital, listing.c.ward == name)


def sees_ward(user: User, hospital: str, ward: str | None) -> bool:
    """Return whether someone who is on a ward by the registers alone is on one of the user's own."""
    if user.role in SEES_NOBODY | MUNICIPAL:
        return False
    whole = hospital in user.of("hospital") and (user.role in HOSPITAL_WIDE or not user.of("ward"))
    return whole or f"{hospital}/{ward}" in user.of("ward")


def has_opened(user: User, now: datetime) -> ColumnElement[bool]:
    """Return the condition that the user opened the patient's record with a reason, and still may see it."""
    mine = and_(opened.c.by == user.id, opened.c.person == listing.c.person, opened.c.until > now)
    return exists(select(opened.c.id).where(mine))


def may_see(connection: Connection, user: User, person: str, *, now: datetime) -> bool:
    """Return whether the patient is on the user's own unit, or was opened with a reason; a blocked one only so."""
    mine = or_(and_(own_patients(user), listing.c.blocked.is_(False)), has_opened(user, now))
    return connection.execute(select(listing.c.person).where(listing.c.person == person, mine)).first() is not None


def administers(user: User, stream: Stream) -> bool:
    """Return whether an administrator's hospital has anything to do with the record, also what was retracted."""
    return any(_hospital_in(each) in user.of("hospital") for each in stream.recorded)


def _hospital_in(recorded: Recorded) -> str | None:
    """Return the hospital that an event names, else the one of whoever wrote it down."""
    if isinstance(recorded.event, Admitted | Transferred):
        return recorded.event.hospital
    unit = Unit.parse(recorded.by.unit or "")
    return unit.id.partition("/")[0] if unit and unit.kind in {"hospital", "ward"} else None
