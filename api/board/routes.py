"""The board over HTTP: for a ward's screen by its own cookie, and for those signed in who may see boards."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.routing import APIRoute

from api.board.page import away_page, board_page, choose_page
from api.board.view import board_of
from api.board.wards import may_watch, wards_of
from api.people.user import User
from api.people.who import Watching
from api.record.lists import board
from api.record.record import Record, by
from api.storage.engine import reading
from api.storage.failures import StoreUnavailable
from api.v1.asking import now, record_of
from api.v1.languages import chosen_texts
from engine.texts import Texts

SCRIPT = Path(__file__).parent / "refresh.js"
Wanted = Annotated[str | None, Query(max_length=200)]


class OnTheWall(APIRoute):
    """Answers with a page that tries again, also where the store fails before anyone is let in."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the usual answer, or the page for a lost connection."""
        usual = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await usual(request)
            except StoreUnavailable:
                return HTMLResponse(away_page(chosen_texts(request)), 503)

        return answer


router = APIRouter(include_in_schema=False, route_class=OnTheWall)


@router.get("/tavle")
def show(request: Request, user: Watching, ward: Wanted = None) -> HTMLResponse:
    """Show the board of the one ward of whoever asks, or of the one that was chosen."""
    record, texts = record_of(request), chosen_texts(request)
    if ward is not None and not may_watch(user, ward):
        raise HTTPException(404)
    if ward is None:
        with reading(record.engine) as connection:
            wards = wards_of(connection, user)
        if len(wards) != 1:
            return HTMLResponse(choose_page(wards, texts))
        ward = wards[0]
    return HTMLResponse(_board(record, user, ward, texts))


@router.get("/tavle/refresh.js")
def script() -> FileResponse:
    """Return the script that fetches the board anew."""
    return FileResponse(SCRIPT, media_type="text/javascript")


def _board(record: Record, user: User, ward: str, texts: Texts) -> str:
    """Return the board once each patient on it has a line in the access log."""
    at, who = now(), by(user, f"ward:{ward}")
    with reading(record.engine) as connection:
        found = board(record, connection, ward, by=who, now=at)
    record.writer.run_log([replace(seen, action="board") for seen in found.seen])
    return board_page(board_of(found.rows, ward, texts=texts, now=at), texts)
