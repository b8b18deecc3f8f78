"""A patient's own access log, printed for the one it concerns by those who may hand it out."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from api.log_print import About, log_as_html, log_as_pdf
from api.printing import on_paper
from api.record.naming import logged_under
from api.record.streams import standing_merges
from api.storage.access_log import AccessLine, head_of, lines_about
from api.v1.languages import Language, texts_of
from api.ward.desk import Desk, desk_for
from api.ward.patient import patient_at

router = APIRouter(include_in_schema=False)
LogDesk = Annotated[Desk, Depends(desk_for("access_log"))]
LOGGED = "access_log_read"


@router.get("/patients/{person}/access-log.pdf")
async def print_log(desk: LogDesk, person: str, language: Language = "nb") -> Response:
    """Return the log as a tagged PDF."""
    return await on_paper(desk.request, desk.user, partial(_printed, desk, person, language))


def _printed(desk: Desk, person: str, language: Language) -> Response:
    lines, about = _log(desk, person)
    body = log_as_pdf(lines, about, texts_of(language), printed=desk.now)
    headers = {"Content-Disposition": 'inline; filename="log.pdf"', "Content-Language": language}
    return Response(body, headers=headers, media_type="application/pdf")


@router.get("/patients/{person}/access-log")
def show_log(desk: LogDesk, person: str, language: Language = "nb") -> Response:
    """Return the log as a page in the same words."""
    lines, about = _log(desk, person)
    return HTMLResponse(log_as_html(lines, about, texts_of(language), printed=desk.now))


def _log(desk: Desk, person: str) -> tuple[tuple[AccessLine, ...], About]:
    """Return the lines with whose they are; that they were fetched is the last of them."""
    patient = patient_at(desk, person, action=LOGGED)
    course, merged = patient.course, standing_merges(patient.seen.stream.recorded)
    with desk.reading() as connection:
        lines = lines_about(connection, *logged_under(desk.record, connection, patient.id, *merged))
        head = head_of(connection)
    return lines, About(course.who.name, course.who.born, head, course.protected, desk.words.hospitals)
