"""A page at a time: where a list goes on is a text that nobody needs to understand, in the answer and in `Link`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from engine.errors import InputError

USUAL, MOST = 50, 200
LONGEST = 600
Cursor = Annotated[
    str | None, Query(min_length=1, max_length=LONGEST, description="Where to go on, as the page before it said.")
]
Size = Annotated[int, Query(ge=1, le=MOST, alias="limit", description="The most entries of a page.")]
T = TypeVar("T")


def page_of(
    entries: Sequence[T], name: Callable[[T], str], *, cursor: str | None, size: int
) -> tuple[Sequence[T], str | None]:
    """Return the entries after the one that the cursor names, and where the next page begins."""
    start = 0
    if cursor is not None:
        place = next((place for place, each in enumerate(entries) if name(each) == cursor), None)
        if place is None:
            raise InputError("cursor", "cursor_unreadable")
        start = place + 1
    page = entries[start : start + size]
    return page, name(page[-1]) if start + size < len(entries) else None


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    """Tell where the next page is, with the same filters (RFC 8288)."""
    if cursor is not None:
        asked = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        response.headers["Link"] = f'<{request.url.path}?{urlencode([*asked, ("cursor", cursor)])}>; rel="next"'
