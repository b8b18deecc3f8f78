"""What a made-up population is like, as `data/synthetic.toml` has it."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "data"


@cache
def model() -> dict[str, Any]:
    """Return the numbers of the made-up population."""
    return tomllib.loads((DATA / "synthetic.toml").read_text("utf-8"))


def about() -> str:
    """Return what stands beside a made-up extract, so that nobody takes it for real."""
    return (DATA / "synthetic_about.md").read_text("utf-8")
