"""The screen on a ward's wall: an administrator makes its token, which shows the ward's board and nothing else."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, Row, insert, select, update

from api.people.sessions import hashed
from api.people.user import Unit, User
from api.storage.failures import store_errors
from api.storage.tables import device
from api.storage.writer import Change, Writer
from careplans.course.events import By

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that is mistaken for another when typed
LIKE = str.maketrans("OIL", "011")
GROUPS, GROUP = 5, 5  # 125 bits
BETWEEN = re.compile(r"[\s-]+")


@dataclass(frozen=True, slots=True)
class Device:
    """A screen as an administrator sees it; its token is shown once, when it is made."""

    id: str
    ward: str
    label: str
    at: datetime
    revoked: datetime | None


class Devices:
    """Makes, knows and revokes tokens for screens."""

    def __init__(self, engine: Engine, writer: Writer, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._writer, self._now = engine, writer, now

    async def make(self, ward: str, label: str, by: By) -> tuple[Device, str]:
        """Return a new device for a ward (`STO/GER2`) and its token, which is not kept."""
        token, made = _token(), Device(uuid4().hex, ward, label, self._now(), None)
        row = {"id": made.id, "token": hashed(token), "ward": ward, "label": label, "by": by.id, "at": made.at}

        def work(change: Change) -> None:
            change.connection.execute(insert(device).values(row))
            change.saw(None, "device_made", by)

        await self._writer(work)
        return made, token

    async def revoke(self, id: str, by: By) -> bool:
        """Close a device out from now on; return whether there is such a one."""
        revoked = update(device).where(device.c.id == id, device.c.revoked.is_(None)).values(revoked=self._now())

        def work(change: Change) -> bool:
            known = change.connection.execute(select(device.c.id).where(device.c.id == id)).one_or_none()
            if change.connection.execute(revoked).rowcount:
                change.saw(None, "device_revoked", by)
            return known is not None

        return await self._writer(work)

    def of_wards(self, hospitals: frozenset[str]) -> Sequence[Device]:
        """Return the devices of the hospitals' wards, the newest first."""
        with store_errors(), self._engine.connect() as connection:
            rows = connection.execute(select(device).order_by(device.c.at.desc(), device.c.id)).all()
        return [_device(row) for row in rows if row.ward.partition("/")[0] in hospitals]

    def find(self, token: str) -> User | None:
        """Return a device as one who reads its ward; only the board asks for it."""
        mine = select(device).where(device.c.token == hashed(normal(token)), device.c.revoked.is_(None))
        with store_errors(), self._engine.connect() as connection:
            row = connection.execute(mine).one_or_none()
        return User(f"device:{row.id}", "reader", frozenset({Unit("ward", row.ward)}), row.label) if row else None


def normal(typed: str) -> str:
    """Return a token as it was made, however it was typed."""
    return BETWEEN.sub("", typed).upper().translate(LIKE)


def in_groups(token: str) -> str:
    """Return a token as it is shown, easy to type."""
    return "-".join(token[start : start + GROUP] for start in range(0, len(token), GROUP))


def _token() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP))


def _device(row: Row[Any]) -> Device:
    return Device(row.id, row.ward, row.label, row.at, row.revoked)
