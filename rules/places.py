"""The municipalities by number, and from which day the numbers are those in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from rules.knowledge import table


@cache
def municipalities() -> Mapping[str, str]:
    """Return the municipalities' names by number."""
    names: Mapping[str, str] = _register()["municipalities"]
    return names


def numbered_since() -> date:
    """Return the day from which the numbers are in force; of an earlier day the register says nothing."""
    since: date = _register()["in_force_from"]
    return since


@cache
def _register() -> Mapping[str, Any]:
    return table("municipalities")
