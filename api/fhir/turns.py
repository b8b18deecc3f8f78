"""Large Bundles are screened one at a time, so that a few of them together never keep everyone else waiting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar

from api.v1.problems import Problem

LARGE = 100_000
"""Bytes: some five times a patient's ordinary Bundle, which is screened at once."""

LINE = 4  # the largest takes about a second, so the last in line waits as long as a client does
RETRY = {"Retry-After": "5"}
_TURN: RunVar[CapacityLimiter] = RunVar("screening")


@asynccontextmanager
async def turn(size: int) -> AsyncIterator[None]:
    """Wait for one's turn with a body of that size; refuse it where too many wait."""
    if size <= LARGE:
        yield
        return
    limiter = _TURN.get(None)
    if limiter is None:
        limiter = CapacityLimiter(1)
        _TURN.set(limiter)
    if limiter.statistics().tasks_waiting >= LINE:
        raise Problem(None, "screening_busy", headers=RETRY)
    async with limiter:
        yield
