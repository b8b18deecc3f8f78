"""A served application for each module of tests, over SQLite and over PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.record.record import Record
from tests.storage.databases import Cluster, cluster
from tests.v1.serving import served

__all__ = ["cluster"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[TestClient, Record]]:
    """The application and its record, on each of the databases."""
    if request.param == "sqlite":
        with served(f"sqlite:///{tmp_path_factory.mktemp('v1') / 'record.sqlite'}") as both:
            yield both
        return
    server: Cluster = request.getfixturevalue("cluster")
    with server.database() as url, served(url) as both:
        yield both


@pytest.fixture(scope="module")
def client(app: tuple[TestClient, Record]) -> TestClient:
    """The application, as a caller sees it."""
    return app[0]


@pytest.fixture(scope="module")
def record(app: tuple[TestClient, Record]) -> Record:
    """What the application keeps."""
    return app[1]
