"""A served application for each module of tests, over SQLite: FHIR says the same on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.record.record import Record
from tests.v1.serving import served


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Record]]:
    """The application and its record."""
    with served(f"sqlite:///{tmp_path_factory.mktemp('fhir') / 'record.sqlite'}") as both:
        yield both


@pytest.fixture(scope="module")
def client(app: tuple[TestClient, Record]) -> TestClient:
    """The application, as a caller sees it."""
    return app[0]


@pytest.fixture(scope="module")
def record(app: tuple[TestClient, Record]) -> Record:
    """What the application keeps."""
    return app[1]
