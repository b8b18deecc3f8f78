"""The frame around the pages: where one begins, which language one reads, and finding or opening a patient."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from api.people.paths import own_path
from api.v1.languages import LANGUAGE, Language
from api.ward.desk import HOMES, NAVIGATION, Desk, desk_for

router = APIRouter(include_in_schema=False)
AnyDesk = Annotated[Desk, Depends(desk_for("me"))]
A_YEAR = 365 * 24 * 3600


@router.get("/")
def begin(desk: AnyDesk) -> Response:
    """Lead to the first page that the person's role may open."""
    first = next((path for action, path, _ in NAVIGATION if desk.may(action)), "/rules")
    return desk.back_to(HOMES.get(desk.user.role, first))


@router.post("/language")
def speak(desk: AnyDesk, language: Annotated[Language, Form()], back: Annotated[str, Form()] = "/") -> Response:
    """Remember which language the person reads, and show the same page in it."""
    answer = desk.back_to(own_path(back))
    secure = desk.request.app.state.settings.secure
    answer.set_cookie(LANGUAGE, language, max_age=A_YEAR, httponly=True, samesite="lax", secure=secure)
    return answer
