"""A sign-in under way: what went out with a person, kept for ten minutes and taken back once."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select

from api.people.oidc import Asked, secret
from api.people.refused import SignInFailed
from api.people.sessions import hashed
from api.storage.tables import sign_in
from api.storage.writer import Change, Writer

LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Begun:
    """What is needed when the person comes back."""

    nonce: str
    verifier: str
    next: str


class SignIns:
    """Begins and takes back sign-ins."""

    def __init__(self, writer: Writer, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._writer, self._now = writer, now

    async def begin(self, back: str, next: str) -> Asked:  # noqa: A002 # the word of the address
        """Return what to ask the provider; those that ran out are forgotten."""
        state, nonce, verifier = secret(), secret(), secret()

        def work(change: Change) -> None:
            at = self._now()
            change.connection.execute(delete(sign_in).where(sign_in.c.at < at - LASTS))
            row = {"state": hashed(state), "nonce": nonce, "verifier": verifier, "next": next, "at": at}
            change.connection.execute(insert(sign_in).values(row))

        await self._writer(work)
        return Asked(back, state, nonce, challenge_of(verifier))

    async def take(self, state: str) -> Begun:
        """Return the sign-in that a state belongs to, once; raise `SignInFailed` for every other time and state."""
        mine = sign_in.c.state == hashed(state)

        def work(change: Change) -> Begun | None:
            row = change.connection.execute(select(sign_in).where(mine)).one_or_none()
            change.connection.execute(delete(sign_in).where(mine))
            return Begun(row.nonce, row.verifier, row.next) if row and row.at >= self._now() - LASTS else None

        if (begun := await self._writer(work)) is None:
            raise SignInFailed
        return begun


def challenge_of(verifier: str) -> str:
    """Return what shows, without telling it, that the one who brings a code back has the verifier (PKCE, S256)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
