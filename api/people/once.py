"""What is good once: a proof or token that was seen is known in every process until it would be refused anyway."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, insert, select

from api.storage.tables import once
from api.storage.writer import Change, Work, Writer

TIDIED_EVERY = 60.0


class Once:
    """Remembers keys by their hash. Call it from async code, and `first` from a thread."""

    def __init__(self, writer: Writer, clock: Callable[[], float] = time.monotonic) -> None:
        self._writer, self._clock = writer, clock
        self._tidied = clock()

    async def __call__(self, kind: str, key: str, until: datetime) -> bool:
        """Return whether a key of this kind is seen for the first time; it is then remembered until that moment."""
        return await self._writer(self.noting(kind, key, until))

    def first(self, kind: str, key: str, until: datetime) -> bool:
        """Return the same, from a thread that may wait."""
        return self._writer.run(self.noting(kind, key, until))

    async def knows(self, kind: str, key: str) -> bool:
        """Return whether a key of this kind was seen, and is still remembered."""
        mine = select(once.c.key).where(once.c.kind == kind, once.c.key == _hashed(key))

        def work(change: Change) -> bool:
            return change.connection.execute(mine.where(once.c.until >= change.now)).first() is not None

        return await self._writer(work)

    def noting(self, kind: str, key: str, until: datetime) -> Work[bool]:
        """Return the work, to be done with what the key is for; looking and noting are one step in every process."""
        row, tidies = {"kind": kind, "key": _hashed(key)}, self._is_to_tidy()
        mine = (once.c.kind == kind, once.c.key == row["key"])

        def work(change: Change) -> bool:
            if tidies:
                change.connection.execute(delete(once).where(once.c.until < change.now))
            if known := change.connection.execute(select(once.c.until).where(*mine)).one_or_none():
                if known.until >= change.now:
                    return False
                change.connection.execute(delete(once).where(*mine))
            change.connection.execute(insert(once).values(**row, until=until))
            return True

        return work

    def _is_to_tidy(self) -> bool:
        at = self._clock()
        if at - self._tidied < TIDIED_EVERY:
            return False
        self._tidied = at
        return True


def _hashed(key: str) -> str:
    """Return a key at a length that is stored, whatever it holds."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
