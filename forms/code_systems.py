"""Code systems by every name a sender uses for them: the public URI, `urn:oid:` and the bare OID."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "code_systems.toml"


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """A code system or an identifier system; `confirm` marks a name that is recalled and not yet read at its owner."""

    id: str
    name: str
    oid: str
    uris: tuple[str, ...]
    source: str
    confirm: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return every name that a sender may use for it."""
        return (self.oid, f"urn:oid:{self.oid}", *self.uris)


@cache
def code_systems() -> tuple[CodeSystem, ...]:
    """Return the known systems in the order of the data file."""
    rows = tomllib.loads(_FILE.read_text("utf-8"))["system"]
    return tuple(CodeSystem(**row | {"uris": tuple(row["uris"])}) for row in rows)


@cache
def _by_name() -> Mapping[str, str]:
    return {name: system.id for system in code_systems() for name in system.names}


def system_id(name: str | None) -> str | None:
    """Return our id of the system that a sender calls `name`, or None where it is not one we know."""
    return _by_name().get(name.strip()) if name else None
