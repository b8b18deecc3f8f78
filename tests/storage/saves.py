"""A save as the record does it: a person, an assessment, an event and a line of the access log, all or none."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, Engine, select

from api.storage.tables import access, assessment, event, person, rule_set
from api.storage.writer import Change, Work
from careplans.course.events import By

NURSE = By("nurse-1", "nurse", "ward:STO/GER2", "Kari Prøve")
HOLDING = {"person": person.c.id, "assessment": assessment.c.person, "event": event.c.person, "access": access.c.person}


def make_ready(engine: Engine) -> None:
    """Store the rule set that every assessment here names."""
    with engine.begin() as connection:
        connection.execute(rule_set.insert(), {"id": "r", "digest": "r", "snapshot": "{}"})


def save(id: str, outcome: str = "{}") -> Work[str]:
    """Return the work that stores one patient's screening."""

    def work(change: Change) -> str:
        written = {"person": id, "at": change.now}
        screening = {"screening": id, "version": 1, "index_date": date(2026, 3, 1), "language": "nb", "rule_set": "r"}
        who = {"by": NURSE.id, "by_name": NURSE.name, "role": NURSE.role, "unit": NURSE.unit}
        told = {"seq": 1, "kind": "screened", "body": "{}"}
        change.connection.execute(person.insert(), {"id": id, "local_id": f"STO/{id}", "version": 1})
        change.connection.execute(
            assessment.insert(), written | screening | {"id": f"a{id}", "inputs": "{}", "outcome": outcome}
        )
        change.connection.execute(event.insert(), written | told | who | {"id": f"e{id}"})
        change.saw(id, "stored", NURSE)
        return id

    return work


def saved(connection: Connection) -> set[str]:
    """Return every save that is there, and fail if one is there in part."""
    found = {name: set(connection.scalars(select(column).distinct())) for name, column in HOLDING.items()}
    assert found["person"] == found["assessment"] == found["event"] == found["access"]
    return found["person"]
