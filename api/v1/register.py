"""Version 1 put on the application: its routes under one prefix, what it says of them, and how it refuses."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI, Request

from api.people.who import Signed
from api.v1 import administration, drafts, events, lists, messages, outbox, patients, plans, screenings
from api.v1.documents import describe
from api.v1.problems import answer_problems
from engine.errors import InputError

PREFIX = "/api/v1"
PARTS = (screenings, patients, events, plans, lists, messages, outbox, drafts, administration)


async def only_known_query(request: Request, _: Signed) -> None:
    """Refuse a parameter that the route has not: what was meant to narrow an answer must not be passed over."""
    declared = request.scope["route"].dependant.query_params
    if request.query_params.keys() - {each.alias for each in declared}:
        raise InputError("query", "query_unknown")


def register(app: FastAPI) -> None:
    """Put version 1 on the application."""
    every = APIRouter(prefix=PREFIX, dependencies=[Depends(only_known_query)])
    for part in PARTS:
        every.include_router(part.router)
    app.include_router(every)
    answer_problems(app)
    describe(app)
