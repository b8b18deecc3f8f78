"""Version 1 put on the application: its routes under one prefix, and the answers to what is refused."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from api.v1 import screenings
from api.v1.problems import answer_problems

PREFIX = "/api/v1"
PARTS = (screenings,)


def register(app: FastAPI) -> None:
    """Put version 1 on the application."""
    every = APIRouter(prefix=PREFIX)
    for part in PARTS:
        every.include_router(part.router)
    app.include_router(every)
    answer_problems(app)
