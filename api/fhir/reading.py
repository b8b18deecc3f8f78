"""Reads and searches: what the user may see of one patient, once that is in the access log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from api.fhir.about import read_about
from api.fhir.elements import OURS, Json, code_table
from api.fhir.resources.audit_event import audit_event
from api.fhir.searching import Asked
from api.fhir.told import OF_PATIENT
from api.people.access import may
from api.people.refused import MayNot
from api.people.user import User
from api.record.courses import NoSuchPatient, visible
from api.record.opening import identify
from api.record.record import Record, by
from api.record.streams import Naming, read_stream, standing_merges
from api.record.whose import whose
from api.storage.access_log import Seen, lines_about, person_of_line
from api.storage.engine import reading
from api.v1.problems import Problem
from engine.errors import InputError
from engine.texts import Texts
from forms.identity import parse_identity_number

ID = re.compile(r"(?P<of>[0-9a-f]{32})(?:-[A-Za-z0-9-]{1,31})?", re.ASCII)
LINE = re.compile(r"[0-9]{1,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, in which language, and when."""

    record: Record
    user: User
    texts: Texts
    now: datetime

    def one(self, kind: str, id: str) -> Json:
        """Return a resource; another unit's is as one that does not exist."""
        with reading(self.record.engine) as connection:
            person = self._owner(connection, kind, id)
            about = read_about(self.record, connection, person, self.texts)
        found = next((each for each in OF_PATIENT[kind](about) if each["id"] == id), None)
        if found is None:
            raise NoSuchPatient
        self._log(about.person, "read")
        return found

    def of_patient(self, asked: Asked) -> tuple[str | None, list[Json]]:
        """Return whose record a search is about and its resources of the type; none where the user sees no such."""
        try:
            with reading(self.record.engine) as connection:
                person = self._meant(connection, asked)
                about = read_about(self.record, connection, person, self.texts)
        except NoSuchPatient:
            return None, []
        self._log(about.person, "read")
        return about.person, list(OF_PATIENT[asked.kind](about))

    def log_of(self, asked: Asked) -> tuple[str | None, list[Json]]:
        """Return a patient's access log."""
        if asked.person is None and not asked.identifiers:
            raise Problem("patient", "search_without_patient")
        try:
            person = self._identified(asked) if asked.identifiers else asked.person or ""
            return person, self._lines(person)
        except NoSuchPatient:
            return None, []

    def line(self, id: str) -> Json:
        """Return a line of the access log; it is found by whose it is, as every line is."""
        if not LINE.fullmatch(id):
            raise NoSuchPatient
        with reading(self.record.engine) as connection:
            person = person_of_line(connection, int(id))
        found = next((each for each in self._lines(person) if each["id"] == id), None) if person else None
        if found is None:
            raise NoSuchPatient
        return found

    def _lines(self, person: str) -> list[Json]:
        with reading(self.record.engine) as connection:
            here = visible(connection, self.user, _plain(person), now=self.now)
            stream = read_stream(connection, here)
            if stream is None:
                raise NoSuchPatient
            lines = lines_about(connection, here, *standing_merges(stream.recorded))
        self._log(here, "access_log_read")
        return [audit_event(each, here, self.texts) for each in lines]

    def _meant(self, connection: Connection, asked: Asked) -> str:
        """Return the one patient that a search is about, whom the user may see."""
        if asked.identifiers:
            return self._identified(asked)
        if asked.person is not None:
            return visible(connection, self.user, _plain(asked.person), now=self.now)
        ids = [value for name, value in asked.narrows if name == "_id"]
        if len(ids) != 1 or "," in ids[0]:
            raise Problem("patient", "search_without_patient")
        return self._owner(connection, asked.kind, ids[0])

    def _owner(self, connection: Connection, kind: str, id: str) -> str:
        found = ID.fullmatch(id)
        person = found and (found["of"] if kind == "Patient" else whose(connection, found["of"]))
        if not person:
            raise NoSuchPatient
        return visible(connection, self.user, person, now=self.now)

    def _identified(self, asked: Asked) -> str:
        """Return the patient whom a number names; whoever is named by our id too must be the same."""
        identifiers = asked.identifiers
        if not may(self.user.role, "identify"):
            raise MayNot
        if len(identifiers) != 1:
            raise Problem("identifier", "one_patient_at_a_time")
        naming = naming_of(identifiers[0], self.record.hospital_of(self.user))
        person = self.record.writer.run(lambda change: identify(self.user, naming, change)).person
        if asked.person is not None and asked.person != person:
            raise NoSuchPatient
        return person

    def _log(self, person: str, action: str) -> None:
        self.record.writer.run_log([Seen(person, action, by(self.user))])


def naming_of(token: str, hospital: str, where: str = "identifier") -> Naming:
    """Return how an identifier names a patient: a number in its own system, or the hospital's id."""
    system, _, value = token.rpartition("|")
    if system == f"{OURS}:local-id":
        return Naming(local_id=f"{hospital}/{value.removeprefix(f'{hospital}/')}")
    number = parse_identity_number(value, where)
    if system and system.removeprefix("urn:oid:") != code_table("identity")[number.kind].removeprefix("urn:oid:"):
        raise InputError(where, "identity_of_another_kind")
    return Naming(identity=number.value)


def _plain(id: str) -> str:
    if not ID.fullmatch(id):
        raise NoSuchPatient
    return id
