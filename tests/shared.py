"""Where the specification, the contract and the official examples lie: beside the repository, never in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("RETTHJEM_SHARED", Path(__file__).parents[1].parent / "shared"))


def shared(name: str) -> Path:
    """Return the path of a shared file, there or not."""
    return SHARED / name


def skip_without(*paths: object) -> None:
    """Skip the test if a shared file it is given is not there."""
    for path in paths:
        if isinstance(path, Path) and path.is_relative_to(SHARED) and not path.exists():
            pytest.skip(f"{path.name} is not beside the repository; set RETTHJEM_SHARED")
