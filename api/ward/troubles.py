"""What a page answers when something is otherwise than asked: kindly, in words, and with a way on.

A machine gets problem details for the same thing (`api/v1/problems.py`); which of them asks is told by the path and by
what it accepts.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.people.answers import wants_page
from api.people.user import User
from api.people.who import session_of
from api.record.courses import Changed, NoSuchPatient, NotYours
from api.refusals import refusal_in_words
from api.v1.languages import chosen_texts
from api.v1.problems import Problem, status_of
from api.ward.desk import Desk
from engine.errors import Refusal

FRAMEWORK = {404: "gone", 405: "gone", 413: "too_large"}


def answer_troubles(app: FastAPI) -> None:
    """Answer people with a page where the application would answer a machine; call it after every other handler."""
    for kind in (Refusal, NoSuchPatient, NotYours, Changed, RequestValidationError, HTTPException):
        machine = app.exception_handlers.get(kind)
        app.add_exception_handler(kind, _for_people(machine))


def _for_people(machine: Any) -> Any:
    async def answer(request: Request, error: Exception) -> Response:
        user = await _user(request) if wants_page(request) else None
        if user is None:
            if machine is None:
                raise error
            answered: Response = await machine(request, error)
            return answered
        return _page(request, user, error)

    return answer


async def _user(request: Request) -> User | None:
    """Return who asks, also at an address that no page has and nobody was asked for."""
    known: User | None = getattr(request.state, "user", None)
    session = None if known else await session_of(request)
    request.state.session = session or getattr(request.state, "session", None)
    return known or (session.user if session else None)


def _page(request: Request, user: User, error: Exception) -> Response:
    texts = chosen_texts(request)
    desk = Desk(request, user, request.app.state.record, texts, datetime.now(UTC))
    status, code = _told(error)
    said = refusal_in_words(error, texts) if isinstance(error, Refusal) else texts(f"trouble.{code}.said")
    request.state.problem = error.code if isinstance(error, Refusal) else code
    page = desk.page("trouble", status=status, code=code, said=said, back=request.headers.get("referer", "/"))
    page.headers.update(error.headers if isinstance(error, Problem) else {})
    return page


def _told(error: Exception) -> tuple[int, str]:
    match error:
        case NoSuchPatient():
            return 404, "no_such_patient"
        case NotYours():
            return 403, "not_yours"
        case Changed():
            return 409, "changed"
        case Refusal():
            return status_of(error), "refused"
        case HTTPException():
            return error.status_code, FRAMEWORK.get(error.status_code, "gone")
    return 422, "misread"
