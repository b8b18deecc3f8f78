"""What someone who is turned away sees: a problem as JSON, or a page that says kindly what to do."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.people.paths import own_path
from api.people.refused import Denied, NotSignedIn
from api.v1.languages import texts_for

PAGES = Path(__file__).parent.parent / "pages"
MACHINES = ("/api/", "/fhir/", "/cds-services")
HTMX = "hx-request"
UNSAVED = "unsaved"
"""What an address carries when someone was signed out, and what they sent then was not stored."""


def answer_denied(app: FastAPI) -> None:
    """Let the application answer those who are turned away."""

    @app.exception_handler(Denied)
    async def denied(request: Request, why: Denied) -> Response:
        request.state.problem = why.code
        if not wants_page(request):
            return problem(request, why)
        if isinstance(why, NotSignedIn):
            return _to_sign_in(request, why)
        texts = texts_for(request.headers)
        return page("denied.html.jinja", status=why.status, headers=why.headers, t=texts, code=why.code)


def problem(request: Request, why: Denied) -> JSONResponse:
    """Return why a request is turned away, for a machine (RFC 9457)."""
    texts = texts_for(request.headers)
    said = {"title": texts(f"denied.{why.code}.title"), "detail": texts(f"denied.{why.code}.detail")}
    content = {"type": f"/problems/{why.code}", "status": why.status, "code": why.code, **said}
    headers = why.headers | {"Content-Language": texts.language}
    return JSONResponse(content, why.status, headers, media_type="application/problem+json")


def page(template: str, *, status: int = 200, headers: dict[str, str] | None = None, **shown: Any) -> HTMLResponse:
    """Return a page of the entrance."""
    return HTMLResponse(_pages().get_template(template).render(**shown), status, headers)


@cache
def _pages() -> Environment:
    return Environment(
        loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def wants_page(request: Request) -> bool:
    """Return whether a person's browser asks for a page, and not a machine for data."""
    accepts = "text/html" in request.headers.get("accept", "") or HTMX in request.headers
    return accepts and not request.url.path.startswith(MACHINES)


def _to_sign_in(request: Request, why: NotSignedIn) -> Response:
    """Return the way to the sign-in and back to where the person was."""
    ended = {"ended": "1"} if why.code == "session_ended" else {}
    to = f"/signin?{urlencode({'next': own_path(_back_to(request)), **ended})}"
    if HTMX in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": to})
    return RedirectResponse(to, 303)


def _back_to(request: Request) -> str:
    """Return the page to come back to, which says when what was sent from it was not stored."""
    was_at = _was_at(request)
    if request.method == "GET" or f"{UNSAVED}=1" in was_at:
        return was_at
    return f"{was_at}{'&' if '?' in was_at else '?'}{UNSAVED}=1"


def _was_at(request: Request) -> str:
    """Return the page the person looked at: a form's own address may have none to show."""
    shown = request.headers.get("hx-current-url") or request.headers.get("referer")
    if shown and (request.method != "GET" or HTMX in request.headers):
        with suppress(ValueError):  # what is no address was on no page
            parts = urlsplit(shown)
            return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
