"""A plan, or a part of one, as plain JSON values; field names are those of `parts.py`."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from careplans.parts import Plan

SCHEMA = "retthjem/plan/1"


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Return the plan as JSON: ids and dates, no wording, so that it reads the same in every language."""
    return {"schema": SCHEMA, **to_json(plan)}


def to_json(value: object) -> Any:
    """Return dataclasses as objects, tuples and sets as lists, days and times as ISO 8601."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(each) for each in value]
    if isinstance(value, Set):
        return sorted(to_json(each) for each in value)
    return value
