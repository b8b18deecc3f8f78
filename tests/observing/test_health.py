"""Well only when everything that serving needs is there, and answered in time even where the database never answers."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.testclient import TestClient

from api.observing.health import Healthy, Parts, health_route
from api.observing.probe import Probe, Silent
from engine.errors import MachineLacks, Refusal


def lacking(parts: Parts) -> str | None:
    """Return the code of the part that is lacking."""
    try:
        asyncio.run(Healthy(parts)())
    except Refusal as lacks:
        return lacks.code
    return None


def raising(error: Exception) -> Callable[[], bool]:
    """Return a question that raises."""

    def ask() -> bool:
        raise error

    return ask


@pytest.fixture
def hung() -> Iterator[Callable[[], bool]]:
    released = threading.Event()
    yield released.wait
    released.set()


def test_it_is_well_when_every_part_stands() -> None:
    assert lacking(Parts(schema_is_current=lambda: True, writer_is_alive=lambda: True)) is None


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (Parts(lambda: True, lambda: False), "writer_stopped"),
        (Parts(lambda: False, lambda: True), "schema_not_current"),
        (Parts(raising(OSError("Ola")), lambda: True), "database_silent"),
        (Parts(raising(Refusal(None, "store_gone")), lambda: True), "store_gone"),
    ],
)
def test_it_tells_which_part_is_lacking(parts: Parts, code: str) -> None:
    assert lacking(parts) == code


def test_a_database_that_never_answers_is_told_in_time(hung: Callable[[], bool]) -> None:
    began = time.monotonic()
    assert lacking(Parts(hung, lambda: True, patience=0.05)) == "database_silent"
    assert time.monotonic() - began < 1


def test_a_database_that_hangs_holds_one_thread_however_often_it_is_asked(hung: Callable[[], bool]) -> None:
    asked: list[str] = []

    def ask_and_hang() -> bool:
        asked.append("asked")
        return hung()

    probe = Probe(ask_and_hang, patience=0.02)

    async def ask() -> list[BaseException | bool]:
        return await asyncio.gather(*(probe() for _ in range(20)), return_exceptions=True)

    assert all(isinstance(answer, Silent) for answer in asyncio.run(ask()) + asyncio.run(ask()))
    assert asked == ["asked"]


def test_it_is_well_again_when_the_database_comes_back() -> None:
    gone = [OSError()]

    def current() -> bool:
        if gone:
            raise gone.pop()
        return True

    healthy = Healthy(Parts(current, lambda: True))

    async def ask() -> None:
        with pytest.raises(MachineLacks):
            await healthy()
        await healthy()

    asyncio.run(ask())


def client(parts: Parts) -> TestClient:
    """Return a client of an application with the route, and an answer to errors as the real one has."""
    app = FastAPI()
    app.include_router(health_route(Healthy(parts), "1.0.0"))

    @app.exception_handler(Refusal)
    async def refuse(_: Request, lacks: Refusal) -> JSONResponse:
        return JSONResponse({"code": lacks.code}, 503)

    return TestClient(app)


def test_the_route_says_ok_and_which_rule_set() -> None:
    answer = client(Parts(lambda: True, lambda: True)).get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "ruleset": "1.0.0"})


def test_the_route_says_what_is_lacking() -> None:
    answer = client(Parts(lambda: False, lambda: True)).get("/health")
    assert (answer.status_code, answer.json()) == (503, {"code": "schema_not_current"})
