"""The disk is full under a running server: a clear answer over HTTP, and saving goes on when there is room again."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select

from api.storage.engine import make_engine, reading
from api.storage.tables import assessment
from api.storage.verify import verify
from tests.served.process import Served
from tests.storage.disks import MountDisk

ROOM = 2_000_000
CREATED = 201


def test_a_full_disk_is_told_of_and_saving_goes_on_when_there_is_room(tmp_path: Path, small_disk: MountDisk) -> None:
    disk = small_disk(tmp_path / "disk", "48m")
    ballast = disk / "ballast"
    url = f"sqlite:///{disk}/record.db"
    with Served(url) as served:
        ballast.write_bytes(b"x" * (free_on(disk) - ROOM))
        answered, problem = save_until_refused(served)
        assert answered
        assert (problem["status"], problem["code"]) == (507, "store_full")
        ballast.unlink()
        status, told = served.save("after")
        assert status == CREATED
        answered.add(told["screening"]["id"])
        served.until(200)
    engine = make_engine(url)
    with reading(engine) as connection:
        assert answered <= set(connection.scalars(select(assessment.c.screening)))
    assert verify(engine).faults == []
    engine.dispose()


def free_on(disk: Path) -> int:
    """Return how many bytes there is room for."""
    return shutil.disk_usage(disk).free


def save_until_refused(served: Served) -> tuple[set[str], dict[str, Any]]:
    """Save screenings until one is refused; return those that were answered as stored, and the refusal."""
    answered: set[str] = set()
    for number in count():
        status, told = served.save(f"full-{number}")
        if status != CREATED:
            return answered, told
        answered.add(told["screening"]["id"])
    raise AssertionError
