"""Every request, seen from outside the application: its number, its line in the log, its figures, its defect."""

from __future__ import annotations

import re
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from uuid import uuid4

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from api.observing.faults import fault
from api.observing.logs import logger
from api.observing.metrics import Metrics
from api.observing.templates import Templates
from api.people.user import User

REQUEST_ID = re.compile(rb"[0-9A-Fa-f-]{16,64}")
"""What is taken over from another system: a UUID or a trace id. No name is written so, and no identity number."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
QUIET = frozenset({"/health", "/metrics"})
"""Asked for every few seconds; logged only when they fail."""

GONE = 499
"""What is told of a request that was given up before it was whole; there is nobody left to answer."""

PROBLEM = re.compile(r"[a-z][a-z0-9_]{0,60}")


@dataclass(slots=True)
class Answer:
    """What is seen of an answer while it is sent."""

    status: int = 0
    complete: bool = False


class Observed:
    """Wraps the application, which tells who asks as `request.state.user` and a problem's code as `.problem`."""

    def __init__(self, app: ASGIApp, templates: Templates, metrics: Metrics) -> None:
        self._app, self._templates, self._metrics = app, templates, metrics
        self._log = logger().bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, and say that it did."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = number
        tokens = bind_contextvars(request=number)
        answer, began = Answer(), perf_counter()
        try:
            await self._app(scope, receive, _numbered(send, number, answer))
        except ClientDisconnect:
            answer.status = GONE
        except Exception as error:  # noqa: BLE001 # the last place where one can be caught
            self._log.error("defect", **fault(error))
            await _end(answer, scope, receive, _numbered(send, number, answer))
        finally:
            self._tell(scope, answer, perf_counter() - began)
            reset_contextvars(**tokens)

    def _tell(self, scope: Scope, answer: Answer, seconds: float) -> None:
        route = self._templates.of(scope)
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        self._metrics.answered(route, method, answer.status, seconds=seconds)
        if route in QUIET and answer.status < 400:  # noqa: PLR2004 # the first status that is an error
            return
        who = _who(scope["state"])
        self._log.info("request", method=method, route=route, status=answer.status, ms=round(seconds * 1000, 1), **who)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and REQUEST_ID.fullmatch(value):
            return str(value, "ascii")
    return uuid4().hex


def _numbered(send: Send, number: str, answer: Answer) -> Send:
    header = (b"x-request-id", number.encode())

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            message["headers"] = [*message.get("headers", ()), header]
        elif message["type"] == "http.response.body":
            answer.complete = not message.get("more_body", False)
        await send(message)

    return sending


async def _end(answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer where nothing has; an answer that broke off is left to the server, which closes the connection."""
    if answer.status == 0:
        await Response(status_code=500)(scope, receive, send)
    elif not answer.complete:
        raise BrokenAnswer from None


class BrokenAnswer(Exception):
    """An answer was begun and could not be ended; the reason is logged already."""


def _who(state: dict[str, Any]) -> dict[str, str]:
    """Return the role and the kinds of unit, never who; and the code of the problem, where there is one."""
    told = {}
    user, problem = state.get("user"), state.get("problem")
    if isinstance(user, User):
        told = {"role": user.role, "unit": "+".join(sorted({unit.kind for unit in user.units})) or "-"}
    if isinstance(problem, str) and PROBLEM.fullmatch(problem):
        told["problem"] = problem
    return told
