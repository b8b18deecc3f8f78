"""What went otherwise than asked, and what there is to tell beside an answer, as FHIR's OperationOutcome.

Whatever is refused under `/fhir` is worked out as a problem first, by the same rules as for the HTTP API; here it is
only said in FHIR's way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import FastAPI, Request
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from api.refusals import refusal_in_words
from api.v1.languages import texts_for
from api.v1.problems import PROBLEM, Problem, status_of
from api.v1.problems import too_large as problem_too_large
from engine.errors import Refusal
from engine.texts import Texts

FHIR_JSON = "application/fhir+json"
PREFIX = "/fhir"
CODES = "urn:retthjem:problems"
"""The system of our own codes, which stand in `details` for a machine to tell one refusal from another."""

Severity = Literal["fatal", "error", "warning", "information"]
Handler = Callable[[Request, Any], Awaitable[Response]]

ISSUE_TYPES: Mapping[str, str] = {
    "store_full": "no-store",
    "store_locked": "lock-error",
    "too_many_requests": "throttled",
    "not_known_here": "code-invalid",
    "precondition_missing": "required",
    "query_unknown": "not-supported",
    "format_unknown": "not-supported",
    "fhir_type_unknown": "not-supported",
}
"""FHIR's own word for a code of ours, where the status does not say it."""

BY_STATUS: Mapping[int, str] = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    409: "conflict",
    412: "conflict",
    413: "too-long",
    415: "not-supported",
    422: "processing",
    428: "required",
    429: "throttled",
    503: "transient",
    507: "no-store",
}
"""FHIR's word for a status (value set `issue-type`, which is required)."""

IN_BUNDLE = re.compile(r"entry\[(?P<n>[0-9]+)\] (?P<kind>[A-Z][A-Za-z]+)(?P<rest>(?:\.[A-Za-z]+(?:\[[0-9]+\])?)*)")
IN_RESOURCE = re.compile(r"[A-Z][A-Za-z]+(?:\.[A-Za-z]+(?:\[[0-9]+\])?)*")


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to tell: FHIR's type of it, our code, the words, and where in what was sent."""

    type: str
    code: str
    said: str
    where: str | None = None
    severity: Severity = "error"


def operation_outcome(issues: Iterable[Issue], language: str) -> dict[str, Any]:
    """Return issues as an OperationOutcome in a language; there is at least one."""
    return {"resourceType": "OperationOutcome", "language": language, "issue": [_issue(each) for each in issues]}


def outcome_of(error: Refusal, texts: Texts) -> dict[str, Any]:
    """Return a refusal as an OperationOutcome, with the same words as anywhere else."""
    said = refusal_in_words(error, texts)
    return operation_outcome(
        [Issue(issue_type(error.code, status_of(error)), error.code, said, error.where)], texts.language
    )


def issue_type(code: str, status: int) -> str:
    """Return FHIR's word for a refusal."""
    return ISSUE_TYPES.get(code) or BY_STATUS.get(status, "processing")


def fhir_path(where: str | None) -> str | None:
    """Return a place of ours as FHIRPath; None for one that is not inside a resource."""
    if where is None:
        return None
    inside = IN_BUNDLE.fullmatch(where)
    if inside:
        return f"Bundle.entry[{inside['n']}].resource{inside['rest']}"
    return where if IN_RESOURCE.fullmatch(where) else None


def answer_outcomes(app: FastAPI) -> None:
    """Let every refusal under `/fhir` be said as an OperationOutcome; call it when all handlers are there."""
    for kind, plain in list(app.exception_handlers.items()):
        app.exception_handlers[kind] = _in_fhir(plain)


async def too_large(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request that says itself that it is too large; it stands outside the application."""
    if not is_fhir(scope["path"]):
        await problem_too_large(scope, receive, send)
        return
    texts = texts_for(Headers(scope=scope))
    content = outcome_of(Problem(None, "body_too_large"), texts)
    await JSONResponse(content, 413, {"Content-Language": texts.language}, FHIR_JSON)(scope, receive, send)


def is_fhir(path: str) -> bool:
    """Return whether a path is one of the FHIR interface."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def _in_fhir(plain: Any) -> Handler:
    async def answered(request: Request, error: Any) -> Response:
        answer: Response = await plain(request, error)
        is_problem = answer.headers.get("content-type", "").startswith(PROBLEM)
        return _as_outcome(answer) if is_problem and is_fhir(request.url.path) else answer

    return answered


def _as_outcome(answer: Response) -> Response:
    """Return a problem as an OperationOutcome, with the headers it had."""
    said = json.loads(bytes(answer.body))
    words = ". ".join(filter(None, (said["title"], said.get("detail"))))
    issue = Issue(issue_type(said["code"], answer.status_code), said["code"], words, said.get("where"))
    content = operation_outcome([issue], answer.headers["content-language"])
    kept = {name: value for name, value in answer.headers.items() if name not in {"content-length", "content-type"}}
    return JSONResponse(content, answer.status_code, kept, FHIR_JSON)


def _issue(issue: Issue) -> dict[str, Any]:
    path = fhir_path(issue.where)
    return {
        "severity": issue.severity,
        "code": issue.type,
        "details": {"coding": [{"system": CODES, "code": issue.code}], "text": issue.said},
        **({"expression": [path]} if path else {}),
    }
