"""A change that is sent twice is made once: the second gets the stored answer of the first.

Looked up and stored in the transaction of the change itself, and the writer takes changes in turn; so two that come at
once make one record too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Header
from sqlalchemy import Row, bindparam, insert, select
from starlette.requests import Request
from starlette.responses import Response

from api.people.user import User
from api.record.courses import visible
from api.record.record import by
from api.record.shown_screenings import shown
from api.storage.tables import idempotency
from api.storage.writer import Change
from api.v1.problems import Problem
from api.v1.shapes import Recorded

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,200}$",
        description="The same key with the same body gives the stored answer; with another body, 422.",
    ),
]
FIND = select(idempotency).where(idempotency.c.by == bindparam("who"), idempotency.c.key == bindparam("named"))
ADD = insert(idempotency)
WITHOUT_CONTENT = frozenset(Recorded.model_fields)
"""What an answer holds that says nothing of the patient: who sent the patient away may ask for it again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered, as it is stored for its key; `person` is whose record it tells of, `screening` which result."""

    body: str
    person: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 201
    screening: str | None = None

    def response(self) -> Response:
        """Return it as a response."""
        return Response(self.body, self.status, dict(self.headers), media_type="application/json")


@dataclass(frozen=True, slots=True)
class Key:
    """A key as one caller gave it, with a digest of what was asked."""

    user: User
    key: str
    fingerprint: str

    @classmethod
    def of(cls, request: Request, user: User, *, key: str | None, body: bytes) -> Key | None:
        """Return the key that the caller gave, if any."""
        asked = f"{request.method} {request.url.path}\n".encode() + body
        return cls(user, key, hashlib.sha256(asked).hexdigest()) if key else None


def once(key: Key | None, work: Callable[[Change], Answer]) -> Callable[[Change], Answer]:
    """Return the work as it is done with a key: once, and answered again as it was."""
    if key is None:
        return work

    def first_or_again(change: Change) -> Answer:
        row = change.connection.execute(FIND, {"who": key.user.id, "named": key.key}).one_or_none()
        if row is None:
            return _kept(key, work(change), change)
        if row.fingerprint != key.fingerprint:
            raise Problem("Idempotency-Key", "idempotency_key_reused")
        return _again(key, row, change)

    return first_or_again


def _again(key: Key, row: Row[Any], change: Change) -> Answer:
    """Return the stored answer where the caller may still see what it tells of; else as for any id there is not."""
    kept = json.loads(row.headers)
    if screening := kept.get("screening"):  # which older answers do not say
        person = shown(change.connection, key.user, screening, now=change.now).person
    else:
        person = _still_seen(key.user, row.body, kept["person"], change)
    change.saw(person, "answered_again", by(key.user))
    return Answer(row.body, person, kept["headers"], row.status, screening)


def _still_seen(user: User, body: str, person: str, change: Change) -> str:
    """Return the record; what tells nothing but which one it was is given again to whoever was given it."""
    if json.loads(body).keys() <= WITHOUT_CONTENT:
        return person
    return visible(change.connection, user, person, now=change.now)


def _kept(key: Key, answer: Answer, change: Change) -> Answer:
    row = {
        "by": key.user.id,
        "key": key.key,
        "fingerprint": key.fingerprint,
        "status": answer.status,
        "headers": json.dumps(
            {"person": answer.person, "screening": answer.screening, "headers": dict(answer.headers)}
        ),
        "body": answer.body,
        "at": change.now,
    }
    change.connection.execute(ADD, row)
    return answer
