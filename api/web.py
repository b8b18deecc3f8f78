"""The pages, for now one: it screens a synthetic example and shows the suggestions, the plan and its print."""

from __future__ import annotations

import gc
import json
import socket
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.files import print_out
from api.page_view import page_view
from api.planning import Request as PlanRequest
from api.planning import planned
from api.refusals import refusal_in_words
from api.screening import ROOT, Screening, texts_in
from careplans.calendar import calendar_of
from careplans.parts import Plan
from careplans.print import SHEETS, Audience, limits_in_words, render_html, render_pdf
from engine.errors import InputError, MachineLacks
from engine.texts import Texts
from rules.times import oslo_day

FOLDER = Path(__file__).parent
EXAMPLES = FOLDER / "examples"
PRINT = ROOT / "careplans" / "print"
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def app(screening: Screening, language: str = "nb") -> ASGIApp:
    """Return the application over one rule set."""
    pages = FastAPI(title="Rett hjem", docs_url=None, redoc_url=None)
    texts = texts_in(language)
    limits = limits_in_words(screening.ruleset, texts)

    _serve_files(pages)
    _answer_errors(pages, texts)

    @pages.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok", "ruleset": screening.ruleset.version}

    @pages.get("/", response_class=HTMLResponse)
    def first() -> str:
        return example(next(iter(examples())))

    @pages.get("/examples/{name}", response_class=HTMLResponse)
    def example(name: str) -> str:
        case = screening.read(_example(name))
        assessment = screening.assess(case, None, _now())
        plan = planned(screening, case, PlanRequest(), now=_now())
        view = page_view(case, assessment, plan, texts=texts, ruleset=screening.ruleset)
        shown = {"examples": examples(), "shown": name, "dated": plan.discharge is not None}
        page: str = _page().render(view=view, t=texts, **shown)
        return page

    @pages.get("/examples/{name}/plan", response_class=HTMLResponse)
    def plan_page(name: str, audience: Audience = "clinician") -> str:
        sheet = f"/print/{SHEETS[audience]}"
        plan = _plan(screening, name)
        return render_html(plan, texts, printed=_today(), limits=limits, audience=audience, stylesheet=sheet)

    @pages.get("/examples/{name}/plan.pdf")
    def plan_pdf(name: str, audience: Audience = "clinician") -> Response:
        pdf = render_pdf(_plan(screening, name), texts, printed=_today(), limits=limits, audience=audience)
        return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": "inline; filename=plan.pdf"})

    @pages.get("/examples/{name}/plan.ics")
    def plan_calendar(name: str) -> Response:
        calendar = calendar_of(_plan(screening, name), texts, stamped=_now())
        return Response(calendar, media_type="text/calendar", headers={"Content-Disposition": "filename=plan.ics"})

    return SecureHeaders(pages)


def _serve_files(pages: FastAPI) -> None:
    pages.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    pages.mount("/style", StaticFiles(directory=FOLDER / "style"), name="style")
    pages.mount("/print/fonts", StaticFiles(directory=PRINT / "fonts"), name="fonts")

    @pages.get("/print/{sheet}.css")
    def style(sheet: str) -> Response:
        if f"{sheet}.css" not in SHEETS.values():
            raise HTTPException(404)
        names = ("fonts.css", f"{sheet}.css", "large.css", "narrow.css")
        fonts, own, large, narrow = ((PRINT / name).read_text("utf-8") for name in names)
        # The one column that keeps large letters readable on paper keeps a telephone readable too.
        style = f"{fonts}\n{own}\n@media screen and (max-width: 45rem) {{\n{large}\n{narrow}}}\n"
        return Response(style, media_type="text/css")


def _answer_errors(pages: FastAPI, texts: Texts) -> None:
    @pages.exception_handler(MachineLacks)
    async def lacks(_: Request, lacking: MachineLacks) -> JSONResponse:
        return JSONResponse({"title": refusal_in_words(lacking, texts)}, status_code=503)

    @pages.exception_handler(InputError)
    async def wrong(_: Request, error: InputError) -> JSONResponse:
        return JSONResponse({"title": refusal_in_words(error, texts)}, status_code=422)


class SecureHeaders:
    """Adds the headers to every answer, also to those that an error handler or a mounted folder gives."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with the headers set."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY)
            await send(message)

        await self._app(scope, receive, sending)


def serve(screening: Screening, *, demo: bool, host: str, port: int) -> None:
    """Serve the pages until stopped, after saying what to open."""
    if not demo:
        raise InputError("serve", "only_demo")
    listening = _listening(host, port)
    _ = screening.second
    gc.collect()
    gc.freeze()  # what is loaded now stays, so the collector need not walk it again at every request
    print_out(texts_in("nb")("serve.open", url=f"http://{host}:{listening.getsockname()[1]}/") + "\n")
    server = uvicorn.Server(uvicorn.Config(app(screening), log_level="warning"))
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that a port in use or out of range is known before anything starts."""
    try:
        return socket.create_server((host, port))
    except (OSError, OverflowError):
        raise InputError("--port", "port_not_free") from None


@cache
def examples() -> dict[str, str]:
    """Return the examples' names and what each shows."""
    return {path.stem: json.loads(path.read_text("utf-8"))["shows"] for path in sorted(EXAMPLES.glob("*.json"))}


def _example(name: str) -> bytes:
    if name not in examples():
        raise HTTPException(404)
    content: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))
    return json.dumps(content["case"]).encode()


def _plan(screening: Screening, name: str) -> Plan:
    return planned(screening, screening.read(_example(name)), PlanRequest(), now=_now())


def _now() -> datetime:
    return datetime.now(UTC)


def _today() -> date:
    return oslo_day(_now())


@cache
def _page() -> Any:
    loader = FileSystemLoader(FOLDER / "pages")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("example.html.jinja")
