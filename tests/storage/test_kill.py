"""The server is killed while 200 save at once: what was answered is there, nothing is there in part, the log is whole.

`RETTHJEM_KILLS` says how many times.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from api.storage.access_log import verify_log
from api.storage.engine import make_engine, reading
from api.storage.schema import upgrade
from tests.storage.databases import Database
from tests.storage.saves import make_ready, saved

KILLS = int(os.environ.get("RETTHJEM_KILLS", "5"))
ROOT = Path(__file__).parents[2]


def test_what_was_answered_is_there_after_a_kill(database: Database, tmp_path: Path) -> None:
    engine = make_engine(database.url)
    upgrade(engine)
    make_ready(engine)
    answered: set[str] = set()
    found: set[str] = set()
    for number in range(KILLS):
        before = len(answered)
        answered |= answered_until_killed(database.url, f"k{number}", tmp_path / "answered")
        assert len(answered) > before
        with reading(engine) as connection:
            found = saved(connection)
            report = verify_log(connection)
        assert answered <= found
        assert (report.fault, report.lines) == (None, len(found))
    engine.dispose()
    print(f"{database.kind}: {KILLS} kills, {len(answered)} saves answered, {len(found)} stored")


def answered_until_killed(url: str, start: str, told: Path) -> set[str]:
    """Let a process save until it is killed at a random moment after its first answers, and return what it answered."""
    command = [sys.executable, "-m", "tests.storage.killed", url, start]
    with told.open("wb") as output, subprocess.Popen(command, stdout=output, cwd=ROOT) as process:
        deadline = time.monotonic() + 20
        while not told.stat().st_size and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(random.uniform(0, 0.4))
        assert process.poll() is None  # it is killed, it did not end
        process.kill()
    return set(told.read_text("utf-8").splitlines())
