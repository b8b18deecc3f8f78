"""The page about the form on paper, and the blank form itself in three languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.printing import on_paper
from api.v1.languages import LANGUAGES, Language, texts_of
from api.ward.desk import Desk, desk_for
from api.ward.paper.form import paper_html, paper_pdf
from engine.rules import RuleSet
from rules.times import oslo_day

router = APIRouter(include_in_schema=False)
Screener = Annotated[Desk, Depends(desk_for("form"))]
How = Annotated[Literal["pdf", "html"], Query(alias="as")]


@router.get("/paper")
def about(desk: Screener) -> Response:
    """Say when the form on paper is used, print it, and lead to where it is typed in."""
    return desk.page("paper", languages=LANGUAGES)


@router.get("/paper/blank")
def at_the_door(request: Request, language: Language = "nb") -> Response:
    """Return the blank form for anyone, from the sign-in page: it holds nothing of anyone, and a browser prints it."""
    return _shown(request.app.state.record.screening.ruleset, language, oslo_day(datetime.now(UTC)))


@router.get("/paper/form")
async def blank(desk: Screener, language: Language = "nb", how: How = "pdf") -> Response:
    """Return the blank form, as paper or for the screen; it holds nothing of anyone."""
    if how == "pdf":
        return await on_paper(desk.request, desk.user, partial(_printed, desk, language))
    return _shown(desk.record.screening.ruleset, language, desk.today)


def _shown(ruleset: RuleSet, language: Language, today: date) -> Response:
    page = paper_html(ruleset, texts_of(language), printed=today)
    return Response(page, headers={"Content-Language": language}, media_type="text/html")


def _printed(desk: Desk, language: Language) -> Response:
    pdf = paper_pdf(desk.record.screening.ruleset, texts_of(language), printed=desk.today)
    shown = f'inline; filename="rett-hjem-{language}.pdf"'
    headers = {"Content-Language": language, "Content-Disposition": shown}
    return Response(pdf, headers=headers, media_type="application/pdf")
