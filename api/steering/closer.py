"""Closes months while the server runs: at its start and each day, in a thread that gives way to those who wait."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

from api.observing.faults import fault
from api.observing.logs import logger
from api.record.record import Record
from api.steering.closing import Closing, close
from api.steering.reading import hospitals
from api.storage.engine import reading

EVERY = timedelta(days=1)
REST = 0.05  # seconds after some patients, in which a server that is asked for something gets its turn


class Closer:
    """A thread that closes what can be closed, and works out what is published of it before anyone asks."""

    def __init__(self, record: Record, *, every: timedelta = EVERY, rest: float = REST) -> None:
        self._record, self._every, self._rest = record, every, rest
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="figures", daemon=True)

    def start(self) -> None:
        """Begin, without waiting for the first close."""
        self._thread.start()

    def stop(self) -> None:
        """Stop before the next patients are read, and wait until that is done."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._once()
            except _Stopped:
                return
            except Exception as error:  # noqa: BLE001 # the server goes on, and it is tried again tomorrow
                if not self._stopped.is_set():
                    logger().error("figures_not_closed", **fault(error))
            self._stopped.wait(self._every.total_seconds())

    def _once(self) -> None:
        began = time.perf_counter()
        closing = Closing.of(self._record, now=datetime.now(UTC), rest=self._give_way)
        if closed := close(closing):
            logger().info("figures_closed", months=len(closed), seconds=round(time.perf_counter() - began, 1))
        with reading(self._record.engine) as connection:
            found = hospitals(connection)
        for hospital in found:
            self._record.figures.of(self._record.engine, hospital)

    def _give_way(self) -> None:
        if self._stopped.wait(self._rest):
            raise _Stopped


class _Stopped(Exception):
    """The server stops; what was counted so far is counted again next time."""
