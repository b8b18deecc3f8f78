"""The CDS services put on the application, and what lets a browser call them."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.cds.desk import Desk
from api.cds.routes import router
from api.settings import Settings

PREFIX = "/cds-services"
DAY = 86_400


def register(app: FastAPI, desk: Desk) -> None:
    """Add discovery, the services and feedback."""
    app.state.cds = desk
    app.include_router(router)


class FromBrowsers:
    """Answers browsers on other pages that ask for the CDS services, as the settings say; stands around everything."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        anywhere = settings.demo
        self._shared = CORSMiddleware(
            app,
            allow_origins=["*"] if anywhere else settings.cds.origins,
            allow_methods=["GET", "POST", "OPTIONS"],
            allow_headers=["*"] if anywhere else ["Authorization", "Content-Type", "Accept", "X-Request-Id"],
            expose_headers=["Content-Language", "Retry-After", "WWW-Authenticate", "X-Request-Id"],
            max_age=DAY,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with the headers that the browser asks for."""
        path = scope.get("path", "")
        is_ours = scope["type"] == "http" and (path == PREFIX or path.startswith(f"{PREFIX}/"))
        await (self._shared if is_ours else self._app)(scope, receive, send)
