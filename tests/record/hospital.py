"""A small hospital for the tests: who works where, a clock that a test moves, and the services under short names."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Engine, func, insert, select

from api.people.user import Role, Unit, User
from api.record import courses, screenings
from api.record.courses import NoSuchPatient, Seen
from api.record.list_kinds import LISTS, ListName
from api.record.list_rows import Listing, OnBoard
from api.record.lists import Asked, Listed, board, listed
from api.record.projection import rebuild
from api.record.record import Record, by
from api.record.screenings import Prepared, Stored
from api.record.streams import Naming, Stream, new_id
from api.screening import Screening, texts_in
from api.storage.rule_sets import keep_rule_set
from api.storage.tables import REBUILT, event, person
from api.storage.writer import Writer
from careplans.acceptance import contested
from careplans.course.events import Event, PlanStarted
from engine.texts import Texts

MONDAY = datetime(2026, 11, 16, 13, 10, tzinfo=UTC)


def user(role: Role, *units: str) -> User:
    """Return someone of a role who works for these units."""
    return User(f"{role}@{'+'.join(units)}", role, frozenset(filter(None, map(Unit.parse, units))))


NURSE = user("nurse", "ward:STO/GER2")
NURSE_OF_MED1 = user("nurse", "ward:STO/MED1")
NURSE_OF_ORKDAL = user("nurse", "ward:ORK/MED")
DOCTOR = user("doctor", "ward:STO/GER2")
TEAM = user("geriatric_team", "hospital:STO")
TEAM_OF_ORKDAL = user("geriatric_team", "hospital:ORK")
COORDINATOR = user("coordinator", "municipality:5001")
COORDINATOR_OF_5059 = user("coordinator", "municipality:5059")
MUNICIPAL_NURSE = user("municipal_nurse", "municipality:5001")
GP = user("gp", "practice:Solsiden")
EPJ = user("system", "hospital:STO")
ADMINISTRATOR = user("administrator", "hospital:STO")

CASE: dict[str, Any] = {
    "patient": {"local_id": "1", "name": "Olga Prøve", "birth_date": "1945-01-15", "municipality": "5001"},
    "encounter": {"id": "E1", "admitted": "2026-11-16T14:10:00+01:00", "ward": "GER2", "room": "12"},
    "answers": {
        "residence": "home",
        "lifelong_disability": False,
        "terminal_illness": False,
        "cfs_clinician": 6,
        "falls_last_12_months": 1,
        "municipal_services": ["safety_alarm"],
        "need_after_discharge": "increased",
    },
}


@cache
def rules() -> Screening:
    """Return the national rules, with both engines."""
    return Screening()


@cache
def words() -> Texts:
    """Return the texts that results are written with."""
    return texts_in("nb")


def case(local_id: str = "1", **parts: dict[str, Any]) -> dict[str, Any]:
    """Return the example case of another patient, with some of its parts changed; None takes a value away."""
    made = deepcopy(CASE)
    made["patient"]["local_id"] = local_id
    made["encounter"]["id"] = f"E{local_id}"
    for part, changes in parts.items():
        made[part] = {key: value for key, value in {**made[part], **changes}.items() if value is not None}
    return made


@dataclass
class Hospital:
    """The record on one database, at a moment that the test moves on."""

    engine: Engine
    now: datetime = MONDAY
    record: Record = field(init=False)

    def __post_init__(self) -> None:
        writer = Writer(self.engine, now=lambda: self.now)
        rule_set = writer.run(lambda change: keep_rule_set(change.connection, rules().ruleset, None))
        self.record = Record(rules(), self.engine, writer, "STO", rule_set)

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    def prepared(self, content: dict[str, Any]) -> Prepared:
        """Return a case that was read and assessed."""
        return screenings.prepare(self.record, content, words(), now=self.now)

    def screen(self, content: dict[str, Any] | None = None, by: User = NURSE) -> Stored:
        """Store a screening."""
        ready = self.prepared(content or case())
        self.later(minutes=1)
        return self.record.writer.run(lambda change: screenings.store(self.record, by, ready, change))

    def correct(self, held: Stored, content: dict[str, Any], by: User = NURSE) -> Stored:
        """Store a newer version of a screening."""
        ready = self.prepared(content)
        self.later(minutes=1)
        return self.record.writer.run(
            lambda change: screenings.correct(self.record, by, ready, change=change, held=held)
        )

    def open(self, local_id: str, *events: Event, by: User = EPJ) -> Stream:
        """Write what the EPJ says of a patient, who may be new."""
        self.later(minutes=1)
        naming = Naming(local_id=f"STO/{local_id}")
        return self.record.writer.run(
            lambda change: courses.open_course(self.record, by, list(events), change=change, naming=naming)
        )

    def tell(self, person: str, event: Event, by: User = DOCTOR, *, expected: int | None = None) -> Stream:
        """Write an event of a patient that the user may see."""
        self.later(minutes=1)
        return self.record.writer.run(
            lambda change: courses.add(self.record, by, event, change=change, person=person, expected=expected)
        )

    def restore(self, person: str, event: Event, by: User = ADMINISTRATOR) -> Stream:
        """Write an event of a patient whom nobody sees."""
        self.later(minutes=1)
        stream = self.read(person).stream
        return self.record.writer.run(
            lambda change: courses.write(self.record, by, event, change=change, stream=stream)
        )

    def start_plan(self, stored: Stored, plan: str = "P1", *, on: date | None = None) -> Stream:
        """Start a plan from everything that was suggested, but for a choice between two tracks."""
        started = PlanStarted(plan, stored.assessment, on or self.now.date(), rules=self.offered(stored.assessment))
        return self.tell(stored.person, started)

    def start_with(self, stored: Stored, rules: tuple[str, ...], plan: str = "P1", *, by: User = DOCTOR) -> Stream:
        """Start a plan from these rules."""
        return self.tell(stored.person, PlanStarted(plan, stored.assessment, self.now.date(), rules=rules), by)

    def offered(self, assessment: str) -> tuple[str, ...]:
        """Return the rules that an assessment suggests, but for the two tracks of a choice."""
        with self.engine.connect() as connection:
            found = self.record.bases.of(connection, [assessment])[assessment].assessment
        return tuple(each.rule for each in found.offers if not contested(each))

    def read(self, person: str) -> Seen:
        """Return a patient's course, whoever may see it."""
        with self.engine.connect() as connection:
            return courses.read(self.record, connection, person)

    def sees(self, user: User, person: str) -> bool:
        """Return whether the user may see the patient."""
        with self.engine.connect() as connection:
            try:
                return bool(courses.visible(connection, user, person, now=self.now))
            except NoSuchPatient:
                return False

    def page(self, name: ListName, user: User, **asked: Any) -> Listed[Listing]:
        """Return a page of a list."""
        with self.engine.connect() as connection:
            return listed(self.record, connection, Asked(name, **asked), user=user, now=self.now)

    def on(self, name: ListName, user: User, **asked: Any) -> list[str]:
        """Return the ids of the patients on a page of a list."""
        return [row.person for row in self.page(name, user, **asked).rows]

    def lists_with(self, person: str, *users: User) -> set[str]:
        """Return the lists, of any of the users, that a patient is on."""
        return {name for name in LISTS for user in users if person in self.on(name, user)}

    def board(self, ward: str = "STO/GER2") -> Listed[OnBoard]:
        """Return the board of a ward."""
        with self.engine.connect() as connection:
            return board(self.record, connection, ward, by=by(NURSE), now=self.now)

    def projected(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of the projections."""
        with self.engine.connect() as connection:
            return {each.name: sorted(map(tuple, connection.execute(each.select())), key=repr) for each in REBUILT}

    def rebuilt(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of the projections, made anew from the events."""
        self.record.writer.run(lambda change: rebuild(change.connection, self.record.bases, self.record.offsets))
        return self.projected()

    def count_events(self) -> int:
        """Return how many events there are of anyone."""
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(event)).scalar_one()

    def new_person(self, local_id: str) -> str:
        """Return the id of a record with nothing in it."""
        row = {"id": new_id(), "local_id": f"STO/{local_id}", "version": 0}
        self.record.writer.run(lambda change: change.connection.execute(insert(person), row).rowcount)
        return str(row["id"])

    def close(self) -> None:
        """Finish what waits."""
        self.record.writer.close()
