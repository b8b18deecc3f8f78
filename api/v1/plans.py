"""A patient's plan as it stands, on screen and in print; nothing is printed for someone dead or of a blocked record."""

from __future__ import annotations

import json
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.people.user import User
from api.people.who import needs
from api.planning import epikrise_section, rendered
from api.printing import on_paper
from api.record.courses import Seen
from api.record.plans import Planned, plan_in, planned
from api.record.record import by
from api.storage.access_log import Seen as Logged
from api.v1.asking import PersonId, etag, now, record_of
from api.v1.documents import answers_with, problems
from api.v1.languages import Language, texts_for
from api.v1.patients import seen_course
from api.v1.problems import Problem
from careplans.course.state import Course
from careplans.print import Audience
from engine.texts import Texts
from rules.times import oslo_day

router = APIRouter(tags=["plans"])
Reader = Annotated[User, Depends(needs("read"))]
InLanguage = Annotated[Language | None, Query(description="The language; else that of `Accept-Language`.")]
ForWhom = Annotated[Audience, Query(description="Whom the print is for.")]
TYPES = {".pdf": "application/pdf", ".html": "text/html", ".ics": "text/calendar"}
PLAN = "The plan (`retthjem/plan/1`)."
SHOWN = answers_with("application/json", PLAN) | problems(404)
PRINTED = {suffix: answers_with(kind, PLAN) | problems(403, 404, 409, 503) for suffix, kind in TYPES.items()}
SECTION = answers_with("application/json", "The plan section, in words and in parts.") | problems(403, 404, 409)


@router.get(
    "/patients/{patient}/plan",
    response_class=Response,
    responses=SHOWN,
)
def read_plan(request: Request, user: Reader, patient: PersonId, language: InLanguage = None) -> Response:
    """Return the plan that runs, else the newest, with the dates that it has now."""
    seen = seen_course(request, user, patient)
    texts = texts_for(request.headers, language)
    body = _rendered(request, _planned(request, seen), ".json", texts=texts)
    headers = {"ETag": etag(seen.stream.version), "Content-Language": texts.language}
    return Response(body, headers=headers, media_type="application/json")


@router.get(
    "/patients/{patient}/plan.pdf",
    response_class=Response,
    responses=PRINTED[".pdf"] | problems(503),
)
async def print_pdf(
    request: Request, user: Reader, patient: PersonId, language: InLanguage = None, audience: ForWhom = "clinician"
) -> Response:
    """Return the plan as a tagged PDF; where many print, it is refused for a moment."""
    work = partial(_printed, request, user, patient, suffix=".pdf", language=language, audience=audience)
    return await on_paper(request, user, work)


@router.get(
    "/patients/{patient}/plan.html",
    response_class=Response,
    responses=PRINTED[".html"],
)
def print_html(
    request: Request, user: Reader, patient: PersonId, language: InLanguage = None, audience: ForWhom = "clinician"
) -> Response:
    """Return the plan as a page."""
    return _printed(request, user, patient, suffix=".html", language=language, audience=audience)


@router.get(
    "/patients/{patient}/plan.ics",
    response_class=Response,
    responses=PRINTED[".ics"],
)
def print_calendar(
    request: Request, user: Reader, patient: PersonId, language: InLanguage = None, audience: ForWhom = "clinician"
) -> Response:
    """Return the plan's visits as a calendar, which is alike for every reader."""
    return _printed(request, user, patient, suffix=".ics", language=language, audience=audience)


@router.get("/patients/{patient}/epikrise", response_class=Response, responses=SECTION)
def read_epikrise(request: Request, user: Reader, patient: PersonId, language: InLanguage = None) -> Response:
    """Return the epikrise's plan section, and which of the elements a receiver needs it holds."""
    found = _to_print(request, user, patient)
    texts = texts_for(request.headers, language)
    section: dict[str, Any] = epikrise_section(found.case, found.plan, texts).as_json
    body = json.dumps(section, ensure_ascii=False)
    return Response(body, headers={"Content-Language": texts.language}, media_type="application/json")


def _printed(
    request: Request, user: User, patient: str, *, suffix: str, language: Language | None, audience: Audience
) -> Response:
    found = _to_print(request, user, patient)
    texts = texts_for(request.headers, language)
    body = _rendered(request, found, suffix, texts=texts, audience=audience)
    headers = {"Content-Disposition": f'inline; filename="plan{suffix}"', "Content-Language": texts.language}
    return Response(body, headers=headers, media_type=TYPES[suffix])


def _to_print(request: Request, user: User, patient: str) -> Planned:
    """Return the plan to print; refuse one that must not leave the house."""
    seen = seen_course(request, user, patient)
    refuse_to_print(seen.stream.course)
    found = _planned(request, seen)
    record_of(request).writer.run_log([Logged(seen.stream.person, "printed", by(user))])
    return found


def refuse_to_print(course: Course) -> None:
    """Refuse what must not leave the house: prints of a blocked record, or about someone dead."""
    if course.blocked:
        raise Problem(None, "record_blocked")
    if course.died is not None:
        raise Problem(None, "patient_has_died")


def _planned(request: Request, seen: Seen) -> Planned:
    state = plan_in(seen.stream.course)
    if state is None:
        raise Problem(None, "no_plan")
    overlay = record_of(request).screening.overlay
    return planned(seen.stream.course, state, seen.basis, overlay)


def _rendered(
    request: Request, found: Planned, suffix: str, *, texts: Texts, audience: Audience = "clinician"
) -> bytes:
    """Return the plan as a file."""
    ruleset = record_of(request).screening.ruleset
    return rendered(found.plan, suffix, ruleset=ruleset, texts=texts, printed=oslo_day(now()), audience=audience)
