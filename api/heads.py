"""HEAD as GET without what follows the headers, for every address (RFC 9110, section 9.1)."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEAD, SAID = "HEAD", "said_method"
"""Where a request keeps the method it was sent with."""


class Heads:
    """Stands around the application, which has routes for GET alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does; to HEAD, without a body."""
        if scope["type"] != "http" or scope["method"] != HEAD:
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        scope[SAID], scope["method"] = HEAD, "GET"  # in place: what the routes note in it is read outside
        try:
            await self._app(scope, receive, without_body)
        finally:
            scope["method"] = HEAD
