"""Which of a run's people have a record: by identity number or the hospital's own id, hidden as the run did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from threading import Lock

from sqlalchemy import Connection, bindparam, func, select

from api.nightly.run import NightlyRun
from api.storage.tables import alias, person

COUNT = select(func.count()).select_from(person)
NAMED = select(person.c.id, person.c.identity, person.c.local_id)
LEADS_TO = select(alias.c.person, alias.c.leads_to).where(alias.c.person.in_(bindparam("people", expanding=True)))


class Matching:
    """The people of one run in the record; each record is looked at once, when it is new."""

    def __init__(self, run: NightlyRun, hospital: str) -> None:
        self._run, self._hospital = run, hospital
        self._found: dict[str, str] = {}
        self._looked_at: set[str] = set()
        self._lock = Lock()

    def records(self, connection: Connection) -> Mapping[str, str]:
        """Return the records of those who have one, by what they are called in the run."""
        with self._lock:
            if connection.execute(COUNT).scalar_one() != len(self._looked_at):
                for row in connection.execute(NAMED):
                    self._look_at(row.id, row.identity, row.local_id)
            found = dict(self._found)
        leads_to = _survivors(connection, found.values())
        return {called: leads_to.get(id, id) for called, id in found.items()}

    def _look_at(self, id: str, identity: str | None, local_id: str | None) -> None:
        if id in self._looked_at:
            return
        self._looked_at.add(id)
        for called in self._called(identity, local_id):
            if called in self._run.people:
                self._found[called] = id

    def _called(self, identity: str | None, local_id: str | None) -> Iterator[str]:
        """Yield what someone may be called in the run; an id of the hospital's own is one of that hospital alone."""
        if identity and self._run.key:
            yield self._run.called(identity)
        if local_id:
            hospital, _, own = local_id.partition("/")
            called = self._run.called(own)
            told = self._run.people.get(called)
            if told and (told.hospital or self._hospital) == hospital:
                yield called


def _survivors(connection: Connection, people: Iterable[str]) -> dict[str, str]:
    rows = connection.execute(LEADS_TO, {"people": list(people)})
    return {row.person: row.leads_to for row in rows}
