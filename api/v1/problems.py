"""What went otherwise than asked, as problem details (RFC 9457): a code, a status, and words in the caller's language.

`Problem` is for what HTTP has a status for; `InputError` from further in is a 422. No answer repeats what was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from api.record.courses import Changed, NoSuchPatient, NotYours
from api.refusals import refusal_in_words
from api.storage.failures import StoreUnavailable
from api.v1.languages import texts_for
from engine.errors import InputError, MachineLacks, Refusal
from engine.texts import Texts

PROBLEM = "application/problem+json"
BAD_REQUEST = 400
RETRY = {"Retry-After": "5"}
STATUS: Mapping[str, int] = {
    "bad_request": 400,
    "identity_in_address": 400,
    "one_patient_at_a_time": 400,
    "search_parameter_unknown": 400,
    "search_value_wrong": 400,
    "search_without_patient": 400,
    "empty": 400,
    "hook_field_missing": 400,
    "hook_field_wrong": 400,
    "hook_of_another_service": 400,
    "json_damaged": 400,
    "not_utf8": 400,
    "may_not_record": 403,
    "record_blocked": 403,
    "fhir_type_unknown": 404,
    "not_found": 404,
    "no_plan": 404,
    "method_not_allowed": 405,
    "format_unknown": 406,
    "message_withdrawn": 409,
    "patient_has_died": 409,
    "changed_meanwhile": 412,
    "body_too_large": 413,
    "too_large": 413,
    "not_a_search_form": 415,
    "not_json": 415,
    "not_xml": 415,
    "message_id_reused": 409,
    "precondition_missing": 428,
    "printer_busy": 503,
    "screening_busy": 503,
    "store_full": 507,
}
"""The statuses of codes; any other is 422, and 503 where it is the store or the machine that cannot."""

BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}
"""What the framework itself refuses, by its status."""


class Problem(Refusal):
    """The answer is another than was asked for; `members` say more, and are never anything that was sent."""

    def __init__(
        self,
        where: str | None,
        code: str,
        /,
        *,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
        **values: object,
    ) -> None:
        super().__init__(where, code, **values)
        self.headers, self.members = headers or {}, members or {}


class Unreadable(Exception):
    """A body that cannot be read, whatever is wrong in it: a 400."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def answer_problems(app: FastAPI) -> None:
    """Let the application answer every refusal as problem details, also those of the framework."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, error: Refusal) -> JSONResponse:
        return _answer(request, error)

    @app.exception_handler(NoSuchPatient)
    async def unknown(request: Request, _: NoSuchPatient) -> JSONResponse:
        return _answer(request, Problem(None, "not_found"))

    @app.exception_handler(NotYours)
    async def not_yours(request: Request, _: NotYours) -> JSONResponse:
        return _answer(request, Problem("kind", "may_not_record"))

    @app.exception_handler(Changed)
    async def changed(request: Request, error: Changed) -> JSONResponse:
        return _answer(request, Problem(None, "changed_meanwhile", members={"version": error.version}))

    @app.exception_handler(Unreadable)
    async def unreadable(request: Request, error: Unreadable) -> JSONResponse:
        return _answer(request, error.refusal, BAD_REQUEST)

    @app.exception_handler(DataError)
    async def unstorable(request: Request, _: DataError) -> JSONResponse:
        return _answer(request, Problem(None, "not_storable"))

    @app.exception_handler(RequestValidationError)
    async def misread(request: Request, error: RequestValidationError) -> JSONResponse:
        return _answer(request, parameter_wrong(error))

    @app.exception_handler(HTTPException)
    async def by_framework(request: Request, error: HTTPException) -> JSONResponse:
        why = Problem(None, BY_STATUS.get(error.status_code, "bad_request"), headers=error.headers)
        return _answer(request, why, error.status_code)


async def too_large(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request that says itself that it is too large; it stands outside the application."""
    texts = texts_for(Headers(scope=scope))
    await problem(Problem(None, "body_too_large"), texts)(scope, receive, send)


def problem(error: Refusal, texts: Texts, status: int | None = None) -> JSONResponse:
    """Return a refusal as problem details."""
    status = status or status_of(error)
    content = {
        "type": f"/problems/{error.code}",
        "title": refusal_in_words(error, texts),
        "status": status,
        "code": error.code,
        **({"where": error.where} if error.where else {}),
        **(error.members if isinstance(error, Problem) else {}),
    }
    headers = dict(error.headers) if isinstance(error, Problem) else {}
    if isinstance(error, StoreUnavailable):
        headers |= RETRY
    return JSONResponse(content, status, headers | {"Content-Language": texts.language}, media_type=PROBLEM)


def status_of(error: Refusal) -> int:
    """Return the status of a refusal."""
    cannot = isinstance(error, MachineLacks | StoreUnavailable)
    return STATUS.get(error.code, 503 if cannot else 422)


def parameter_wrong(error: RequestValidationError) -> InputError:
    """Return which parameter is wrong: its name is ours, and its value is not repeated."""
    place = error.errors()[0]["loc"][:2]
    return InputError(".".join(map(str, place)), "parameter_wrong")


def _answer(request: Request, error: Refusal, status: int | None = None) -> JSONResponse:
    request.state.problem = error.code
    return problem(error, texts_for(request.headers), status)
