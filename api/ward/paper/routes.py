"""The page about the form on paper, and the blank form itself in three languages."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from api.v1.languages import LANGUAGES, Language, texts_of
from api.v1.plans import ONE_AT_A_TIME
from api.ward.desk import Desk, desk_for
from api.ward.paper.form import paper_html, paper_pdf

router = APIRouter(include_in_schema=False)
Screener = Annotated[Desk, Depends(desk_for("screen"))]
How = Annotated[Literal["pdf", "html"], Query(alias="as")]


@router.get("/paper")
def about(desk: Screener) -> Response:
    """Say when the form on paper is used, print it, and lead to where it is typed in."""
    return desk.page("paper", languages=LANGUAGES)


@router.get("/paper/form")
def blank(desk: Screener, language: Language = "nb", how: How = "pdf") -> Response:
    """Return the blank form, as paper or for the screen; it holds nothing of anyone."""
    ruleset, texts = desk.record.screening.ruleset, texts_of(language)
    headers: dict[str, str] = {"Content-Language": language}
    if how == "html":
        return Response(paper_html(ruleset, texts, printed=desk.today), headers=headers, media_type="text/html")
    with ONE_AT_A_TIME:
        pdf = paper_pdf(ruleset, texts, printed=desk.today)
    headers["Content-Disposition"] = f'inline; filename="rett-hjem-{language}.pdf"'
    return Response(pdf, headers=headers, media_type="application/pdf")
