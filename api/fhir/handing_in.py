"""A handed-in form is stored as a screening of a patient whom the user may see.

What was told earlier in the stay stands until the form says otherwise, as on the ward's own page: a form with ten
answers must not make the other forty unknown. What a person did not send themselves keeps where it came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from api.fhir.elements import Json
from api.fhir.handed_in import HandedIn
from api.fhir.reading import ID, naming_of
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


def patient_of(record: Record, user: User, handed: HandedIn, *, said: str | None, now: datetime) -> str:
    """Return the one patient that the request is about: all that name one name the same."""
    named = {_named(record, user, each, now=now) for each in handed.named}
    named |= {_visible(record, user, said, now=now)} if said is not None else set()
    if not named:
        raise InputError("QuestionnaireResponse.subject", "response_without_patient")
    if len(named) > 1:
        raise InputError("QuestionnaireResponse.subject", "other_patient")
    return named.pop()


def case_of(record: Record, user: User, person: str, handed: HandedIn, *, now: datetime) -> Json:
    """Return the case that comes of a form: who the patient is, the stay, what stands, and what was answered."""
    with reading(record.engine) as connection:
        stream = _stream(connection, person)
        known = known_of(connection, stream, now=now)
    told = _told(known)
    given, by_system = handed.answers, user.role == SYSTEM
    time = handed.authored or now.isoformat()
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


def _named(record: Record, user: User, element: Element, *, now: datetime) -> str:
    reference, identifier = element.text("reference"), element.one("identifier")
    if reference is not None:
        return _visible(record, user, reference.rsplit("Patient/", 1)[-1], now=now)
    value = identifier.text("value") if identifier else None
    if identifier is None or value is None:
        raise InputError(element.where, "response_without_patient")
    where = identifier.place("value")
    naming = naming_of(f"{identifier.text('system') or ''}|{value}", record.hospital_of(user), where)
    return record.writer.run(lambda change: identify(user, naming, change)).person


def _visible(record: Record, user: User, id: str, *, now: datetime) -> str:
    if not ID.fullmatch(id):
        raise NoSuchPatient
    with reading(record.engine) as connection:
        return visible(connection, user, id, now=now)


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
