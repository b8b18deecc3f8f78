"""A screening is stored: the case as it came, what the rules made of it, and what it tells of the stay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, bindparam, insert, select

from api.people.access import AT_HOSPITAL
from api.people.user import User
from api.record.own_stays import refuse_others_stay
from api.record.possible import refuse_impossible, refuse_second_bed
from api.record.projection import project
from api.record.record import Record, by
from api.record.streams import Naming, Stream, append, find, new_id, open_record, read_stream, survivor
from api.record.who_sees import may_see
from api.result import to_result
from api.storage.tables import assessment
from api.storage.writer import Change
from careplans.course.due import Basis
from careplans.course.events import Admitted, Event, Recorded, Screened
from careplans.course.told import Earlier, Here, stay_of, told_by, told_by_correction
from engine.errors import InputError
from engine.texts import Texts
from forms.model import read_case
from rules.assessment import Assessment
from rules.case import Case
from rules.frailty import clinical_judgement
from rules.items import cfs_clinician

ADD = insert(assessment)
NEWEST = (
    select(assessment).where(assessment.c.screening == bindparam("of")).order_by(assessment.c.version.desc()).limit(1)
)
OF_ASSESSMENT = select(assessment).where(assessment.c.id == bindparam("of"))
TOLD_IN = {"admitted": "encounter.admitted", "discharged": "encounter.discharged"}
"""Where in the case an event is told."""

VERSIONS = select(assessment).where(assessment.c.screening == bindparam("of")).order_by(assessment.c.version)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case read and assessed, and the result in words: all that can be done before the store is asked."""

    inputs: str
    case: Case
    assessment: Assessment
    result: dict[str, Any]
    outcome: str
    language: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored screening: its id, version and assessment, the patient's id, and the result as it was answered."""

    screening: str
    version: int
    person: str
    assessment: str
    at: datetime
    language: str
    inputs: str
    outcome: str

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Stored:
        """Return a row of `assessment` as a value."""
        return cls(assessment=row["id"], **{name: row[name] for name in cls.__slots__ if name != "assessment"})


def prepare(record: Record, content: object, texts: Texts, *, now: datetime) -> Prepared:
    """Return the case that the JSON value holds, assessed by both engines; raise `InputError` for what is wrong."""
    case = record.screening.checked(read_case(content))
    made = record.screening.assess(case, None, now)
    result = to_result(made, texts)
    return Prepared(_compact(content), case, made, result, _compact(result), texts.language)


def store(record: Record, user: User, prepared: Prepared, change: Change, *, second: bool = False) -> Stored:
    """Store a new screening and what it tells of the stay; it belongs to the patient that the case names.

    `second` is for a second rater's, which is compared with the first and routes nothing.
    """
    hospital = record.hospital_of(user)
    naming = naming_of(prepared.case, hospital)
    found = find(change.connection, naming)
    stream = _own(change, user, found) if found else _opened(user, naming)
    return _write(record, user, prepared, change=change, stream=stream, version=Version(new_id(), 1, second))


@dataclass(frozen=True, slots=True)
class Version:
    """Which screening is written, and which version of it."""

    screening: str
    number: int
    second: bool = False
    corrects: Earlier | None = None


def correct(record: Record, user: User, prepared: Prepared, *, change: Change, held: Stored) -> Stored:
    """Store a newer version of a screening; the older is kept. It must be about the same patient."""
    naming = naming_of(prepared.case, record.hospital_of(user))
    person = survivor(change.connection, held.person)
    stream = read_stream(change.connection, person)
    if stream is None or find(change.connection, naming) != person:
        raise InputError("patient", "patient_changed")
    highest = newest(change.connection, held.screening) or held  # one that was undone keeps its number
    made_in = next((each.stay for each in stream.course.screenings if each.id == held.screening), None)
    version = Version(held.screening, highest.version + 1, corrects=Earlier(_case_of(held), made_in))
    return _write(record, user, prepared, change=change, stream=stream, version=version)


def stored_as(connection: Connection, assessed: str) -> Stored | None:
    """Return the version of a screening that an assessment is of."""
    row = connection.execute(OF_ASSESSMENT, {"of": assessed}).mappings().one_or_none()
    return Stored.of(row) if row else None


def newest(connection: Connection, screening: str) -> Stored | None:
    """Return the newest version of a screening, also one that was undone."""
    row = connection.execute(NEWEST, {"of": screening}).mappings().one_or_none()
    return Stored.of(row) if row else None


