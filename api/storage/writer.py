"""The one way in for every change, and for every line of the access log.

Works that wait are done together in one transaction with one commit, and each caller is answered after it: what was
answered is on the disk. A group takes what came while the one before it was committed, so nobody waits for company.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine

from api.storage.access_log import BEGINNING, Batch, Seen
from api.storage.engine import for_writing, refuse_failed
from api.storage.failures import StoreUnavailable, store_errors
from careplans.course.events import By

T = TypeVar("T")
FOR_EVERYONE = {"store_locked", "store_gone"}


@dataclass(slots=True)
class Change:
    """What a work has: the connection of the transaction it is part of, the moment, and the access log."""

    connection: Connection
    now: datetime
    entries: list[Seen] = field(default_factory=list)

    def saw(self, person: str | None, action: str, by: By, reason: str | None = None) -> None:
        """Log that someone read or changed a patient's record."""
        self.entries.append(Seen(person, action, by, reason))


Work = Callable[[Change], T]
"""A change of the store. It may be done twice, the first time rolled back, so it changes nothing but the database."""


@dataclass(slots=True, eq=False)
class _Waiting(Generic[T]):
    """A work with the one who waits for it."""

    work: Work[T]
    future: asyncio.Future[T] | Future[T]
    loop: asyncio.AbstractEventLoop | None = None
    left: bool = False
    value: T | None = None
    error: BaseException | None = None

    def answer(self) -> None:
        """Tell the one who waits, who may have gone."""
        if self.future.done():
            return
        if isinstance(self.error, StopIteration):  # which a future cannot hold
            self.future.set_exception(RuntimeError("A work ran out of what it asked for"))
        elif isinstance(self.error, StoreUnavailable):
            self.future.set_exception(self.error.anew())
        elif self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.value)  # type: ignore[arg-type] # the work was done, so it is a T


