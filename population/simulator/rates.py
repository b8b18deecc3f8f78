"""What a day in hospital after ready-for-discharge costs the municipality, with its year and its source."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent.parent / "data" / "rates.toml"


@dataclass(frozen=True, slots=True)
class Rate:
    """Kroner a day, of which year, by whom, and whether a newer one is to be looked for."""

    kroner: int
    year: int
    source: str
    address: str
    confirm: bool


@cache
def ready_day() -> Rate:
    """Return the newest rate that is known."""
    table = tomllib.loads(FILE.read_text("utf-8"))["ready_day"]
    year = max(map(int, table["kroner"]))
    return Rate(table["kroner"][str(year)], year, table["source"], table["address"], table["confirm"])
