"""What a list can be narrowed to: the places that the user's own patients have."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from api.people.user import User
from api.record.who_sees import HOSPITAL_WIDE, MUNICIPAL, own_patients
from api.storage.tables import listing


@dataclass(frozen=True, slots=True)
class Places:
    """Wards as `STO/GER2`, and municipalities by number."""

    wards: tuple[str, ...]
    municipalities: tuple[str, ...]


def places_of(connection: Connection, user: User) -> Places:
    """Return the places of the user's own patients, each from an index alone; a protected address adds none."""
    on_wards = user.role not in HOSPITAL_WIDE and user.of("ward")
    wards = sorted(user.of("ward")) if on_wards else _wards(connection, user)
    if user.role in MUNICIPAL:
        return Places(tuple(wards), tuple(sorted(user.of("municipality"))))
    here = (listing.c.listed, own_patients(user), listing.c.protected.is_(False), listing.c.municipality.is_not(None))
    found = connection.execute(select(listing.c.municipality).distinct().where(*here)).scalars()
    return Places(tuple(wards), tuple(sorted(found)))


def _wards(connection: Connection, user: User) -> list[str]:
    """Return the wards of the hospitals that the user works for as a whole, also of those who have left them."""
    here = (listing.c.hospital.in_(user.of("hospital")), listing.c.listed, listing.c.ward.is_not(None))
    query = select(listing.c.hospital, listing.c.ward).distinct().where(*here)
    return [f"{row.hospital}/{row.ward}" for row in connection.execute(query.order_by(*query.selected_columns))]
