"""The pages of the figures to steer by: all of them by chapter, and each over time or part by part."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.steering.one_view import by_part, is_part, of_part, over_time
from api.steering.sheet import sheet_of
from api.steering.shown import Shown, shown_to
from api.steering.view import besides_in_words, chapters
from api.steering.words import period as period_in_words
from api.steering.words import share_words
from api.ward.desk import Desk, desk_for
from engine.words import number
from population.steering.counting import ALL
from population.steering.figures import Figure, figures, limit

router = APIRouter(include_in_schema=False)
AnalystDesk = Annotated[Desk, Depends(desk_for("figures"))]
FILE = "styringstall.csv"
Named = Annotated[str | None, Query(max_length=200)]


@router.get("/styring")
def overview(desk: AnalystDesk, hospital: Named = None) -> Response:
    """Show the newest of every figure."""
    shown = shown_to(desk.record, desk.user, hospital or None)
    told: dict[str, Any] = {
        "chapters": list(chapters(shown, desk.t)),
        "besides": tuple(besides_in_words(shown, desk.t)),
    }
    return desk.page("figures", shown=shown, **told, **_about(shown, desk))


@router.get("/styring.csv")
def sheet(desk: AnalystDesk, hospital: Named = None, figure: Named = None) -> Response:
    """Return all figures, or one of them, as a file that a Norwegian spreadsheet opens."""
    shown = shown_to(desk.record, desk.user, hospital or None)
    if figure and figure not in figures():
        raise HTTPException(404)
    tables = [each for each in shown.published.tables if each.figure == figure] if figure else None
    head = {"Content-Disposition": f'attachment; filename="{FILE}"', "Cache-Control": "no-store"}
    return Response(sheet_of(shown, desk.t, tables=tables), media_type="text/csv; charset=utf-8", headers=head)


@router.get("/styring/{figure}")
def one(
    desk: AnalystDesk,
    figure: str,
    hospital: Named = None,
    by: Named = None,
    part: Named = None,
    period: Named = None,
) -> Response:
    """Show a figure over time, of the whole hospital or one part, or part by part in a period."""
    found = figures().get(figure)
    if found is None or (by and by not in (ALL, *found.breakdowns)):
        raise HTTPException(404)
    shown = shown_to(desk.record, desk.user, hospital or None)
    breakdown = by or ALL
    if breakdown == ALL:
        page = over_time(shown, found, desk.t)
    elif part:
        if not is_part(shown, breakdown, part):
            raise HTTPException(404)
        page = of_part(shown, found, breakdown, part=part, texts=desk.t)
    else:
        page = by_part(shown, found, breakdown, first=_day(period), texts=desk.t, live=desk.record.figures.inhabitants)
    return desk.page(
        "figure", page=page, by=breakdown, part=part, ways=_ways(found), shown=shown, **_about(shown, desk)
    )


def _day(said: str | None) -> date | None:
    """Return the first day of the period that was asked for; what is no day asks for the newest."""
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        return None


def _ways(figure: Figure) -> tuple[str, ...]:
    return (ALL, *figure.breakdowns)


def _about(shown: Shown, desk: Desk) -> dict[str, Any]:
    """Return what every page of the figures says of what it shows."""
    return {
        "until": period_in_words(max(shown.months), "month", desk.t) if shown.months else None,
        "close_after": limit("close_after_days"),
        "fewest": limit("fewest"),
        "fewest_points": limit("fewest_points"),
        "share_words": share_words,
        "said": lambda value: number(round(value, 1), desk.t),
        "asked": f"?hospital={shown.hospital}" if len(shown.hospitals) > 1 else "",
    }
