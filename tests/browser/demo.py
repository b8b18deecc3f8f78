"""A demo server of its own on a free port, whose database is put back to the filled ward before each test."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.nightly.made import lies_in, run_in

MANY = "1000000"
UNLIMITED = {f"RETTHJEM_LIMITS__{name}": MANY for name in ("PERSON", "ADDRESS", "SIGN_IN", "WRONG_TOKEN")}
OPENED = re.compile(r"http://127\.0\.0\.1:\d+")
PATIENCE = 60


def _in_hospital() -> list[dict[str, Any]]:
    """Return whom a nightly run finds in hospital: enough of one municipality to be counted, and too few of others."""
    homes = ["5001"] * 12 + ["4601"] * 8 + ["0301"] * 2 + ["9999"]
    wards = ("GER2", "MED1")
    return [lies_in(f"L-{which}", ward=wards[which % 2], municipality=home) for which, home in enumerate(homes)]


class Demo:
    """The running demo; `address` is what a browser opens."""

    def __init__(self, folder: Path, address: str) -> None:
        self.address = address
        self._live, self._filled = folder / "demo.sqlite", folder / "filled.sqlite"

    def keep(self) -> None:
        """Remember the database as it is now: where each test begins."""
        _copy(self._live, self._filled)

    def restore(self) -> None:
        """Put the database back to what was remembered, as one change that the server sees."""
        _copy(self._filled, self._live)

    def ask(self, question: str, **values: object) -> list[tuple[Any, ...]]:
        """Return what the database answers."""
        with closing(sqlite3.connect(self._live)) as connection:
            return connection.execute(question, values).fetchall()

    def everyone_was_away(self) -> None:
        """Let more than the idle minutes pass for every session."""
        with closing(sqlite3.connect(self._live)) as connection, connection:
            connection.execute("UPDATE session SET seen = datetime(seen, '-20 minutes')")


def _environment(run: Path) -> dict[str, str]:
    return os.environ | UNLIMITED | {"PYTHONUNBUFFERED": "1", "RETTHJEM_POPULATION__NIGHTLY": str(run)}


@contextmanager
def served(folder: Path) -> Iterator[Demo]:
    """Serve a demo from an empty folder until the tests are done."""
    said = folder / "said.txt"
    run = run_in(folder / "nightly", _in_hospital(), key=None)
    command = [sys.executable, "-m", "api.cli", "serve", "--demo", "--port", "0"]
    command += ["--database", f"sqlite:///{folder / 'demo.sqlite'}"]
    with said.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=_environment(run))
    try:
        demo = Demo(folder, _address(server, said))
        _until_closed(demo)
        yield demo
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _until_closed(demo: Demo) -> None:
    """Wait until the months of the demo's past are counted, which the server does beside answering."""
    until = time.monotonic() + PATIENCE
    while not demo.ask("SELECT count(*) FROM figure_month")[0][0]:
        assert time.monotonic() < until, "No month was closed"
        time.sleep(0.2)


def _address(server: subprocess.Popen[bytes], said: Path) -> str:
    """Return the address once the server says it; what it said is the error where it never does."""
    until = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < until:
        if found := OPENED.search(said.read_text("utf-8")):
            return found.group()
        time.sleep(0.05)
    raise AssertionError(f"The demo did not start:\n{said.read_text('utf-8')}")


def _copy(origin: Path, to: Path) -> None:
    with closing(sqlite3.connect(origin)) as read, closing(sqlite3.connect(to, timeout=30)) as written:
        read.backup(written)
