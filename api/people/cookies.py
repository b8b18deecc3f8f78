"""Cookies that no script reads and no other site sends along with a form."""

from __future__ import annotations

from starlette.responses import Response

from api.people.entrance import Entrance


def remember(answer: Response, way: Entrance, name: str, value: str, *, seconds: int | None = None) -> None:
    """Give the browser a cookie, until it closes or for so long."""
    secure = way.settings.secure
    answer.set_cookie(way.cookie(name), value, max_age=seconds, httponly=True, secure=secure, samesite="lax")


def forget(answer: Response, way: Entrance, name: str) -> None:
    """Take a cookie back."""
    answer.delete_cookie(way.cookie(name), httponly=True, secure=way.settings.secure, samesite="lax")
