"""The simulator's page: choose policies and capacities, and see what follows; one simulation at a time on a server.

A simulation is pure Python and takes about a second, so it runs on a thread beside the event loop, is bounded by what
the form offers, and is kept: the same choices give the same answer.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from api.simulating.asked import ALONE, REPLICATIONS, SIDES, Asked, Wrong, asked, fields
from api.simulating.assumptions import assumed
from api.simulating.chart import chart
from api.simulating.told import in_words, policy_name, routes, rows
from api.ward.desk import Desk, desk_for
from engine.texts import Texts
from engine.words import number
from population.simulator.flow import SHORT_TERM
from population.simulator.policy import CAPACITIES, CGA, READY, Policy, ready
from population.simulator.pool import made_up_pool
from population.simulator.results import Result, simulate

router = APIRouter(include_in_schema=False)
AnalystDesk = Annotated[Desk, Depends(desk_for("figures"))]
PATIENCE, KEPT = 5.0, 32
CHARTED = (CGA, SHORT_TERM)
View = dict[str, Any]
Question = tuple[object, ...]


class Busy(Exception):
    """Another simulation is under way, and takes its time."""


@dataclass(slots=True)
class _Answers:
    """Results by what was asked; the oldest are let go."""

    kept: OrderedDict[Question, Result]
    turn: Lock

    def of(self, question: Asked) -> Result:
        key = (question.policies, question.room, question.weeks)
        if not self.turn.acquire(timeout=PATIENCE):
            raise Busy
        try:
            if key not in self.kept:
                policies = question.tried()
                self.kept[key] = simulate(policies, made_up_pool(policies), question.runs())
            while len(self.kept) > KEPT:
                self.kept.popitem(last=False)
            return self.kept[key]
        finally:
            self.turn.release()


ANSWERS = _Answers(OrderedDict(), Lock())


@router.get("/styring/simulator")
def simulator(desk: AnalystDesk) -> Response:
    """Show the form and, where it was sent, what follows."""
    query = desk.request.query_params
    question = asked(query)
    shown: View = {"form": form_view(question, desk.t), "result": None, "busy": False}
    if SIDES[0] not in query:
        return desk.page("simulator", **shown)
    if question.wrong:
        return desk.page("simulator", status=422, **shown)
    try:
        return desk.page("simulator", **shown | {"result": result_view(ANSWERS.of(question), desk.t)})
    except Busy:
        return desk.page("simulator", status=503, **shown | {"busy": True})


def form_view(question: Asked, texts: Texts) -> View:
    """Return the form as it was filled in, with what is wrong in it."""
    wrong = {fields(each.side)[each.name]: _wrong(each, texts) for each in question.wrong}
    return {
        "sides": [_side(place, question, wrong, texts=texts) for place in range(len(SIDES))],
        "weeks": [(str(each), each == question.weeks) for each in REPLICATIONS],
        "wrong": [(fields(each.side)[each.name], _wrong_in(each, texts)) for each in question.wrong],
    }


def _side(place: int, question: Asked, wrong: Mapping[str, str], *, texts: Texts) -> View:
    side, chosen = SIDES[place], question.policies[place]
    choices = [(name, texts(f"simulator.policies.{name}"), name == chosen) for name in READY]
    if place:
        choices.append((ALONE, texts("simulator.alone"), chosen == ALONE))
    own = ready(chosen if chosen in READY else READY[0]).capacity
    ids = fields(side)
    return {
        "id": side,
        "title": texts(f"simulator.{side}"),
        "choices": choices,
        "room": [
            {
                "id": ids[name],
                "label": texts(f"simulator.capacity.{name}"),
                "value": question.written[ids[name]],
                "own": number(getattr(own, name), texts),
                "wrong": wrong.get(ids[name]),
            }
            for name in CAPACITIES
        ],
    }


def _wrong(each: Wrong, texts: Texts) -> str:
    key = "simulator.wrong_whole" if each.whole else "simulator.wrong_number"
    return texts(key, low=number(each.low, texts), high=number(each.high, texts))


def _wrong_in(each: Wrong, texts: Texts) -> str:
    where = {"side": texts(f"simulator.{each.side}"), "field": texts(f"simulator.capacity.{each.name}")}
    return texts("simulator.wrong_in", **where, wrong=_wrong(each, texts))


def result_view(result: Result, texts: Texts) -> View:
    """Return a result in words and charts."""
    names = [_named(each, texts) for each in result.policies]
    return {
        "names": names,
        "columns": [*names, texts("simulator.difference")] if len(names) > 1 else names,
        "about": texts("simulator.number_of", replications=result.runs.replications, weeks=result.runs.weeks),
        "rows": list(rows(result, texts)),
        "queues": [_queue_view(result, queue, texts) for queue in CHARTED],
        "routes": list(routes(result, texts)) if len(names) > 1 else None,
        "assumptions": assumed(result, texts, made_up=True),
    }


def _named(policy: Policy, texts: Texts) -> str:
    """Return what a policy is called, with the capacities that are not its own."""
    own, room = ready(policy.name).capacity, policy.capacity
    other = (name for name in CAPACITIES if getattr(room, name) != getattr(own, name))
    said = [
        texts("simulator.room", capacity=texts(f"simulator.capacity.{name}"), value=number(getattr(room, name), texts))
        for name in other
    ]
    name = policy_name(policy, texts)
    return texts("simulator.named", policy=name, room=", ".join(said)) if said else name


def _queue_view(result: Result, queue: str, texts: Texts) -> View:
    service = texts(f"simulator.service.{queue}")
    weeks = range(result.runs.weeks)
    places = range(len(result.policies))
    return {
        "id": queue,
        "title": texts("simulator.queue_over_time", service=service),
        "told": texts("simulator.queue_chart", service=service, weeks=result.runs.weeks),
        "chart": chart(result, queue),
        "weeks": [
            (week + 1, [in_words(result.queue(queue, week, at), "queue", texts) for at in places]) for week in weeks
        ],
    }
