"""Fifty thousand patients for the benchmarks: five hundred lives told through the services, and copies of their rows.

A copy is another person elsewhere, some hours earlier or later; its rows are those that the services wrote. Places are
as uneven as in a health region: the largest hospital has half of the patients, the largest municipality a fifth.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Engine, Table, insert, select

from api.people.user import Unit, User
from api.record import courses, screenings
from api.record.record import Record
from api.record.streams import Naming
from api.screening import Screening, texts_in
from api.storage.tables import clock, event, listing, person
from api.storage.writer import Change
from careplans.course.events import (
    AddressProtected,
    Admitted,
    Described,
    Died,
    Discharged,
    DischargeExpected,
    Event,
    PlanClosed,
    PlanStarted,
    ReadyForDischarge,
    RecordBlocked,
    StepDone,
)

NOW = datetime(2026, 11, 16, 13, 10, tzinfo=UTC)
EPJ = User("epj", "system", frozenset({Unit("hospital", "STO")}))
HOSPITALS = {"STO": 50, "ORK": 25, "NAM": 15, "LEV": 10}
WARDS = tuple(f"W{number}" for number in range(30))
MUNICIPALITIES = {f"{5000 + rank}": 100 / (rank + 1) for rank in range(60)}
PRACTICES = tuple(f"practice-{number}" for number in range(400))
LIVES = {"gone": 45, "closed": 10, "dead": 5, "new": 3, "screened": 3, "planned": 4, "ready": 2, "home": 25, "back": 3}
TOLD, AT_ONCE = 500, 5_000
MOMENTS = ("admitted", "ready", "discharged", "soonest", "next_due", "due", "done")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """The rows of the lives that were told, by table."""

    rows: Mapping[str, tuple[Row, ...]]

    def of(self, table: Table) -> tuple[Row, ...]:
        """Return the rows of a table."""
        return self.rows[table.name]


def fill(engine: Engine, told: Told, patients: int) -> int:
    """Write so many patients into empty tables, and return how many events they have."""
    dice, events = random.Random(5), 0
    with engine.begin() as connection:
        for table in (person, event, listing, clock):
            rows = _copies(table, told, patients)
            while some := list(islice(rows, AT_ONCE)):
                connection.execute(insert(table), [_elsewhere(row, dice) if table is listing else row for row in some])
                events += len(some) if table is event else 0
    if engine.dialect.name == "postgresql":  # which does so by itself after a while; nobody does on SQLite
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    return events


def tell(engine: Engine) -> Told:
    """Tell the lives on an empty database, and return their rows."""
    dice = random.Random(4)
    with _record(engine) as record, engine.begin() as connection:
        for number, life in enumerate(dice.choices(list(LIVES), list(LIVES.values()), k=TOLD)):
            _Patient(record, connection, dice, number).live(life)
    with engine.connect() as connection:
        tables = (person, event, listing, clock)
        return Told({each.name: tuple(map(dict, connection.execute(select(each)).mappings())) for each in tables})


@contextmanager
def _record(engine: Engine) -> Iterator[Record]:
    record = Record.start(Screening(), engine, "STO")
    try:
        yield record
    finally:
        record.writer.close()


class _Patient:
    """One patient, whose events are written at the times they take place."""

    def __init__(self, record: Record, connection: Any, dice: random.Random, number: int) -> None:
        self._record, self._connection, self._dice, self._number = record, connection, dice, number
        self._at, self._stay, self._assessment, self._stream = NOW, f"stay-{number}", "", None

    def live(self, life: str) -> None:
        """Tell a life up to now."""
        days = {"new": 2, "screened": 3, "planned": 6, "ready": 14, "home": 45, "back": 40}.get(life, 300)
        self._at = NOW - timedelta(days=days * self._dice.random() + 0.2)
        self._admit() if life == "new" else self._screen()
        if life in {"planned", "ready", "home", "back", "closed"}:
            self._plan(life)
        if life in {"gone", "home", "back", "closed"}:
            self._tell(Discharged(self._stay, self._later(1), "home"))
        self._end(life)
        if self._dice.random() < 0.02:
            self._tell(self._dice.choice((AddressProtected(protected=True), RecordBlocked(blocked=True))))

    def _end(self, life: str) -> None:
        if life == "gone" and self._dice.random() < 0.95:
            self._tell(StepDone(self._stay, "epikrise", self._later(0.1)))
        elif life == "dead":
            self._tell(Died(self._at.date()))
        elif life == "ready":
            self._tell(ReadyForDischarge(self._stay, self._later(1)))
        elif life == "closed":
            self._tell(PlanClosed(f"plan-{self._number}", "completed"))
        elif life == "home" and self._dice.random() < 0.6:
            self._tell(StepDone(self._stay, self._dice.choice(("HPH1", "HPH2", "HPH3")), self._later(1)))
        elif life == "back":
            self._stay = f"again-{self._number}"
            self._tell(Admitted(self._stay, self._later(1), "STO", "W1"))

    def _admit(self) -> None:
        born = datetime(self._dice.randint(1930, 1960), 3, 3).date()  # noqa: DTZ001 # a day has no zone
        self._tell(Described(f"Kari Prøve {self._number}", born), Admitted(self._stay, self._at, "STO", "W1"))

    def _screen(self) -> None:
        ready = screenings.prepare(self._record, self._case(), texts_in("nb"), now=self._at)
        stored = screenings.store(self._record, EPJ, ready, Change(self._connection, self._at))
        self._assessment = stored.assessment

    def _plan(self, life: str) -> None:
        basis = self._record.bases.of(self._connection, [self._assessment])[self._assessment]
        rules = tuple(each.rule for each in basis.assessment.findings)
        if life in {"planned", "ready"}:
            self._tell(DischargeExpected(self._stay, (NOW + timedelta(days=self._dice.randint(-1, 6))).date()))
        self._tell(PlanStarted(f"plan-{self._number}", self._assessment, self._at.date(), rules=rules))

    def _tell(self, *events: Event) -> None:
        change, naming = Change(self._connection, self._later(0.2)), Naming(local_id=f"STO/{self._number}")
        courses.open_course(self._record, EPJ, list(events), change=change, naming=naming)

    def _later(self, days: float) -> datetime:
        self._at = min(NOW, self._at + timedelta(days=days))
        return self._at

    def _case(self) -> dict[str, Any]:
        dice = self._dice
        answers = {
            "residence": "home",
            "lifelong_disability": False,
            "terminal_illness": False,
            "cfs_clinician": dice.choice((2, 3, 4, 4, 5, 6, 6, 7, 8)),
            "falls_last_12_months": dice.randint(0, 2),
            "municipal_services": dice.choice(([], ["home_nursing"])),
            "need_after_discharge": dice.choice(("none", "unchanged", "increased", "increased")),
        }
        known = {item: answer for item, answer in answers.items() if dice.random() < 0.93}
        admitted = self._at.isoformat()
        return {
            "patient": {
                "local_id": str(self._number),
                "name": f"Kari Prøve {self._number}",
                "birth_date": "1941-03-03",
            },
            "encounter": {"id": self._stay, "admitted": admitted, "ward": "W1", "room": str(dice.randint(1, 40))},
            "answers": known,
        }


def _copies(table: Table, told: Told, patients: int) -> Iterator[Row]:
    """Give the rows of each copy; the first characters of an id tell the copies apart."""
    for number in range(patients // TOLD):
        hours = timedelta(hours=random.Random(number).randint(-36, 0))
        for row in told.of(table):
            yield _copied(table, row, f"{number:04d}", hours)


def _copied(table: Table, row: Row, mark: str, hours: timedelta) -> Row:
    """Return the row as another person's; an event's text keeps the ids of the life it was told from."""
    made = dict(row)
    own = ("id", "person") if table in {person, event} else ("person",)
    made |= {key: mark + made[key][4:] for key in own if key in made}
    if table is person:
        made["local_id"] = f"{made['local_id']}/{mark}"
    if table in {listing, clock}:
        made |= {key: made[key] + hours for key in MOMENTS if made.get(key) and made[key].year < 9999}
    return made


def _elsewhere(row: Row, dice: random.Random) -> Row:
    """Return a patient's row at a place of its own."""
    return row | {
        "name": f"{dice.choice('ABCDEFGHIJKLMNOPRSTUVWYÆØÅ')}{row['name']}",
        "hospital": dice.choices(list(HOSPITALS), list(HOSPITALS.values()))[0],
        "ward": dice.choice(WARDS),
        "municipality": dice.choices(list(MUNICIPALITIES), list(MUNICIPALITIES.values()))[0],
        "practice": dice.choice(PRACTICES),
    }
