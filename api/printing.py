"""Paper is made beside everything else: one sheet at a time, on a thread of its own, for the few who may wait.

The threads that answer everyone else never wait for a print, and nothing is read, logged or made for someone who left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from threading import Lock

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from fastapi import Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from api.people.user import User
from api.v1.problems import Problem

LINE = 8  # a print takes about a second, so the last in line waits as long as one does at a printer
EACH = 3  # of them for one person: a plan in three languages
RETRY = {"Retry-After": "10"}
CLIENT_LEFT = 499  # nobody reads it, but it stands in the request log
ONE_AT_A_TIME = Lock()  # WeasyPrint keeps fonts and pictures for the whole process


class Press:
    """Who waits for paper, in one event loop."""

    def __init__(self) -> None:
        self.waiting: Counter[str] = Counter()
        self.turn, self.thread = CapacityLimiter(1), CapacityLimiter(1)

    async def make(self, request: Request, user: User, work: Callable[[], Response]) -> Response:
        """Return what the work makes when its turn comes; refuse it where too many wait."""
        if self.waiting.total() >= LINE or self.waiting[user.id] >= EACH:
            raise Problem(None, "printer_busy", headers=RETRY)
        self.waiting[user.id] += 1
        try:
            async with self.turn:
                if await _left(request):
                    return Response(status_code=CLIENT_LEFT)
                return await to_thread.run_sync(_alone, work, limiter=self.thread)
        finally:
            self.waiting[user.id] -= 1
            self.waiting += Counter()  # forgets who waits for nothing


_PRESS: RunVar[Press] = RunVar("press")


async def on_paper(request: Request, user: User, work: Callable[[], Response]) -> Response:
    """Return what the work makes, on the one press."""
    press = _PRESS.get(None)
    if press is None:
        press = Press()
        _PRESS.set(press)
    return await press.make(request, user, work)


async def _left(request: Request) -> bool:
    """Return whether the one who asked is gone, which is told only after the request is read out."""
    try:
        await request.body()
    except ClientDisconnect:
        return True
    return await request.is_disconnected()


def _alone(work: Callable[[], Response]) -> Response:
    with ONE_AT_A_TIME:
        return work()
