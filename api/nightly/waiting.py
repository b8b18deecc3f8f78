"""Who waits to be screened by the registers, for someone who may see them; whoever the record knows, it decides of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from api.nightly.kept import Kept, Nightly
from api.nightly.run import Told
from api.people.user import User
from api.record.lists import Filters
from api.record.who_sees import sees_ward
from api.storage.tables import listing
from rules.times import oslo_day

STATES = select(
    listing.c.person,
    listing.c.status,
    listing.c.blocked,
    listing.c.protected,
    listing.c.admitted,
    listing.c.discharged,
).where(listing.c.person.in_(bindparam("people", expanding=True)))


@dataclass(frozen=True, slots=True)
class Waiting:
    """What registers say of those in the record, by its ids, and of those who have no stay in it."""

    known: Mapping[str, Told]
    others: tuple[Told, ...]


def waiting(nightly: Nightly, kept: Kept, connection: Connection, *, user: User, filters: Filters) -> Waiting:
    """Return who waits on the user's own units, the most pressing first."""
    if kept.run is None or kept.matching is None:
        return Waiting({}, ())
    records = kept.matching.records(connection)
    known = {records[called]: told for called, told in kept.run.people.items() if called in records}
    mine = [told for told in kept.run.people.values() if _asked_for(told, nightly.hospital, user, filters=filters)]
    asked = {"people": [records[told.called] for told in mine if told.called in records]}
    states = {row.person: row for row in connection.execute(STATES, asked)}
    others = [told for told in mine if _stays(states.get(records.get(told.called, "")), kept.run.day)]
    return Waiting(known, tuple(sorted(others, key=_pressing)))


def _asked_for(told: Told, here: str, user: User, *, filters: Filters) -> bool:
    """Return whether someone is to be screened on the user's ward; only a ward narrows what registers alone say."""
    hospital = told.hospital or here
    narrowed = filters.municipality or filters.track or filters.owner or filters.status
    on_ward = filters.ward is None or filters.ward == f"{hospital}/{told.ward}"
    unscreened = told.to_screen and told.cfs_own is None
    return unscreened and on_ward and not narrowed and sees_ward(user, hospital, told.ward)


def _stays(row: Row[Any, Any, Any, Any, Any, Any] | None, day: date) -> bool:
    """Return whether someone is in hospital for all that the record knows: it has no stay, or one that ended before."""
    if row is None:
        return True
    if row.blocked or row.protected or row.status == "died":
        return False
    if row.admitted is None:
        return True
    return row.discharged is not None and oslo_day(row.discharged) < day


def _pressing(told: Told) -> tuple[bool, bool, int, str, int, str]:
    """Sort those with a suggestion first, then those of whom nothing can be told, then by CFS, ward and age."""
    return (not told.tracks, not told.undecided, -(told.cfs_high or 0), told.ward or "", -(told.age or 0), told.called)
