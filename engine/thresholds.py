"""Numbers that rules compare with: each named, sourced, and bounded for those who set it locally."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.errors import InputError, RuleSetError


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit in force; `low` and `high` bound what an overlay may set, `confirm` says its source is not yet read.

    `not_over` names another limit that this one may not pass.
    """

    name: str
    value: float
    unit: str
    source: str
    low: float
    high: float
    confirm: bool = False
    local: bool = False
    not_over: str | None = None


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
            raise InputError(f"{where} thresholds.{name}", "no_such_limit")
        limit = thresholds[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not limit.low <= value <= limit.high:
            place, unit = f"{where} thresholds.{name}", limit.unit
            raise InputError(place, "limit_out_of_range", low=limit.low, high=limit.high, unit=unit)
        found[name] = replace(limit, value=value, local=True)
    for limit in found.values():
        if limit.not_over and limit.value > found[limit.not_over].value:
            raise InputError(f"{where} thresholds.{limit.name}", "limit_over_another", other=limit.not_over)
    return found
