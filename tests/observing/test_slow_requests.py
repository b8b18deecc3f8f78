"""Whoever begins a request and does not end it is let go, and keeps nobody else from being answered."""

from __future__ import annotations

import asyncio
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
import uvicorn
from fastapi import FastAPI, Request

from api.observing.logs import UVICORN
from api.slow_requests import FOR_FILES, MOST, Prompt, most_connections
from tests.observing.conftest import Log
from tests.observing.serving import asked, exchange, observed

SOON = 0.5
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n"


class Sooner(Prompt):
    within = SOON


def app() -> FastAPI:
    """Return an application that reads what is sent, and one that takes its time."""
    found = FastAPI()

    @found.post("/")
    async def take(request: Request) -> int:
        return len(await request.body())

    @found.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(2 * SOON)
        return "at last"

    return found


@contextmanager
def served(*, most: int | None = None) -> Iterator[tuple[str, int]]:
    """Serve the application as it is served, but for how long it waits."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(observed(app()), http=Sooner, limit_concurrency=most, **UVICORN)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield listening.getsockname()
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def rest(connection: socket.socket) -> bytes:
    """Return all that comes until the server closes."""
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def answer_on(connection: socket.socket) -> bytes:
    """Return one answer, whose body is the number of letters that were sent."""
    found = b""
    while not found.endswith(b"\r\n\r\n10"):
        found += connection.recv(65_536) or b"nothing more\r\n\r\n10"
    return found


@pytest.mark.parametrize("begun", [b"", b"POST / HT", HEAD, HEAD + b"\r\n", HEAD + b"\r\n12345"], ids=len)
def test_a_request_that_is_not_ended_is_let_go(log: Log, begun: bytes) -> None:
    with served() as address, socket.create_connection(address, timeout=5) as connection:
        began = time.monotonic()
        connection.sendall(begun)
        assert rest(connection).startswith(b"HTTP/1.1 408 ")
        assert SOON * 0.9 < time.monotonic() - began < SOON + 2
    assert not log.named("defect")


def test_a_request_that_drips_is_let_go_too(log: Log) -> None:
    with served() as address, socket.create_connection(address, timeout=5) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            for sent in range(len(HEAD)):
                connection.sendall(HEAD[sent : sent + 1])
                time.sleep(0.05)
        assert sent < len(HEAD) - 1


def test_whoever_waits_for_an_answer_is_not_let_go(log: Log) -> None:
    with served() as address:
        assert b"at last" in exchange(address, asked("/slow"))


def test_the_next_request_on_a_connection_has_its_own_time(log: Log) -> None:
    with served() as address, socket.create_connection(address, timeout=5) as connection:
        for _ in range(3):
            connection.sendall(HEAD + b"\r\n12345")
            time.sleep(SOON * 0.6)
            connection.sendall(b"67890")
            assert answer_on(connection).startswith(b"HTTP/1.1 200 ")
        connection.sendall(HEAD)
        assert b" 408 " in rest(connection)


def test_many_half_sent_requests_keep_nobody_from_being_answered_for_long(log: Log) -> None:
    with served(most=20) as address, ExitStack() as stack:
        for _ in range(30):
            stack.enter_context(socket.create_connection(address, timeout=5)).sendall(HEAD)
        assert exchange(address, asked("/", method="POST", body=b"x")).startswith(b"HTTP/1.1 503 ")
        time.sleep(SOON + 0.5)
        assert exchange(address, asked("/", method="POST", body=b"x")).startswith(b"HTTP/1.1 200 ")


def test_no_more_connections_are_taken_than_there_are_files_for() -> None:
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert FOR_FILES <= most_connections() <= MOST
    assert most_connections() < max(allowed, FOR_FILES + 1)
