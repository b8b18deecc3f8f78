"""Figures without patients, users or wards, for those who hold the token."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from api.observing.metrics import Figures, Metrics, metrics_route
from api.observing.probe import Probe
from tests.observing.conftest import Log
from tests.observing.serving import observed

TOKEN = "a-token-for-metrics"
LABELS = {"route", "method", "status", "le", "version", "digest", "implementation", "major", "minor", "patchlevel"}


def client(token: str | None = TOKEN, *, gone: bool = False) -> TestClient:
    """Return a client of an application that has answered one patient's page, and its figures."""
    metrics = Metrics(version="0.1.0", digest="abc")
    app = FastAPI()
    app.get("/people/{id}")(lambda id: id)

    def figures() -> Figures:
        if gone:
            raise OSError
        return Figures(datetime.now(UTC) - timedelta(minutes=1), 41)

    app.include_router(metrics_route(metrics, Probe(figures), token))
    metrics.committed(3, 0.004)
    metrics.watch_queue(lambda: 5)
    asking = TestClient(observed(app, metrics))
    asking.get("/people/13527248022")
    return asking


def read(asking: TestClient) -> dict[str, float]:
    """Return every figure by its name and labels."""
    page = asking.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    samples = [sample for family in text_string_to_metric_families(page) for sample in family.samples]
    assert {label for sample in samples for label in sample.labels} <= LABELS
    return {
        " ".join([sample.name, *map(sample.labels.__getitem__, sorted(sample.labels))]): sample.value
        for sample in samples
    }


def test_the_figures_say_how_it_goes(log: Log) -> None:
    found = read(client())
    assert found["retthjem_requests_total GET /people/{id} 2xx"] == 1
    assert found["retthjem_request_seconds_count GET /people/{id}"] == 1
    assert found["retthjem_writer_group_sum"] == 3
    assert found["retthjem_commit_seconds_count"] == 1
    assert found["retthjem_writer_queue"] == 5
    assert found["retthjem_database_up"] == 1
    assert found["retthjem_screenings_stored"] == 41
    assert 60 <= found["retthjem_access_log_head_age_seconds"] < 70
    assert found["retthjem_build_info abc 0.1.0"] == 1


def test_a_database_that_is_gone_is_a_figure_and_no_error(log: Log) -> None:
    found = read(client(gone=True))
    assert found["retthjem_database_up"] == 0
    assert math.isnan(found["retthjem_screenings_stored"])


@pytest.mark.parametrize("given", [None, "", "Bearer ", f"Bearer {TOKEN}x", TOKEN, "Bearer Hjørdis"])
def test_without_the_token_nothing_is_told(log: Log, given: str | None) -> None:
    headers: dict[bytes, bytes] = {} if given is None else {b"Authorization": given.encode()}
    answer = client().get("/metrics", headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "retthjem" not in answer.text


@pytest.mark.parametrize("given", ["Bearer None", "Bearer ", f"Bearer {TOKEN}"])
def test_where_the_settings_name_no_token_there_are_no_figures(log: Log, given: str) -> None:
    assert client(None).get("/metrics", headers={"Authorization": given}).status_code == 404
