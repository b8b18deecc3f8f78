"""The figures that someone may see: those of the hospitals that one works for, as they are published and no finer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.people.access import may
from api.people.refused import MayNot
from api.people.user import User
from api.record.record import Record
from api.steering.besides import Beside, besides
from api.steering.reading import Shelf, hospitals
from api.storage.engine import reading
from population.steering.disclosure import Published

NOTHING = Published(())


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of one hospital; without a hospital there is none yet that has figures and may be seen.

    `months` are all that are closed, also those in which too few were counted to show anything.
    """

    hospitals: tuple[str, ...]
    hospital: str | None = None
    months: tuple[date, ...] = ()
    published: Published = NOTHING
    besides: tuple[Beside, ...] = ()


def shown_to(record: Record, user: User, hospital: str | None = None) -> Shown:
    """Return the figures of a hospital that the user may see, the first where none is asked for.

    Raise `MayNot` for a role that sees no figures, and for the hospital of somebody else, as for one there is not.
    """
    if not may(user.role, "figures"):
        raise MayNot
    with reading(record.engine) as connection:
        mine = tuple(each for each in hospitals(connection) if each in houses_of(user))
        if hospital is not None and hospital not in mine:
            raise MayNot
        chosen = hospital or next(iter(mine), None)
        beside = besides(connection, chosen) if chosen else ()
    return _of(record.figures.of(record.engine, chosen), mine, beside) if chosen else Shown(mine)


def houses_of(user: User) -> frozenset[str]:
    """Return the hospitals that someone works for, as a whole or on a ward."""
    return user.of("hospital") | {ward.partition("/")[0] for ward in user.of("ward")}


def _of(shelf: Shelf, mine: tuple[str, ...], beside: tuple[Beside, ...]) -> Shown:
    return Shown(mine, shelf.hospital, shelf.months, shelf.published, beside)
