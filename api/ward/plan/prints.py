"""What leaves the plan page: every print and sheet in three languages, the calendar, and the script of the copy button.

Paper waits for its turn on the press (`api/printing.py`); what is read on a screen is made at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, Response
from starlette.concurrency import run_in_threadpool

from api.planning import Sheet, rendered, sheet
from api.printing import on_paper
from api.record.plans import Planned, plan_in, planned
from api.v1.languages import LANGUAGES as KNOWN
from api.v1.languages import Language, texts_of
from api.v1.plans import TYPES, refuse_to_print
from api.v1.problems import Problem
from api.ward.desk import PAGES, Desk, ReaderDesk
from api.ward.patient import patient_at
from careplans.documents import as_html, document_of
from careplans.print import SHEETS as STYLES
from careplans.print import Audience, limits_in_words, render_html
from engine.texts import Texts

router = APIRouter(include_in_schema=False)
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
Document = Literal["checklists", "conversation", "notice", "coordinator", "controls", "discharge"]
SHEETS: tuple[Document, ...] = get_args(Document)
LANGUAGES = KNOWN
How = Annotated[Literal["pdf", "html"], Query(alias="as")]


@dataclass(frozen=True, slots=True)
class _Asked:
    """In which language and as what kind of file."""

    texts: Texts
    suffix: str


@router.get("/patients/{person}/print")
async def print_it(
    desk: ReaderDesk, person: str, what: Audience | Document, language: Language, how: How = "pdf"
) -> Response:
    """Return a print of the plan, or a sheet beside it, as paper or for the screen."""
    work = partial(_printed, desk, person, what, asked=_Asked(texts_of(language), f".{how}"))
    return await (on_paper(desk.request, desk.user, work) if how == "pdf" else run_in_threadpool(work))


@router.get("/patients/{person}/visits.ics")
def calendar(desk: ReaderDesk, person: str, language: Language = "nb") -> Response:
    """Return the plan's visits as a calendar."""
    found, asked = _to_print(desk, person), _Asked(texts_of(language), ".ics")
    return _file(_plan(desk, found, "clinician", asked), asked)


@router.get("/ward/copy.js")
def script() -> Response:
    """Return the script of the copy button."""
    return FileResponse(PAGES / "ward" / "copy.js", media_type="text/javascript")


def _printed(desk: Desk, person: str, what: Audience | Document, *, asked: _Asked) -> Response:
    found = _to_print(desk, person)
    match what:
        case "clinician" | "municipality" | "patient":
            body = _plan(desk, found, what, asked)
        case _:
            body = _sheet(desk, found, what, asked)
    return _file(body, asked)


def _to_print(desk: Desk, person: str) -> Planned:
    """Return the plan to print; refuse one that must not leave the house."""
    patient = patient_at(desk, person)
    refuse_to_print(patient.course)
    state = plan_in(patient.course)
    if state is None:
        raise Problem(None, "no_plan")
    found = planned(patient.course, state, patient.seen.basis, desk.record.screening.overlay)
    desk.saw(patient.id, "print")
    return found


def _plan(desk: Desk, found: Planned, audience: Audience, asked: _Asked) -> bytes:
    """Return the plan; on screen its style is linked, since a page's own style is forbidden."""
    ruleset, texts = desk.record.screening.ruleset, asked.texts
    if asked.suffix == ".html":
        limits, style = limits_in_words(ruleset, texts), f"/print/{STYLES[audience]}"
        page = render_html(found.plan, texts, printed=desk.today, limits=limits, audience=audience, stylesheet=style)
        return page.encode()
    return rendered(found.plan, asked.suffix, ruleset=ruleset, texts=texts, printed=desk.today, audience=audience)


def _sheet(desk: Desk, found: Planned, name: str, asked: _Asked) -> bytes:
    overlay, texts = desk.record.screening.overlay, asked.texts
    if asked.suffix == ".html":
        document = document_of(name, found.case, found.plan, texts=texts, local=overlay.checklist if overlay else ())
        style = f"/print/{STYLES['clinician']}"
        return as_html(document, found.plan, texts, printed=desk.today, stylesheet=style).encode()
    return sheet(Sheet(name, asked.suffix, desk.today), found.case, found.plan, texts=texts, overlay=overlay)


def _file(body: bytes, asked: _Asked) -> Response:
    headers = {
        "Content-Disposition": f'inline; filename="plan{asked.suffix}"',
        "Content-Language": asked.texts.language,
    }
    return Response(body, headers=headers, media_type=TYPES[asked.suffix])
