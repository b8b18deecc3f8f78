"""The four services, and how discovery tells of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engine.texts import Texts

TABLE = Path(__file__).parent / "data" / "services.toml"


@dataclass(frozen=True, slots=True)
class Service:
    """A service: the hook it answers, what it asks to be sent along, and what it cannot do without."""

    id: str
    hook: str
    prefetch: Mapping[str, str]
    essential: tuple[str, ...]
    context: tuple[str, ...]


@cache
def services() -> Mapping[str, Service]:
    """Return the services by id."""
    rows = tomllib.loads(TABLE.read_text("utf-8"))
    found = (
        Service(row["id"], hook, row["prefetch"], tuple(row["essential"]), tuple(row["context"]))
        for hook, row in rows.items()
        if isinstance(row, dict)
    )
    return {each.id: each for each in found}


def discovery(texts: Texts) -> dict[str, Any]:
    """Return what `GET /cds-services` answers, in a language."""
    return {"services": [_described(each, texts) for each in services().values()]}


def _described(service: Service, texts: Texts) -> dict[str, Any]:
    return {
        "hook": service.hook,
        "title": texts(f"cds.service.{service.hook}.title"),
        "description": texts(f"cds.service.{service.hook}.description"),
        "id": service.id,
        "prefetch": dict(service.prefetch),
        "usageRequirements": texts("cds.usage"),
    }
