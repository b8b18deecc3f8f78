"""Every test of the record has a hospital on each of the databases."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.record.hospital import Hospital
from tests.storage.databases import cluster, database, engine, open_engine, postgresql, sqlite

__all__ = ["cluster", "database", "engine", "hospital", "open_engine", "postgresql", "sqlite"]


@pytest.fixture
def hospital(engine: Engine) -> Iterator[Hospital]:
    """Give a hospital with nobody in it."""
    made = Hospital(engine)
    try:
        yield made
    finally:
        made.close()