def versions(connection: Connection, screening: str) -> list[Stored]:
    """Return every version of a screening, the oldest first."""
    return [Stored.of(row) for row in connection.execute(VERSIONS, {"of": screening}).mappings()]


def naming_of(case: Case, hospital: str) -> Naming:
    """Return how the case names its patient; a case that names nobody can be scored, but not stored."""
    patient = case.patient
    if not patient.id and not patient.local_id:
        raise InputError("patient", "patient_unnamed")
    return Naming(patient.id, None if patient.id else f"{hospital}/{patient.local_id}")


def _opened(user: User, naming: Naming) -> Stream:
    """Return a new record, which begins where the patient is: at a hospital."""
    if user.role not in AT_HOSPITAL:
        raise InputError("patient", "patient_elsewhere")
    return open_record(naming)


def _own(change: Change, user: User, person: str) -> Stream:
    """Return the stream of a patient that the user may see; a hospital's system may say of anyone who comes to it."""
    stream = read_stream(change.connection, person)
    if stream is None or not (user.role == "system" or may_see(change.connection, user, person, now=change.now)):
        raise InputError("patient", "patient_elsewhere")
    return stream


def _write(
    record: Record, user: User, prepared: Prepared, *, change: Change, stream: Stream, version: Version
) -> Stored:
    assessed, connection, is_new = new_id(), change.connection, stream.version == 0
    here = record.here(user, prepared.case, change.now)
    unjudged = not _judged(prepared, by_system=user.role == "system")
    screened = Screened(version.screening, assessed, second=version.second, unjudged=unjudged)
    events = _events(here, prepared.case, stream, screened=screened, corrects=version.corrects)
    refuse_others_stay(events, stream.course, user, hospital=here.hospital)
    _refuse_impossible(events, stream, user, change)
    stream = append(connection, stream, events, by=by(user), at=change.now)
    row = {
        "id": assessed,
        "person": stream.home_of(events[-1]),
        "screening": version.screening,
        "version": version.number,
        "at": change.now,
        "index_date": prepared.assessment.index_date,
        "language": prepared.language,
        "inputs": prepared.inputs,
        "rule_set": record.rule_set,
        "outcome": prepared.outcome,
    }
    connection.execute(ADD, row)
    record.bases.remember(assessed, Basis(prepared.case, prepared.assessment))
    project(connection, stream, record.bases, record.offsets, is_new=is_new)
    change.saw(stream.person, "screened" if version.number == 1 else "corrected", by(user))
    return replace(Stored.of(row), person=stream.person)


def _events(
    here: Here, case: Case, stream: Stream, *, screened: Screened, corrects: Earlier | None
) -> tuple[Event, ...]:
    """Return what the case tells, and the screening with the stay that it was made in."""
    course = stream.course
    told = told_by_correction(case, course, corrects, here=here) if corrects else told_by(case, course, here)
    begun = next((each for each in told if isinstance(each, Admitted)), None)
    same = corrects is not None and not corrects.is_another_stay(case, course)
    stay = corrects.stay if corrects and same else None
    return (*told, replace(screened, stay=stay or (begun.stay if begun else stay_of(case, course))))


def _refuse_impossible(events: tuple[Event, ...], stream: Stream, user: User, change: Change) -> None:
    """Ask of what a case tells as of any event, each after those before it; nobody dead is screened."""
    if stream.course.died is not None:
        raise InputError("patient", "patient_has_died")
    for each in events[:-1]:  # the last is the screening itself
        try:
            refuse_impossible(each, stream, now=change.now, connection=change.connection)
            refuse_second_bed(each, stream.course, role=user.role)
        except InputError as error:
            raise error.at(TOLD_IN.get(each.kind, error.where)) from None
        stream = stream.with_events([Recorded(new_id(), each, change.now, by(user))])


def _case_of(held: Stored) -> Case:
    return read_case(json.loads(held.inputs))


def _judged(prepared: Prepared, *, by_system: bool) -> bool:
    """Return whether a person has judged the CFS, or answered so much that the way is given without it.

    What the record itself sends waits for a person, also where it is only proposed.
    """
    case, found = prepared.case, prepared.assessment
    told = case.sources.get(cfs_clinician.id)
    if by_system:
        return cfs_clinician.id in case.answers and (told is None or told.status == "confirmed")
    return cfs_clinician.id in case.answers or bool(found.tracks) or found.fired(clinical_judgement.id)


def _compact(value: object) -> str:
    return to_json(value).decode()
