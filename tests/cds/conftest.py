"""A demo and a hospital, each served once for a module; the demo on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cds.serving import Served, demo_over, hospital_over, nothing, serving
from tests.storage.databases import Cluster, cluster

__all__ = ["cluster"]


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(demo_over(f"sqlite:///{tmp_path_factory.mktemp('cds') / 'demo.sqlite'}")) as served:
        yield served


@pytest.fixture
def demo(demos: Served) -> Served:
    """The demo, whose servers have nothing until the test says otherwise."""
    demos.servers.asked.clear()
    demos.servers.answer = nothing
    return demos


@pytest.fixture(scope="module")
def hospitals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(hospital_over(f"sqlite:///{tmp_path_factory.mktemp('cds') / 'sto.sqlite'}")) as served:
        yield served


@pytest.fixture
def hospital(hospitals: Served) -> Served:
    """The hospital, whose servers have nothing until the test says otherwise."""
    hospitals.servers.asked.clear()
    hospitals.servers.answer = nothing
    return hospitals


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo of the test's own, on each of the databases."""
    if request.param == "sqlite":
        with serving(demo_over(f"sqlite:///{tmp_path_factory.mktemp('cds') / 'own.sqlite'}")) as served:
            yield served
        return
    server: Cluster = request.getfixturevalue("cluster")
    with server.database() as url, serving(demo_over(url)) as served:
        yield served
