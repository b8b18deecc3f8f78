"""The examples' pages: each screens a synthetic patient and shows the suggestions, the plan and its print."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.page_view import page_view
from api.planning import Request as PlanRequest
from api.planning import planned
from api.public_files import files_in
from api.screening import ROOT, Screening, texts_in
from careplans.calendar import calendar_of
from careplans.parts import Plan
from careplans.print import SHEETS, Audience, limits_in_words, render_html, render_pdf
from rules.times import oslo_day

FOLDER = Path(__file__).parent
EXAMPLES = FOLDER / "examples"
PRINT = ROOT / "careplans" / "print"


def example_pages(screening: Screening, language: str = "nb") -> APIRouter:
    """Return the pages of the examples over one rule set; nobody in them is real, and nothing is stored."""
    pages = APIRouter(include_in_schema=False)
    texts = texts_in(language)
    limits = limits_in_words(screening.ruleset, texts)

    @pages.get("/examples", response_class=HTMLResponse)
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

    return pages


def serve_files(pages: FastAPI) -> None:
    """Serve styles, scripts and fonts, which hold nothing of anyone."""
    pages.mount("/static", files_in(FOLDER / "static"), name="static")
    pages.mount("/style", files_in(FOLDER / "style"), name="style")
    pages.mount("/print/fonts", files_in(PRINT / "fonts"), name="fonts")

    @pages.get("/print/{sheet}.css", include_in_schema=False)
    def style(sheet: str) -> Response:
        if f"{sheet}.css" not in SHEETS.values():
            raise HTTPException(404)
        names = ("fonts.css", f"{sheet}.css", "large.css", "narrow.css")
        fonts, own, large, narrow = ((PRINT / name).read_text("utf-8") for name in names)
        # The one column that keeps large letters readable on paper keeps a telephone readable too.
        style = f"{fonts}\n{own}\n@media screen and (max-width: 45rem) {{\n{large}\n{narrow}}}\n"
        return Response(style, media_type="text/css")


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
