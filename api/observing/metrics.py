"""Figures for Prometheus, in a registry of their own. No label holds a patient, a user or a ward.

How often each rule fired is left out on purpose: at a small hospital, one more hip fracture today is one person.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from api.observing.probe import Probe

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
GROUP = (1, 2, 4, 8, 16, 32, 64)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the database says of itself: when the newest line of the access log was chained, and how much is stored."""

    head: datetime | None
    screenings: int


class Metrics:
    """The figures of one process; several processes are scraped each by themselves."""

    def __init__(self, **build: str) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        labels = ("route", "method")
        self._requests = Counter("retthjem_requests", "Requests answered", (*labels, "status"), registry=registry)
        self._seconds = Histogram(
            "retthjem_request_seconds", "Time to answer", labels, buckets=SECONDS, registry=registry
        )
        self._group = Histogram("retthjem_writer_group", "Changes in one commit", buckets=GROUP, registry=registry)
        self._commit = Histogram("retthjem_commit_seconds", "Time to commit", buckets=SECONDS, registry=registry)
        self._queue = Gauge("retthjem_writer_queue", "Changes waiting for the writer", registry=registry)
        self._up = Gauge("retthjem_database_up", "1 when the database answers", registry=registry)
        self._head = Gauge("retthjem_access_log_head_age_seconds", "Age of the access log's head", registry=registry)
        self._stored = Gauge("retthjem_screenings_stored", "Screenings stored, versions too", registry=registry)
        Gauge("retthjem_build_info", "What runs", tuple(build), registry=registry).labels(**build).set(1)
        self._children = cache(self._children_of)

    def answered(self, route: str, method: str, status: int, *, seconds: float) -> None:
        """Count a request, by the template of its route."""
        count, time = self._children(route, method, status // 100)
        count.inc()
        time.observe(seconds)

    def committed(self, changes: int, seconds: float) -> None:
        """Count a commit of the writer and how many changes shared it."""
        self._group.observe(changes)
        self._commit.observe(seconds)

    def watch_queue(self, waiting: Callable[[], int]) -> None:
        """Ask the writer how many changes wait, each time the figures are read."""
        self._queue.set_function(waiting)

    def stand(self, figures: Figures | None) -> None:
        """Set what the database says; None when it does not answer."""
        self._up.set(figures is not None)
        self._stored.set(figures.screenings if figures else math.nan)
        head = figures.head if figures else None
        self._head.set((datetime.now(UTC) - head).total_seconds() if head else math.nan)

    def _children_of(self, route: str, method: str, hundreds: int) -> tuple[Counter, Histogram]:
        count = self._requests.labels(route, method, f"{hundreds}xx" if hundreds else "none")
        return count, self._seconds.labels(route, method)


def metrics_route(metrics: Metrics, figures: Probe[Figures], token: str | None) -> APIRouter:
    """Return `GET /metrics`, which is not there without a token in the settings."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/metrics")
    async def read(authorization: Annotated[str, Header()] = "") -> Response:
        if not token:
            raise HTTPException(404)
        if not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
        metrics.stand(await figures.answer())
        return Response(generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return routes
