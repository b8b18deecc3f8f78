"""The demo's tour: what to try, in order, and as whom; a press of a button signs in as that person. Only in a demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from api.demo.staff import user_of
from api.people.cookies import remember
from api.people.demo_issuer import Person, people
from api.people.demo_routes import shown_as
from api.people.entrance import Entrance, entrance_of
from api.people.who import SESSION
from api.ward.desk import Desk, desk_for

router = APIRouter(include_in_schema=False)
AnyDesk = Annotated[Desk, Depends(desk_for("me"))]
Way = Annotated[Entrance, Depends(entrance_of)]


@dataclass(frozen=True, slots=True)
class Step:
    """Something to try: as whom, where it begins, and the patient that it is about."""

    id: str
    person: str
    path: str
    patient: str


STEPS = (
    Step("screen", "ingrid", "/lists/unscreened", "Bjørg Ødegård"),
    Step("review", "henrik", "/lists/team?owner=geriatric_team", "Signe Rønning"),
    Step("choose", "amina", "/lists/team?owner=treating_doctor", "Hjørdis Vestad"),
    Step("print", "amina", "/lists/team", "Anna Margrethe Lien"),
    Step("visit", "tariq", "/lists/late", "Harald Bergseth"),
    Step("evaluate", "tariq", "/lists/municipality", "Turid Skogly"),
    Step("board", "ingrid", "/tavle", "Solbjørg Kvamme"),
    Step("undo", "amina", "/lists/ready", "Reidar Solli"),
)
BY_ID = {step.id: step for step in STEPS}


@router.get("/tour")
def tour(desk: AnyDesk, way: Way) -> Response:
    """Show what to try."""
    _refuse_real(way)
    steps = [(step, shown_as(people()[step.person], desk.t)) for step in STEPS]
    return desk.page("tour", steps=steps, me=desk.user.id)


@router.post("/tour/go")
async def go(desk: AnyDesk, way: Way, step: Annotated[str, Form(max_length=20)]) -> Response:
    """Sign in as the one who does a step, and go where it begins."""
    _refuse_real(way)
    if step not in BY_ID:
        raise HTTPException(404)
    chosen = BY_ID[step]
    return await _as(people()[chosen.person], desk, way, chosen.path)


async def _as(person: Person, desk: Desk, way: Entrance, path: str) -> Response:
    """Begin a session in place of the one that asks."""
    answer = RedirectResponse(path, 303)
    held = desk.request.cookies.get(way.cookie(SESSION))
    remember(answer, way, SESSION, await way.sessions.begin(user_of(person), instead_of=held))
    return answer


def _refuse_real(way: Entrance) -> None:
    """Answer as if the page were not there where people are real."""
    if way.demo is None:
        raise HTTPException(404)
