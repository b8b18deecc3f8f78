"""A body over the limit is a 413 that the application words itself, before more than the limit is read."""

from __future__ import annotations

import socket
import time

import pytest
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as AnyHTTPException

from api.body_limit import SaidLength
from api.observing.metrics import Metrics
from api.observing.requests import Observed
from api.observing.templates import Templates
from tests.observing.conftest import Log
from tests.observing.serving import exchange, served

LIMIT = 10_000
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"


def too_large() -> JSONResponse:
    """Return the answer as the application says it."""
    return JSONResponse({"status": 413}, 413, media_type="application/problem+json")


def limited(done: list[str] | None = None) -> FastAPI:
    """Return an application that takes small bodies, and notes what it did."""
    app = FastAPI(max_body_size=LIMIT)

    @app.exception_handler(AnyHTTPException)
    async def refuse(_: Request, error: HTTPException) -> JSONResponse:
        assert error.status_code == 413
        return too_large()

    @app.post("/")
    def take(sent: dict[str, str]) -> int:
        return len(sent)

    @app.post("/no-body")
    def do() -> None:
        (done if done is not None else []).append("done")

    return app


def within(done: list[str] | None = None) -> Observed:
    """Return it as it is served."""
    app = limited(done)
    return Observed(SaidLength(app, most=LIMIT, refusal=too_large()), Templates(app), Metrics(version="0"))


def said(size: int) -> bytes:
    """Return a request that says how long it is."""
    body = b'{"a": "' + b"x" * (size - 9) + b'"}'
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


def in_chunks(size: int) -> bytes:
    """Return a request that does not say how long it is."""
    body = said(size).split(b"\r\n\r\n")[1]
    chunks = [body[at : at + 4_000] for at in range(0, size, 4_000)]
    sent = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + sent + b"0\r\n\r\n"


@pytest.mark.parametrize("form", [said, in_chunks])
def test_a_body_within_the_limit_is_taken_and_one_over_it_refused_as_a_problem(log: Log, form) -> None:
    with served(within()) as address:
        assert exchange(address, form(LIMIT)).startswith(b"HTTP/1.1 200 ")
        refused = exchange(address, form(LIMIT + 1))
    assert refused.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in refused
    assert [line["status"] for line in log.named("request")] == [200, 413]


def test_a_body_that_goes_on_is_refused_before_it_has_ended(log: Log) -> None:
    began = time.monotonic()
    with served(within()) as address, socket.create_connection(address, timeout=5) as connection:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        connection.sendall((b"2000\r\n" + b"x" * 0x2000 + b"\r\n") * 2)
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")
    assert time.monotonic() - began < 3


def test_a_length_over_the_limit_is_refused_before_any_of_it_is_sent(log: Log) -> None:
    with served(within()) as address, socket.create_connection(address, timeout=5) as connection:
        connection.sendall(HEAD + b"Content-Length: 999999999\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_nothing_is_done_for_a_request_that_is_refused(log: Log) -> None:
    done: list[str] = []
    with served(within(done)) as address:
        assert exchange(address, said(LIMIT + 1).replace(b" / ", b" /no-body ")).startswith(b"HTTP/1.1 413 ")
        assert done == []
        assert exchange(address, said(LIMIT).replace(b" / ", b" /no-body ")).startswith(b"HTTP/1.1 200 ")
    assert done == ["done"]