class Writer:
    """Does works one group at a time on a thread of its own; call it from async code, and `run` from a thread."""

    def __init__(
        self,
        engine: Engine,
        *,
        most_waiting: int = 512,
        most_together: int = 64,
        patience: float = 30,
        committed: Callable[[int, float], None] = lambda _changes, _seconds: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.head = BEGINNING
        """The access log's head after the last commit, to be noted outside the database now and then."""
        self._engine = for_writing(engine)
        self._most_waiting, self._most_together, self._patience, self._now = most_waiting, most_together, patience, now
        self._committed = committed
        self._waiting: deque[_Waiting[Any]] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    async def __call__(self, work: Work[T]) -> T:
        """Do a work and return what it returns, once it is stored durably."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        waiting = _Waiting(work, future, loop)
        self._put(waiting)
        silence = loop.call_later(self._patience, _tell_silence, future)
        try:
            return await future
        finally:
            silence.cancel()
            waiting.left = True

    def run(self, work: Work[T]) -> T:
        """Do a work, from a thread that may wait."""
        future: Future[T] = Future()
        waiting = _Waiting(work, future)
        self._put(waiting)
        try:
            return future.result(self._patience)
        except TimeoutError:
            if future.done():  # the work itself raised it, or was done just now
                return future.result()
            raise StoreUnavailable("store_gone") from None
        finally:
            waiting.left = True

    async def log(self, entries: Iterable[Seen]) -> None:
        """Log what is about to be shown; show it after this."""
        await self(_logging(entries))

    def run_log(self, entries: Iterable[Seen]) -> None:
        """Log what is about to be shown, from a thread that may wait."""
        self.run(_logging(entries))

    @property
    def waiting(self) -> int:
        """Return how many works wait to be begun."""
        return len(self._waiting)

    def is_alive(self) -> bool:
        """Return whether works are still taken."""
        return self._thread.is_alive() and not self._closing

    def close(self) -> None:
        """Do what waits, and take nothing more."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        self._engine.dispose()

    def _put(self, waiting: _Waiting[Any]) -> None:
        if threading.current_thread() is self._thread:
            raise RuntimeError("The writer was asked within a work, and would wait for itself")
        with self._changed:
            if self._closing:
                raise StoreUnavailable("store_closing")
            if len(self._waiting) >= self._most_waiting:
                raise StoreUnavailable("store_busy")
            self._waiting.append(waiting)
            self._changed.notify()

    def _take(self, most: int) -> list[_Waiting[Any]]:
        with self._changed:
            return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
            if not (group := self._take(self._most_together)):
                return
            group = [waiting for waiting in group if not waiting.left]  # what nobody waits for is not begun
            self._settle(group)
            _answer(group)

    def _settle(self, group: list[_Waiting[Any]]) -> None:
        """Do a group; where a work in it fails, do it again with each work's changes apart from the others'."""
        try:
            self._commit(group, _together)
        except StoreUnavailable as error:
            self._give_up(group, error)
        except BaseException as error:  # noqa: BLE001 # whatever a work raises is its caller's, and this thread goes on
            if len(group) == 1:
                group[0].error = error
            else:
                self._settle_apart(group)

    def _settle_apart(self, group: list[_Waiting[Any]]) -> None:
        try:
            self._commit(group, _apart)
        except StoreUnavailable as error:
            self._give_up(group, error)
        except BaseException as error:  # noqa: BLE001 # as above
            _fail(group, error)

    def _commit(self, group: list[_Waiting[Any]], do: Callable[[list[_Waiting[Any]], Change, Batch], None]) -> None:
        with store_errors(), self._engine.begin() as connection:
            now = self._now()
            batch = Batch(connection, now)
            do(group, Change(connection, now), batch)
            head = batch.close()
            began = perf_counter()
        self.head = head
        with suppress(Exception):  # it is stored by now; nobody may be told otherwise, or do it again
            self._committed(len(group), perf_counter() - began)

    def _give_up(self, group: list[_Waiting[Any]], error: StoreUnavailable) -> None:
        """Tell the group, and those behind it where they would wait for the same; the next who ask are tried again."""
        if error.code in FOR_EVERYONE:
            group += self._take(self._most_waiting)
        _fail(group, error)


def _together(group: list[_Waiting[Any]], change: Change, batch: Batch) -> None:
    for waiting in group:
        waiting.value = waiting.work(change)
    refuse_failed(change.connection)
    batch.add(change.entries)


def _apart(group: list[_Waiting[Any]], change: Change, batch: Batch) -> None:
    """Do each work within a savepoint: what one raises is its own, and its changes and log lines are taken back."""
    for waiting in group:
        try:
            with store_errors(), change.connection.begin_nested():
                alone = Change(change.connection, change.now)
                waiting.value = waiting.work(alone)
                refuse_failed(alone.connection)
                batch.add(alone.entries)
        except StoreUnavailable:
            raise
        except BaseException as error:  # noqa: BLE001 # it is this caller's; the works of the others stand
            waiting.error = error


def _tell_silence(future: asyncio.Future[Any]) -> None:
    if not future.done():
        future.set_exception(StoreUnavailable("store_gone"))


def _fail(group: list[_Waiting[Any]], error: BaseException) -> None:
    for waiting in group:
        waiting.error = error


def _answer(group: list[_Waiting[Any]]) -> None:
    """Answer everyone, with one hop to each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop | None, list[_Waiting[Any]]] = {}
    for waiting in group:
        by_loop.setdefault(waiting.loop, []).append(waiting)
    for loop, those in by_loop.items():
        if loop is None:
            _answer_all(those)
        else:
            with suppress(RuntimeError):  # the loop is closed, and nobody waits in it
                loop.call_soon_threadsafe(_answer_all, those)


def _answer_all(group: list[_Waiting[Any]]) -> None:
    for waiting in group:
        waiting.answer()


def _logging(entries: Iterable[Seen]) -> Work[None]:
    listed = list(entries)
    return lambda change: change.entries.extend(listed)
