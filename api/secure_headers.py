"""The headers of every answer: no other host, no inline script or style, no framing, and no caching unless it says so.

A record system that launched the session may frame it, where the settings say so (`request.state.framed_by`).
Only the files that are the same for everyone say so (`api/public_files.py`).
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY, NO_FRAMES = "Content-Security-Policy", "frame-ancestors 'none'"
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
CACHING, NOTHING_KEPT = "Cache-Control", "no-store"


class SecureHeaders:
    """Adds the headers to every answer, also to those that an error handler or a mounted folder gives."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with the headers set."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(SECURITY)
                if framed_by := scope.get("state", {}).get("framed_by"):
                    headers[POLICY] = SECURITY[POLICY].replace(NO_FRAMES, f"frame-ancestors {framed_by}")
                headers.setdefault(CACHING, NOTHING_KEPT)
            await send(message)

        await self._app(scope, receive, sending)
