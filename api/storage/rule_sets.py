"""Rule sets as they are stored: each once, under a digest of its own text, to explain old assessments by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from api.storage.tables import rule_set
from engine.errors import RuleSetError
from engine.rules import RuleSet
from engine.snapshot import from_snapshot, to_snapshot
from rules.ruleset import Overlay

RuleSetInForce = tuple[RuleSet, Overlay | None]


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    digest: str
    snapshot: str
    overlay: str | None


# Rule sets are few and never change, so both ways are made once in a process.
_WRITTEN: dict[tuple[str, str, str | None], _Row] = {}
_READ: dict[str, RuleSetInForce] = {}


def rule_set_id(ruleset: RuleSet, overlay: Overlay | None) -> str:
    """Return the id of rules and overlay together: a digest of what is stored of them."""
    return _row(ruleset, overlay).id


def keep_rule_set(connection: Connection, ruleset: RuleSet, overlay: Overlay | None) -> str:
    """Store the rule set if it is not there, and return its id."""
    row = _row(ruleset, overlay)
    if connection.scalar(select(rule_set.c.id).where(rule_set.c.id == row.id)) is None:
        connection.execute(insert(rule_set).values(asdict(row)))
    return row.id


def kept(connection: Connection, id: str) -> RuleSetInForce:
    """Return the rule set and overlay that are stored under an id."""
    if id not in _READ:
        _READ[id] = _parsed(connection, id)
    return _READ[id]


def written_as(snapshot: str, overlay: str | None) -> str:
    """Return the id that belongs to a stored text."""
    whole = f"{snapshot}\n{overlay or ''}"
    return "sha256:" + hashlib.sha256(whole.encode()).hexdigest()


def _row(ruleset: RuleSet, overlay: Overlay | None) -> _Row:
    local = _compact(asdict(overlay)) if overlay else None
    key = ruleset.version, ruleset.digest, local
    if key not in _WRITTEN:
        snapshot = _compact(to_snapshot(ruleset))
        _WRITTEN[key] = _Row(written_as(snapshot, local), ruleset.digest, snapshot, local)
    return _WRITTEN[key]


def _parsed(connection: Connection, id: str) -> RuleSetInForce:
    found = connection.execute(select(rule_set.c.snapshot, rule_set.c.overlay).where(rule_set.c.id == id)).one_or_none()
    if found is None:
        raise RuleSetError(f"The database holds no rule set {id}. Restore a whole backup.")
    overlay = _overlay(json.loads(found.overlay)) if found.overlay else None
    return from_snapshot(json.loads(found.snapshot)), overlay


def _overlay(data: Mapping[str, Any]) -> Overlay:
    return Overlay(**{**data, "checklist": tuple(data["checklist"])})


def _compact(data: Mapping[str, Any]) -> str:
    # The rules' order is part of what they mean to a reader, so keys are not sorted.
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
