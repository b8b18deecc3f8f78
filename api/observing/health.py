"""Whether the service can serve: the database answers, its tables are this version's, and the writer is alive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from api.observing.probe import PATIENCE, Probe
from engine.errors import MachineLacks, Refusal


@dataclass(frozen=True, slots=True)
class Parts:
    """What is asked: `schema_is_current` asks the database and raises if it cannot; `writer_is_alive` does not."""

    schema_is_current: Callable[[], bool]
    writer_is_alive: Callable[[], bool]
    patience: float = PATIENCE


class Health(BaseModel):
    """The answer while the service can serve."""

    status: Literal["ok"] = "ok"
    ruleset: str


class Healthy:
    """Tells whether the parts stand; raises a `Refusal` (503) with the part's code if one does not."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._database = Probe(parts.schema_is_current, parts.patience)

    async def __call__(self) -> None:
        """Return if the service can serve."""
        if not self._parts.writer_is_alive():
            raise MachineLacks("writer_stopped")
        try:
            current = await self._database()
        except Refusal:
            raise  # the store knows what it lacks
        except Exception:  # noqa: BLE001 # no answer in time, or whatever a driver raises
            raise MachineLacks("database_silent") from None
        if not current:
            raise MachineLacks("schema_not_current")


def health_route(healthy: Healthy, ruleset: str) -> APIRouter:
    """Return `GET /health`."""
    routes = APIRouter()

    @routes.get("/health", responses={503: {}})
    async def health() -> Health:
        await healthy()
        return Health(ruleset=ruleset)

    return routes
