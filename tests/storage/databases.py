"""The databases that a test runs on: SQLite in a file, and PostgreSQL in a cluster of the test run's own.

The cluster listens on a socket in its own folder only, writes durably as in use, and is gone after the run. Each
process of xdist starts its own. Where PostgreSQL is not installed its tests are skipped, in CI they fail.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Literal

import psycopg
import pytest
from sqlalchemy import Engine

from api.storage.engine import make_engine
from api.storage.tables import tables
from api.storage.writer import Writer

Kind = Literal["sqlite", "postgresql"]
OWNER = "postgres"  # the server refuses to run as root
SETTINGS = {"listen_addresses": "''", "max_connections": "60", "shared_buffers": "32MB", "log_min_messages": "panic"}


@dataclass(frozen=True, slots=True)
class Database:
    """An empty database of one test."""

    kind: Kind
    url: str


class Cluster:
    """A PostgreSQL server that can be stopped and started."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="retthjem-pg-"))
        self._user = OWNER if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self.folder, self._user)
        self._numbers = count(1)
        self._do("initdb", "--auth=trust", f"--username={OWNER}", "--encoding=UTF8", "--locale=C", "--no-sync")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        self._do("pg_ctl", "start", "-w", "-l", str(self.folder / "log"), "-o", f"-k {self.folder} {options}")

    def stop(self) -> None:
        """Stop the server at once, as a crash would."""
        self._do("pg_ctl", "stop", "-w", "-m", "immediate")

    def remove(self) -> None:
        """Stop the server if it runs, and delete all it had."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder)

    def url(self, name: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql://{OWNER}@/{name}?host={self.folder}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """Give the address of a new database, which is dropped afterwards."""
        name = f"test_{next(self._numbers)}"
        self._admin(f"CREATE DATABASE {name}")
        yield self.url(name)
        self._admin(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def on_disk(self, disk: Path) -> Iterator[str]:
        """Give the address of a new database that is kept on a disk of its own."""
        if self._user:
            shutil.chown(disk, self._user)
        place = disk / "tables"
        place.mkdir()
        shutil.chown(place, self._user or os.geteuid())
        self._admin(f"CREATE TABLESPACE small LOCATION '{place}'")
        self._admin("CREATE DATABASE on_small TABLESPACE small")
        yield self.url("on_small")
        self._admin("DROP DATABASE on_small WITH (FORCE)")
        self._admin("DROP TABLESPACE small")

    def _admin(self, statement: str) -> None:
        with psycopg.connect(self.url(OWNER), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _do(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._programs / program), "-D", str(self.folder / "data"), *arguments],
            check=True,
            cwd=self.folder,
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
            stdout=subprocess.DEVNULL,
        )


def find_programs() -> Path | None:
    """Return the folder of PostgreSQL's own programs, which Debian keeps off the path."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True
    )
    found = next((folder for folder in folders if (folder / "initdb").exists()), None)
    on_path = shutil.which("initdb")
    return found or (Path(on_path).resolve().parent if on_path else None)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Give this process's PostgreSQL server."""
    if not (programs := find_programs()):
        lacking = "PostgreSQL is not installed: apt-get install postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(lacking)
        pytest.skip(lacking)
    server = Cluster(programs)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def sqlite(tmp_path: Path) -> Database:
    """Give an empty SQLite database."""
    return Database("sqlite", f"sqlite:///{tmp_path / 'record.db'}")


@pytest.fixture
def postgresql(cluster: Cluster) -> Iterator[Database]:
    """Give an empty PostgreSQL database."""
    with cluster.database() as url:
        yield Database("postgresql", url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Give an empty database of each kind in turn."""
    found: Database = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def open_engine() -> Iterator[Callable[[Database], Engine]]:
    """Give a way to open a database and make its tables; what was opened is closed."""
    opened: list[Engine] = []

    def open_it(database: Database) -> Engine:
        opened.append(make_engine(database.url))
        tables.create_all(opened[-1])
        return opened[-1]

    yield open_it
    for each in opened:
        each.dispose()


@pytest.fixture
def engine(database: Database, open_engine: Callable[[Database], Engine]) -> Engine:
    """Give an engine on a database of each kind, with its tables."""
    return open_engine(database)


@pytest.fixture
def writer(engine: Engine) -> Iterator[Writer]:
    """Give a writer on a database of each kind."""
    one = Writer(engine)
    yield one
    one.close()
