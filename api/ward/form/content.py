"""The case that comes of the form: what the record holds of the patient, and what someone answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.ward.form.fields import Fields
from api.ward.form.known import Known, Told
from api.ward.form.questions import CFS
from api.ward.form.reading import LISTS, Row, as_content, rows_of
from careplans.course.state import Course
from forms.questionnaire import FROM_THE_PATIENT
from rules.case import Answer, Rater, Source
from rules.knowledge import ITEMS

REASON_NOTE = "cfs_reason"
LONGEST_REASON = 200
PREVIOUS, ON_PAPER, FROM_RECORD = "previous_screening", "paper_form", "record"
RATERS = {
    "nurse": "ward_nurse",
    "doctor": "treating_doctor",
    "geriatric_team": "geriatric_team",
    "municipal_nurse": "primary_nurse",
    "coordinator": "coordinating_unit",
}
"""Who may set the CFS, by the name that the plan has for each."""


@dataclass(frozen=True, slots=True)
class Signing:
    """In which role and when the form was filled in; `on_paper` where it is typed in afterwards."""

    role: str
    time: datetime
    on_paper: bool = False


Content = dict[str, Any]


def content_of(
    known: Known, course: Course, answers: Mapping[str, Answer], *, fields: Fields, signing: Signing, hospital: str
) -> Content:
    """Return the case as JSON; raise `InputError` where a list has lines and nobody says that it is whole."""
    lists = {name: rows_of(name, fields) for name in LISTS}
    given = {item: answer for item, answer in answers.items() if item not in FROM_THE_PATIENT or item == "age"}
    if course.who.born:
        given.pop("age", None)
    content: Content = {
        "schema": "retthjem/case/1",
        "patient": _patient(known, course, hospital),
        "encounter": _encounter(known, course),
        "answers": {item: as_content(answer) for item, answer in given.items()},
        **{name: rows for name, rows in lists.items() if rows is not None},
        **_kept(known),
        "notes": _notes(known, fields),
        "sources": _sources(known, given, lists, fields=fields, signing=signing),
    }
    if CFS in given:
        content["rater"] = _rater(known, given[CFS], signing)
    return content


def with_facts(content: Content, whole: Known, items: Iterable[str]) -> Content:
    """Return the case with what stands of some items that it does not answer, and where each came from."""
    found = {item: told for item in items if item not in content["answers"] and (told := whole.stands(item))}
    answers = {item: as_content(told.case.answers[item]) for item, told in found.items()}
    sources = {item: _told_by(whole, told, item) for item, told in found.items()}
    kept = {item: _source_content(source, confirmed=False) for item, source in sources.items() if source}
    return content | {"answers": content["answers"] | answers, "sources": content["sources"] | kept}


def _patient(known: Known, course: Course, hospital: str) -> Content:
    who, naming = course.who, known.naming
    named = {"id": naming.identity} if naming.identity else {"local_id": _local(naming.local_id or "", hospital)}
    said = {"name": who.name, "sex": who.sex, "municipality": course.municipality}
    born = {"birth_date": who.born.isoformat()} if who.born else {}
    return named | {name: value for name, value in said.items() if value} | born


def _local(local_id: str, hospital: str) -> str:
    return local_id.removeprefix(f"{hospital}/")


def _encounter(known: Known, course: Course) -> Content:
    """Return the stay as the record has it now: an older case may hold a ward that the patient has left."""
    stay = course.stay
    if not course.in_hospital or stay is None:
        return {}
    older = known.here[0].content.get("encounter") or {} if known.here else {}
    expected = {"expected_discharge": stay.expected.isoformat()} if stay.expected else {}
    said = {"ward": stay.ward, "room": older.get("room"), "urgency": older.get("urgency")}
    held = {name: value for name, value in said.items() if value}
    return {"id": stay.id, "admitted": stay.admitted.isoformat(), **held, **expected}


def _kept(known: Known) -> Content:
    """Return what the form does not ask for and an earlier case of the stay has."""
    found = (each.content["treatment"] for each in known.here if each.content.get("treatment"))
    treatment = next(found, None)
    return {"treatment": treatment} if treatment else {}


def _notes(known: Known, fields: Fields) -> list[Content]:
    older = (known.here[0].content.get("notes") or []) if known.here else []
    kept = [note for note in older if note.get("code") != REASON_NOTE]
    reason = fields.one("reason")[:LONGEST_REASON]
    said = {"code": REASON_NOTE, "where": f"answers.{CFS}", "values": {"reason": reason}}
    return [*kept, said] if reason else kept


def _rater(known: Known, level: Answer, signing: Signing) -> Content:
    """Return who set the CFS: whoever first did, while it stays as it was."""
    told = known.told(CFS)
    if told and told.case.answers[CFS] == level and told.case.rater and not signing.on_paper:
        return _rater_content(told.case.rater)
    return _rater_content(Rater(signing.role, signing.time))


def _rater_content(rater: Rater) -> Content:
    time = {"time": rater.time.isoformat()} if rater.time else {}
    return ({"role": rater.role} if rater.role else {}) | time


def _sources(
    known: Known,
    answers: Mapping[str, Answer],
    lists: Mapping[str, list[Row] | None],
    *,
    fields: Fields,
    signing: Signing,
) -> Content:
    confirmed = frozenset(fields.all("confirmed"))
    found = {item: _source(known, item, answer, signing=signing) for item, answer in answers.items()}
    found |= {name: _list_source(known, name, rows) for name, rows in lists.items() if rows is not None}
    return {item: _source_content(source, confirmed=item in confirmed) for item, source in found.items() if source}


def _source(known: Known, item: str, answer: Answer, *, signing: Signing) -> Source | None:
    told = known.stands(item)
    if told and told.case.answers.get(item) == answer:
        return _told_by(known, told, item)
    if known.before and ITEMS[item].carries and known.offered(item) == answer:
        return Source(PREVIOUS, known.before.stored.screening, known.before.at, "confirmed")
    return Source(ON_PAPER, None, signing.time, "confirmed") if signing.on_paper else None


def _list_source(known: Known, name: str, rows: list[Row] | None) -> Source | None:
    told = known.stands(name)
    return _told_by(known, told, name) if told and same_rows(told.content[name], rows) else None


def _told_by(known: Known, told: Told, item: str) -> Source | None:
    """Return where an answer that stands comes from; one that goes along keeps the day that it was given."""
    if known.told(item) is None:
        return told.source(item) or Source(PREVIOUS, told.stored.screening, told.at, "confirmed")
    return told.source(item) or _by_record(told)


def _by_record(told: Told) -> Source | None:
    return None if told.by_person else Source(FROM_RECORD, None, told.at, "confirmed")


def same_rows(one: list[Row] | None, other: list[Row] | None) -> bool:
    """Return whether two lists say the same; "not the main one" and nothing said of it are alike."""
    return _plain(one) == _plain(other)


def _plain(rows: list[Row] | None) -> list[Row] | None:
    if rows is None:
        return None
    return [{name: value for name, value in row.items() if value not in (None, False)} for row in rows]


def _source_content(source: Source, *, confirmed: bool) -> Content:
    time = {"time": source.time.isoformat()} if source.time else {}
    id = {"id": source.id} if source.id else {}
    return {"from": source.origin, **id, **time, "status": "confirmed" if confirmed else source.status}
