"""Refuses a request that says itself that it is too large, before any of it is read or anything is done for it.

The other half is FastAPI's `max_body_size`, which counts what comes in chunks and answers through the application's own
errors. For a length that is said it answers in plain text, and only after an endpoint that reads no body has run.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class SaidLength:
    """Stands around the application; answers with `refusal` where the length said is over the limit, or is none."""

    def __init__(self, app: ASGIApp, *, most: int, refusal: ASGIApp) -> None:
        self._app, self._most, self._refusal = app, most, refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, or refuse."""
        is_over = scope["type"] == "http" and not self._is_within(scope)
        await (self._refusal if is_over else self._app)(scope, receive, send)

    def _is_within(self, scope: Scope) -> bool:
        said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        return said.isdigit() and len(said) <= len(str(self._most)) + 1 and int(said) <= self._most
