"""A small application behind a real server, so that what uvicorn itself logs is seen too."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from api.observing.logs import UVICORN
from api.observing.metrics import Metrics
from api.observing.requests import Observed
from api.observing.templates import Templates


def observed(app: FastAPI, metrics: Metrics | None = None) -> Observed:
    """Return the application as it is served."""
    return Observed(app, Templates(app), metrics or Metrics(version="0"))


@contextmanager
def served(app: Observed) -> Iterator[tuple[str, int]]:
    """Serve an application, and give its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, **UVICORN))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield listening.getsockname()
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def exchange(address: tuple[str, int], request: bytes) -> bytes:
    """Send bytes and return all that comes back until the server closes."""
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def asked(target: str, *, method: str = "GET", body: bytes = b"", **headers: str) -> bytes:
    """Return a request as bytes, written by hand so that nothing is tidied on the way."""
    named = {"Host": "x", "Connection": "close", "Content-Length": str(len(body))}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + body
