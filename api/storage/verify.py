"""Whether the store holds together: the chain of the log, events that can be read, and what follows from answers.

Only the access log is chained by hash: a change of it is always found. Of the rest, what no longer fits together is
found; an event that someone with the database in hand wrote over with another possible one is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, Row, func, select, text

from api.storage.access_log import LogReport, verify_log
from api.storage.engine import reading
from api.storage.replay import replay
from api.storage.rule_sets import written_as
from api.storage.tables import event, person, rule_set
from api.storage.told_verified import faults_among

AT_A_TIME = 1000
PERSONS_AT_A_TIME = 200
MOST_TOLD = 20
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written: what is wrong, and the id of what it is wrong with."""

    code: str
    id: str


@dataclass(slots=True)
class Verified:
    """What was looked through, and what was found; no more faults are kept than a person reads."""

    log: LogReport
    persons: int = 0
    assessments: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    more_faults: int = 0

    def found(self, code: str, id: str) -> None:
        """Note a fault."""
        if len(self.faults) < MOST_TOLD:
            self.faults.append(Fault(code, id))
        else:
            self.more_faults += 1


def verify(engine: Engine, *, head: str | None = None, tell: Tell = lambda _: None) -> Verified:
    """Check all that is stored, in constant memory; `tell` is called with the number of assessments done."""
    with reading(engine) as connection:
        verified = Verified(verify_log(connection, head))
        if verified.log.fault:
            batch, code = verified.log.fault
            verified.found(code, str(batch))
        if damaged(connection):
            verified.found("file_damaged", "")
        _check_events(connection, verified)
        _check_rule_sets(connection, verified)
    _check_assessments(engine, verified, tell)
    return verified


def damaged(connection: Connection) -> bool:
    """Return whether SQLite finds its file damaged; PostgreSQL looks after its own."""
    return connection.dialect.name == "sqlite" and connection.scalar(text("PRAGMA integrity_check(1)")) != "ok"


def _check_events(connection: Connection, verified: Verified) -> None:
    """Find each person whose events are not numbered 1 to the number that the person has, or do not fit together."""
    for rows in _numbering(connection):
        verified.persons += len(rows)
        for row in rows:
            if not row.version == row.events == row.last:
                verified.found("events_missing", row.id)
        for code, id in faults_among(connection, [row.id for row in rows]):
            verified.found(code, id)


def _numbering(connection: Connection) -> Iterator[Sequence[Row[tuple[str, int, int, int]]]]:
    last = ""
    events, highest = func.count(event.c.id).label("events"), func.coalesce(func.max(event.c.seq), 0).label("last")
    of_person = (
        select(person.c.id, person.c.version, events, highest)
        .outerjoin(event, event.c.person == person.c.id)
        .group_by(person.c.id, person.c.version)
        .order_by(person.c.id)
        .limit(PERSONS_AT_A_TIME)
    )
    while rows := connection.execute(of_person.where(person.c.id > last)).all():
        yield rows
        last = rows[-1].id


def _check_rule_sets(connection: Connection, verified: Verified) -> None:
    for row in connection.execute(select(rule_set).execution_options(yield_per=1)):
        if written_as(row.snapshot, row.overlay) != row.id:
            verified.found("rule_set_changed", row.id)


def _check_assessments(engine: Engine, verified: Verified, tell: Tell) -> None:
    for done, (id, verdict) in enumerate(replay(engine), 1):
        verified.assessments[verdict] += 1
        if verdict == "differs":
            verified.found("assessment_differs", id)
        if done % AT_A_TIME == 0:
            tell(done)
