"""Whoever does not send the whole of a request in time is let go, so that half-sent ones do not take every connection.

A proxy in front does the same; this is for a server without one.
"""

from __future__ import annotations

import asyncio
import resource

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

WHOLE_WITHIN = 30.0
MOST, FOR_FILES = 10_000, 200
WHOLE = frozenset({h11.DONE, h11.MUST_CLOSE, h11.CLOSED, h11.ERROR})


def most_connections() -> int:
    """Return how many connections are taken at once: as many as this process may have open, less those it needs."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(min(allowed, MOST) - FOR_FILES, FOR_FILES)


class Prompt(H11Protocol):
    """A connection whose requests must be whole within a time, from their first byte to their last."""

    within = WHOLE_WITHIN
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take in what was sent, and wait for the rest where it is not all."""
        super().data_received(data)
        if self.conn.their_state in WHOLE:
            self._have()
        elif self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._have()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.within, self._let_go)

    def _have(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _let_go(self) -> None:
        self._waiting = None
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            told = h11.Response(status_code=408, headers=[(b"connection", b"close"), (b"content-length", b"0")])
            self.transport.write(self.conn.send(told) or b"")
        self.transport.close()
