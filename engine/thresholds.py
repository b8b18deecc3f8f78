"""Numbers that rules compare with: each named, sourced, and bounded for those who set it locally."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.errors import InputError, RuleSetError


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit in force; `low` and `high` bound what an overlay may set, `confirm` says its source is not yet read."""

    name: str
    value: float
    unit: str
    source: str
    low: float
    high: float
    confirm: bool = False
    local: bool = False


def read_thresholds(table: Mapping[str, Mapping[str, Any]]) -> dict[str, Threshold]:
    """Return the thresholds of a `thresholds.toml`; a missing field is an error that names it."""
    found = {}
    for name, row in table.items():
        try:
            found[name] = Threshold(name=name, **row)
        except TypeError as wrong:
            raise RuleSetError(f"thresholds.toml: {name}: {wrong}. Give value, unit, source, low and high.") from None
    return found


def overlaid(thresholds: Mapping[str, Threshold], local: Mapping[str, Any], where: str) -> dict[str, Threshold]:
    """Return the thresholds with local values; an unknown name or an impossible value raises `InputError`."""
    found = dict(thresholds)
    for name, value in local.items():
        if name not in thresholds:
            raise InputError(f"{where} thresholds.{name}", "there is no such limit", "See `retthjem rules list`.")
        limit = thresholds[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not limit.low <= value <= limit.high:
            remedy = f"Write a number from {limit.low:g} to {limit.high:g}, in {limit.unit}."
            raise InputError(f"{where} thresholds.{name}", "the value is not possible", remedy)
        found[name] = replace(limit, value=value, local=True)
    return found
