"""What is published of the closed months: made of all that is stored of them, and of nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, Engine, select

from api.settings import Settings
from api.storage.engine import reading
from api.storage.tables import figure_cell, figure_month
from engine.errors import InputError
from population.steering.book import Places
from population.steering.counting import Cell
from population.steering.disclosure import Published, published
from population.steering.samdata import Inhabitants, read_inhabitants

MADE_UP: Places = {"demo": {"ward": ("GER2", "MED1"), "municipality": ("4601", "5001")}}
HOSPITALS = select(figure_cell.c.hospital).distinct()
OF_HOSPITAL = select(
    figure_cell.c.month,
    figure_cell.c.hospital,
    figure_cell.c.breakdown,
    figure_cell.c.part,
    figure_cell.c.figure,
    figure_cell.c.category,
    figure_cell.c.count,
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is published of one hospital, and the months that it is of; `first` and `last` are None before any."""

    hospital: str
    months: tuple[date, ...]
    published: Published

    @property
    def first(self) -> date | None:
        """Return the first month that is closed."""
        return min(self.months, default=None)

    @property
    def last(self) -> date | None:
        """Return the last month that is closed."""
        return max(self.months, default=None)


class Shelves:
    """Keeps what is published for as long as no month more is closed; every thread that asks shares it."""

    def __init__(self, places: Places | None = None, inhabitants: Mapping[str, Inhabitants] | None = None) -> None:
        self._lock = Lock()
        self._held: dict[str, Shelf] = {}
        self._places = places or {}
        self.inhabitants = inhabitants or {}

    @classmethod
    def of_settings(cls, settings: Settings) -> Shelves:
        """Return the shelves of the hospitals whose parts the settings list, in a demo of the one that is made up."""
        listed = settings.figures.hospitals
        places = {own.hospital: {"ward": own.wards, "municipality": own.municipalities} for own in listed}
        return cls({**MADE_UP, **places} if settings.demo else places, _inhabitants(settings.figures.inhabitants))

    def of(self, engine: Engine, hospital: str) -> Shelf:
        """Return what is published of a hospital."""
        with reading(engine) as connection:
            months = _months(connection)
            with self._lock:  # the first who asks after a close works it out, and those who come meanwhile wait for it
                held = self._held.get(hospital)
                if held is None or held.months != months:
                    held = self._held[hospital] = shelf_of(connection, hospital, self._places)
        return held


def _inhabitants(path: Path | None) -> Mapping[str, Inhabitants]:
    """Return how many live in each municipality, as the hospital's own file says it."""
    try:
        return read_inhabitants(path) if path else {}
    except (OSError, ValueError, KeyError):
        raise InputError("figures.inhabitants", "setting_wrong", environment="RETTHJEM_FIGURES__INHABITANTS") from None


def shelf_of(connection: Connection, hospital: str, places: Places | None = None) -> Shelf:
    """Work out what may be shown of a hospital, from the counts of its closed months."""
    return Shelf(hospital, _months(connection), published(_cells(connection, hospital), places))


def hospitals(connection: Connection) -> tuple[str, ...]:
    """Return the hospitals that have closed months with anyone in them."""
    return tuple(sorted(connection.scalars(HOSPITALS)))


def _months(connection: Connection) -> tuple[date, ...]:
    return tuple(connection.scalars(select(figure_month.c.month).order_by(figure_month.c.month)))


def _cells(connection: Connection, hospital: str) -> Iterator[Cell]:
    for row in connection.execute(OF_HOSPITAL.where(figure_cell.c.hospital == hospital)):
        yield Cell(*row)
