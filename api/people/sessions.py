"""Sessions of people who signed in: a random cookie, of which the database holds the hash alone."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, Executable, delete, insert, or_, select, update

from api.people.user import Unit, User
from api.settings import Sessions as Lasts
from api.storage.failures import store_errors
from api.storage.tables import session
from api.storage.writer import Change, Work, Writer

SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it stands: who it is, its token against forged forms, and the hash of its cookie."""

    id: str
    user: User
    csrf: str
    seen: datetime
    launched: Launched | None = None


@dataclass(frozen=True, slots=True)
class Launched:
    """What a record system that launched a session said of its own pages."""

    framed_by: str | None = None
    """Whose pages may frame ours; None where ours stand in a window of their own."""

    has_banner: bool = False
    """Whether they show whose record it is."""


class Sessions:
    """Begins, finds and ends sessions; each lasts for so long idle, and for so long in all."""

    def __init__(
        self,
        engine: Engine,
        writer: Writer,
        lasts: Lasts,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine, self._writer, self._now = engine, writer, now
        self._idle, self._longest = timedelta(minutes=lasts.idle_minutes), timedelta(hours=lasts.longest_hours)

    async def begin(self, user: User, instead_of: str | None = None, launched: Launched | None = None) -> str:
        """Return the cookie of a new session; one that the browser had before is ended, and so are all that ran out."""
        cookie, old = secrets.token_urlsafe(32), hashed(instead_of) if instead_of else None
        row = {"id": hashed(cookie), "user": as_json(user, launched), "csrf": secrets.token_urlsafe(32)}

        def work(change: Change) -> None:
            at = self._now()
            over = or_(session.c.id == old, session.c.seen < at - self._idle, session.c.created < at - self._longest)
            change.connection.execute(delete(session).where(over))
            change.connection.execute(insert(session).values(**row, created=at, seen=at))

        await self._writer(work)
        return cookie

    def find(self, cookie: str) -> Session | None:
        """Return the session of a cookie, or None if there is none any more."""
        at = self._now()
        lasts = (
            session.c.id == hashed(cookie),
            session.c.seen >= at - self._idle,
            session.c.created >= at - self._longest,
        )
        with store_errors(), self._engine.connect() as connection:
            row = connection.execute(select(session).where(*lasts)).one_or_none()
        return Session(row.id, from_json(row.user), row.csrf, row.seen, _launched(row.user)) if row else None

    async def keep(self, found: Session) -> None:
        """Note that the person is there, at most once a minute; a session that was ended meanwhile stays ended."""
        at = self._now()
        if at - found.seen >= SEEN_EVERY:
            noted = update(session).where(session.c.id == found.id, session.c.seen < at).values(seen=at)
            await self._writer(doing(noted))

    async def end(self, cookie: str) -> None:
        """End the session of a cookie."""
        ended = delete(session).where(session.c.id == hashed(cookie))
        await self._writer(doing(ended))


def doing(statement: Executable) -> Work[None]:
    """Return the work of one statement."""

    def work(change: Change) -> None:
        change.connection.execute(statement)

    return work


def hashed(secret: str) -> str:
    """Return what is stored of a secret that is random and long: a copy of the database opens nothing."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def as_json(user: User, launched: Launched | None = None) -> str:
    """Return a user as it is stored with the session, and what the system that launched it said."""
    units = sorted(str(unit) for unit in user.units)
    said = {"id": user.id, "role": user.role, "units": units, "name": user.name, "hpr": user.hpr}
    return json.dumps(said | ({"launched": asdict(launched)} if launched else {}), ensure_ascii=False)


def from_json(text: str) -> User:
    """Return the user that was stored with a session."""
    said = json.loads(text)
    units = frozenset(unit for unit in map(Unit.parse, said["units"]) if unit)
    return User(said["id"], said["role"], units, said["name"], said.get("hpr"))


def _launched(text: str) -> Launched | None:
    said = json.loads(text).get("launched")
    return Launched(said["framed_by"], said["has_banner"]) if said else None
