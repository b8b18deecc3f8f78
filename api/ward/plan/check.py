"""A pasted epikrise read through: what it lacks and what it promises. Nothing of it is stored."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.ward.desk import ReaderDesk
from api.ward.event_forms import Blank, Sent, Wrong, text_in
from api.ward.patient import patient_at, patient_page
from careplans.check import check_as_json, read_text
from engine.errors import InputError

router = APIRouter(include_in_schema=False)
FIELD = "epikrise"


@router.post("/patients/{person}/plan/epikrise")
def check(desk: ReaderDesk, person: str, sent: Sent) -> Response:
    """Show how each element stands in the text that was pasted, and what is not the hospital's to write."""
    patient = patient_at(desk, person)
    try:
        text = read_text(_pasted(text_in(sent, FIELD)))
    except (Blank, InputError) as wrong:
        shown = {"text": text_in(sent, FIELD), "found": None, "wrong": Wrong.of(wrong, sent, desk.t)}
        return patient_page(desk, "plan_check", patient, status=422, **shown)
    found = check_as_json(text, desk.t)
    return patient_page(desk, "plan_check", patient, text=text, found=found, wrong=None)


def _pasted(text: str) -> bytes:
    if not text:
        raise Blank(FIELD)
    return text.encode()
