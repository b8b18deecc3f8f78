"""The database goes away under a running server, and comes back: a clear answer meanwhile, and no restart."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.served.process import Served
from tests.storage.databases import Cluster


def test_postgresql_that_stops_is_told_of_and_saving_goes_on_when_it_is_back(cluster: Cluster) -> None:
    with cluster.database() as url, Served(url) as served:
        assert served.save("before")[0] == 201
        cluster.stop()
        status, problem = served.save("meanwhile")
        assert (status, problem["code"]) == (503, "store_gone")
        served.until(503)
        cluster.start()
        served.until(200)
        assert served.save("after")[0] == 201


def test_sqlite_that_another_holds_is_told_of_and_saving_goes_on_when_it_is_free(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    with Served(f"sqlite:///{path}") as served:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            status, problem = served.save("meanwhile")
            assert (status, problem["code"]) == (503, "store_locked")
            other.execute("ROLLBACK")
        assert served.save("after")[0] == 201
