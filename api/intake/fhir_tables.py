"""The code lists by which FHIR is read, from `data/fhir.toml`, where each has its source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "data" / "fhir.toml"


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def fhir_table(name: str) -> Mapping[str, Any]:
    """Return one table of code lists."""
    return _tables()[name]
