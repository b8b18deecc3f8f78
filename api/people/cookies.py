"""Cookies that no script reads and no other site sends along with a form."""

from __future__ import annotations

from starlette.responses import Response

from api.people.entrance import Entrance

FRAMED = "Path=/; Secure; HttpOnly; SameSite=None; Partitioned"
"""For pages within a record system's own: kept apart for each site that frames us, so none carries it elsewhere.

Written by hand, since Python's own cookies know `Partitioned` from 3.14 only.
"""


def remember(
    answer: Response, way: Entrance, name: str, value: str, *, seconds: int | None = None, framed: bool = False
) -> None:
    """Give the browser a cookie, until it closes or for so long."""
    if framed:
        lasts = "" if seconds is None else f"; Max-Age={seconds}"
        answer.headers.append("set-cookie", f"{way.cookie(name)}={value}; {FRAMED}{lasts}")
        return
    secure = way.settings.secure
    answer.set_cookie(way.cookie(name), value, max_age=seconds, httponly=True, secure=secure, samesite="lax")


def forget(answer: Response, way: Entrance, name: str, *, framed: bool = False) -> None:
    """Take a cookie back."""
    if framed:
        answer.headers.append("set-cookie", f'{way.cookie(name)}=""; {FRAMED}; Max-Age=0')
        return
    answer.delete_cookie(way.cookie(name), httponly=True, secure=way.settings.secure, samesite="lax")
