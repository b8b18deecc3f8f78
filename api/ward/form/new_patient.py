"""A patient who is not on the ward's list: named and admitted here, then screened on the same form as everyone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from api.places.municipalities import number_of
from api.record.admissions import admit
from api.record.elsewhere import NamedBy
from api.record.screenings import naming_of
from api.record.streams import find, read_stream
from api.record.who_sees import may_see
from api.storage.writer import Change
from api.ward.desk import Desk, desk_for
from api.ward.form.fields import Fields, Sent
from api.ward.form.view import error_words
from engine.errors import InputError
from engine.texts import Texts
from forms.model import read_case
from rules.case import Case
from rules.times import oslo

router = APIRouter(include_in_schema=False)
Screening = Annotated[Desk, Depends(desk_for("form"))]
MINUTES = "%Y-%m-%dT%H:%M"
PLACES = {
    "patient.id": "identity",
    "patient.local_id": "local_id",
    "patient.birth_date": "born",
    "patient.name": "name",
    "patient.municipality": "municipality",
    "encounter.ward": "ward",
    "encounter.admitted": "admitted",
}
"""Which field a refusal is about."""


@router.get("/screen")
def ask(desk: Screening) -> Response:
    """Ask who the patient is."""
    return _page(desk, Fields({"admitted": (oslo(desk.now).strftime(MINUTES),)}))


@router.post("/screen")
def begin(desk: Screening, fields: Sent) -> Response:
    """Admit the patient where nobody has, and lead to the form; one of another unit is not opened from here."""
    try:
        case = desk.record.screening.checked(read_case(content_of(fields)))
        naming_of(case, desk.record.hospital_of(desk.user))
        named = NamedBy(desk.record, desk.user, case)
        person = named.run(lambda change: _known_or_admitted(desk, case, change))
    except InputError as error:
        return _page(desk, fields, {PLACES.get(error.where, "identity"): error})
    return desk.back_to(f"/patients/{person}/screen")


def content_of(fields: Fields) -> dict[str, Any]:
    """Return what is written as a case without answers."""
    patient = {
        "id": fields.one("identity").replace(" ", ""),
        "local_id": fields.one("local_id"),
        "name": fields.one("name"),
        "birth_date": fields.one("born"),
        "sex": fields.one("sex"),
        "municipality": number_of(fields.one("municipality")),
    }
    if patient["id"]:
        patient["local_id"] = ""  # the number names the patient everywhere; the ward's own id only here
    encounter = {"ward": fields.one("ward"), "admitted": fields.one("admitted")}
    return {"patient": _filled(patient), "encounter": _filled(encounter)}


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _known_or_admitted(desk: Desk, case: Case, change: Change) -> str:
    """Return the patient's id; one who is in hospital already is not admitted once more."""
    found = find(change.connection, naming_of(case, desk.record.hospital_of(desk.user)))
    held = read_stream(change.connection, found) if found else None
    if held and held.course.in_hospital and may_see(change.connection, desk.user, held.person, now=change.now):
        return held.person
    if case.encounter.admitted is None:
        raise InputError("encounter.admitted", "filled_in_missing")
    if case.encounter.admitted > change.now:
        raise InputError("encounter.admitted", "filled_in_ahead")
    return admit(desk.record, desk.user, case, change).person


def _page(desk: Desk, fields: Fields, wrong: Mapping[str, InputError] | None = None) -> Response:
    errors = {name: error_words(error, desk.t) for name, error in (wrong or {}).items()}
    return desk.page(
        "form/new_patient",
        status=422 if errors else 200,
        fields=fields,
        errors=errors,
        wards=sorted(ward.partition("/")[2] for ward in desk.user.of("ward")),
        sexes=_sexes(desk.t),
    )


def _sexes(t: Texts) -> list[tuple[str, str]]:
    return [(code, t(f"answer.sex.{code}")) for code in ("female", "male")]
