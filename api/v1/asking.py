"""What a request brings along: its body, the version it was made from, and the record it is about."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

from fastapi import Header, Path
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.intake.reading import MAX_PARTS, read_json
from api.record.record import Record
from api.v1.problems import Problem

JSON = re.compile(r"application/(?:[a-z0-9.+-]+\+)?json", re.ASCII)
ETAG = re.compile(r'"([0-9]{1,9})"', re.ASCII)
ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
LARGE = 10_000  # bytes: a body above this is read, and its case assessed, beside the event loop
NEVER = -1  # a version that no record has
IfMatch = Annotated[
    str | None, Header(alias="If-Match", description="The ETag that the change was made from; without it, 428.")
]


def id_of(said: str) -> str:
    """Return an id as it was said; what cannot be one of ours is answered as one that does not exist."""
    if not ID.fullmatch(said):
        raise Problem(None, "not_found")
    return said


def record_of(request: Request) -> Record:
    """Return the record that the application serves."""
    found: Record = request.app.state.record
    return found


def now() -> datetime:
    """Return the moment."""
    return datetime.now(UTC)


async def json_of(request: Request, *, large: int = LARGE, parts: int = MAX_PARTS) -> tuple[bytes, dict[str, Any]]:
    """Return the body as it was sent, and the JSON object in it; a large one is read beside the event loop."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not JSON.fullmatch(kind):
        raise Problem(None, "not_json")
    data = await request.body()
    read = partial(read_json, data, parts=parts)
    return data, await run_in_threadpool(read) if len(data) > large else read()


def etag(version: int) -> str:
    """Return a version as an entity tag."""
    return f'"{version}"'


def expected(if_match: str | None) -> int:
    """Return the version that a change was made from; any other tag than ours matches nothing."""
    if if_match is None:
        raise Problem("If-Match", "precondition_missing")
    found = ETAG.fullmatch(if_match.strip())
    return int(found[1]) if found else NEVER


def changed_meanwhile(version: int, current: str) -> Problem:
    """Return that someone else was first: which version there is now, and where to read it."""
    members = {"version": version, "current": current}
    return Problem("If-Match", "changed_meanwhile", headers={"ETag": etag(version)}, members=members)


PersonId = Annotated[str, Path(description="The patient's id, as this API gave it.")]
