"""A question to something that may never answer, asked so that nothing waits for it longer than a set time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")
PATIENCE = 2.0


class Silent(Exception):
    """No answer came in time."""


class Probe(Generic[T]):
    """Asks in a thread of its own; those who ask meanwhile share the answer, so a hung database holds one thread."""

    def __init__(self, ask: Callable[[], T], patience: float = PATIENCE) -> None:
        self._ask, self._patience = ask, patience
        self._asked: Future[T] | None = None
        self._lock = threading.Lock()

    async def __call__(self) -> T:
        """Return the answer, or raise what the question raised, or that none came in time."""
        shared = asyncio.wrap_future(self._under_way())
        try:
            return await asyncio.wait_for(asyncio.shield(shared), self._patience)
        except TimeoutError:
            # Nobody waits for it any more; its error, should one come, is then read by nobody either.
            shared.add_done_callback(lambda late: late.cancelled() or late.exception())
            raise Silent from None

    async def answer(self) -> T | None:
        """Return the answer, or None for whatever reason there is none."""
        try:
            return await self()
        except Exception:  # noqa: BLE001 # that there is no answer is the answer
            return None

    def _under_way(self) -> Future[T]:
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = Future()
                # Daemon: a database that hangs must not keep the process from ending.
                threading.Thread(target=self._run, args=(self._asked,), name="probe", daemon=True).start()
            return self._asked

    def _run(self, asked: Future[T]) -> None:
        try:
            asked.set_result(self._ask())
        except BaseException as error:  # noqa: BLE001 # handed to those who asked
            asked.set_exception(error)
