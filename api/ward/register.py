"""Which pages there are, put on the application, and what a page answers when something is otherwise than asked."""

from __future__ import annotations

from fastapi import FastAPI

from api.simulating import page as simulator
from api.steering import page as steering
from api.ward import administration, finding, frame, population, tour
from api.ward.assessment import routes as assessment
from api.ward.form import routes as screening
from api.ward.history import access_log
from api.ward.history import pages as history
from api.ward.lists import routes as lists
from api.ward.messages import pages as messages
from api.ward.paper import routes as paper
from api.ward.plan import check as epikrise_check
from api.ward.plan import pages as plan
from api.ward.plan import prints
from api.ward.rules import routes as rules
from api.ward.troubles import answer_troubles

PARTS = (
    frame,
    lists,
    finding,
    screening,
    assessment,
    plan,
    prints,
    epikrise_check,
    messages,
    history,
    access_log,
    rules,
    paper,
    tour,
    administration,
    population,
    simulator,
    steering,
)


def register(app: FastAPI) -> None:
    """Put the pages on the application."""
    for part in PARTS:
        app.include_router(part.router)
    answer_troubles(app)
