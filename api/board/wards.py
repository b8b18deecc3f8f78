"""Which wards' boards someone may look at: one's own, or those of the hospital one works for as a whole."""

from __future__ import annotations

from sqlalchemy import Connection, select

from api.people.user import User
from api.record.list_kinds import in_hospital
from api.record.who_sees import HOSPITAL_WIDE, own_patients
from api.storage.tables import listing


def wards_of(connection: Connection, user: User) -> tuple[str, ...]:
    """Return the user's own wards, else every ward of the hospital that has patients, as `STO/GER2`."""
    if not _whole_hospital(user):
        return tuple(sorted(user.of("ward")))
    here = (listing.c.listed, in_hospital, listing.c.ward.is_not(None), own_patients(user))
    found = connection.execute(select(listing.c.hospital, listing.c.ward).distinct().where(*here))
    return tuple(sorted({f"{row.hospital}/{row.ward}" for row in found} | user.of("ward")))


def may_watch(user: User, ward: str) -> bool:
    """Return whether the user may look at the board of a ward."""
    return ward in user.of("ward") or (_whole_hospital(user) and ward.partition("/")[0] in user.of("hospital"))


def _whole_hospital(user: User) -> bool:
    """As `own_patients` says it: someone who names both a hospital and wards works on the wards."""
    return bool(user.of("hospital")) and (user.role in HOSPITAL_WIDE or not user.of("ward"))
