"""A handed-in form is stored as a screening of a patient whom the user may see.

What was told earlier in the stay stands until the form says otherwise, as on the ward's own page: a form with ten
answers must not make the other forty unknown. What a person did not send themselves keeps where it came from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from api.fhir.elements import OURS, Json, code_table
from api.fhir.handed_in import HandedIn
from api.fhir.plausible import refuse_impossible
from api.fhir.reading import ID, naming_of
from api.fhir.references import own_reference
from api.fhir.searching import NUMBER
from api.intake.fhir_elements import Element
from api.people.user import User
from api.record.courses import NoSuchPatient, visible
from api.record.opening import identify
from api.record.record import Record
from api.record.streams import Stream, read_stream
from api.storage.engine import reading
from api.ward.form.content import RATERS
from api.ward.form.known import Known, known_of
from careplans.course.state import Course
from engine.errors import InputError
from rules.items import cfs_clinician

LISTS = ("conditions", "medicines", "treatment")
SYSTEM = "system"
LOCAL = f"{OURS}:local-id"
PATIENT_TYPE = "http://hl7.org/fhir/StructureDefinition/Patient"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who hands in, to the server at which address, and when."""

    record: Record
    user: User
    base: str
    now: datetime

    def patient_of(self, handed: HandedIn, said: str | None) -> str:
        """Return the one patient that the request is about: all that name one name the same."""
        named = {person for each in handed.named for person in self._named(each)}
        named |= {self._visible(said)} if said is not None else set()
        if not named:
            raise InputError("QuestionnaireResponse.subject", "response_without_patient")
        if len(named) > 1:
            raise InputError("QuestionnaireResponse.subject", "other_patient")
        return named.pop()

    def _named(self, element: Element) -> Iterator[str]:
        """Yield whom a reference names: by where the patient is, by number, and by both where both stand there."""
        if element.text("type") not in {None, "Patient", PATIENT_TYPE}:
            raise InputError(element.place("type"), "reference_not_patient")
        reference, identifier = element.text("reference"), element.one("identifier")
        if reference is not None:
            found = own_reference(reference, self.base)
            if found is None or found["kind"] not in {None, "Patient"}:
                raise InputError(element.place("reference"), "reference_not_patient")
            yield self._visible(found["id"])
        if identifier and (reference is None or _is_of_ours(identifier)):
            yield self._numbered(identifier)
        elif reference is None:
            raise InputError(element.where, "response_without_patient")

    def _numbered(self, identifier: Element) -> str:
        value, where = identifier.text("value"), identifier.place("value")
        if value is None:
            raise InputError(where, "response_without_patient")
        hospital = self.record.hospital_of(self.user)
        naming = naming_of(f"{identifier.text('system') or ''}|{value}", hospital, where)
        return self.record.writer.run(lambda change: identify(self.user, naming, change)).person

    def _visible(self, id: str) -> str:
        if not ID.fullmatch(id):
            raise NoSuchPatient
        with reading(self.record.engine) as connection:
            return visible(connection, self.user, id, now=self.now)


def case_of(record: Record, user: User, person: str, handed: HandedIn, *, now: datetime) -> Json:
    """Return the case that comes of a form: who the patient is, the stay, what stands, and what was answered."""
    with reading(record.engine) as connection:
        stream = _stream(connection, person)
        known = known_of(connection, stream, now=now)
    refuse_impossible(handed, stream.course, now)
    told = _told(known)
    given, by_system = handed.answers, user.role == SYSTEM
    exact = handed.authored is not None and handed.authored.precision == "time"
    time = handed.authored.start.isoformat() if handed.authored and exact else now.isoformat()
    sources = {item: source for item, source in told["sources"].items() if item not in given}
    proposed = {"from": "QuestionnaireResponse", "time": time, "status": "proposed"}
    content = {
        "schema": "retthjem/case/1",
        "patient": _patient(known, stream.course, record.hospital_of(user)),
        "encounter": _encounter(stream.course),
        **{name: told[name] for name in LISTS if told.get(name) is not None},
        "answers": told["answers"] | given,
        "sources": sources | (dict.fromkeys(given, proposed) if by_system else {}),
    }
    rater = told.get("rater")
    if cfs_clinician.id in given and not by_system:
        rater = {"role": RATERS.get(user.role, user.role), "time": time}
    return content | ({"rater": rater} if rater else {})


def _is_of_ours(identifier: Element) -> bool:
    """Return whether a number beside a reference is one that we can look up; another system's own says nothing here."""
    system, value = identifier.text("system"), identifier.text("value")
    known = {None, LOCAL, *code_table("identity").values()}
    return value is not None and (NUMBER.fullmatch(value) is not None or bool({system, f"urn:oid:{system}"} & known))


def _stream(connection: Connection, person: str) -> Stream:
    stream = read_stream(connection, person)
    if stream is None:
        raise NoSuchPatient
    return stream


def _told(known: Known) -> dict[str, Any]:
    """Return what was told in the stay, the newest of each."""
    found: dict[str, Any] = {"answers": {}, "sources": {}}
    for each in reversed(known.here):
        content: Mapping[str, Any] = each.content
        answers = {item: answer for item, answer in (content.get("answers") or {}).items() if answer is not None}
        again = {item: source for item, source in found["sources"].items() if item not in answers}
        found["answers"] |= answers
        found["sources"] = again | (content.get("sources") or {})
        found |= {name: content[name] for name in (*LISTS, "rater") if content.get(name) is not None}
    return found


def _patient(known: Known, course: Course, hospital: str) -> Json:
    who, naming = course.who, known.naming
    local = (naming.local_id or "").removeprefix(f"{hospital}/")
    named = {"id": naming.identity} if naming.identity else {"local_id": local}
    born = who.born.isoformat() if who.born else None
    said = {"name": who.name, "sex": who.sex, "birth_date": born, "municipality": course.municipality}
    return named | {name: value for name, value in said.items() if value}


def _encounter(course: Course) -> Json:
    stay = course.stay
    if stay is None or not course.in_hospital:
        return {}
    said = {
        "id": stay.id,
        "admitted": stay.admitted.isoformat(),
        "ward": stay.ward,
        "room": stay.room,
        "expected_discharge": stay.expected.isoformat() if stay.expected else None,
    }
    return {name: value for name, value in said.items() if value}
