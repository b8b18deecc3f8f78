"""A launch under way: which system began it, and in which browser; kept for ten minutes and taken back once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select

from api.people.oidc import Asked, secret
from api.people.refused import LaunchFailed
from api.people.sessions import hashed
from api.people.sign_ins import challenge_of
from api.storage.tables import launch
from api.storage.writer import Change, Writer

LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Begun:
    """What is needed when the person comes back; `framed` where our pages stand within the system's own."""

    iss: str
    nonce: str
    verifier: str
    framed: bool


class Launches:
    """Begins and takes back launches."""

    def __init__(self, writer: Writer, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._writer, self._now = writer, now

    async def begin(self, iss: str, back: str, *, framed: bool) -> Asked:
        """Return what to ask the system; those that ran out are forgotten."""
        state, nonce, verifier = secret(), secret(), secret()
        row = {"state": hashed(state), "iss": iss, "nonce": nonce, "verifier": verifier, "framed": framed}

        def work(change: Change) -> None:
            at = self._now()
            change.connection.execute(delete(launch).where(launch.c.at < at - LASTS))
            change.connection.execute(insert(launch).values(**row, at=at))

        await self._writer(work)
        return Asked(back, state, nonce, challenge_of(verifier))

    async def take(self, state: str) -> Begun:
        """Return the launch that a state belongs to, once; raise `LaunchFailed` for every other time and state."""
        mine = launch.c.state == hashed(state)

        def work(change: Change) -> Begun | None:
            row = change.connection.execute(select(launch).where(mine)).one_or_none()
            change.connection.execute(delete(launch).where(mine))
            in_time = row is not None and row.at >= self._now() - LASTS
            return Begun(row.iss, row.nonce, row.verifier, row.framed) if row and in_time else None

        if (begun := await self._writer(work)) is None:
            raise LaunchFailed
        return begun
