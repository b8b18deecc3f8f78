"""Every list as a page, at 50,000 patients: time from the request to the whole page, and how long the page is.

CPU is beside the time that passed: on a machine that is shared, what others do counts in the one and not in the other.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.storage.engine import make_engine
from api.storage.schema import upgrade
from tests.bench.people import fill, tell
from tests.v1.issuer import bearer
from tests.v1.serving import served

PATIENTS, TIMES = 50_000, 30
GOAL = 0.15
T = TypeVar("T")
ASKED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("geriatric_team", "hospital:STO"): (
        "team",
        "team?ward=STO/W1&track=cga_team",
        "unscreened",
        "ready",
        "late",
        "late?owner=treating_doctor",
    ),
    ("nurse", "ward:STO/W1"): ("team", "unscreened", "late"),
    ("coordinator", "municipality:5000"): ("coordinator", "municipality", "late", "ready"),
    ("gp", "practice:practice-1"): ("practice",),
}


def list_pages() -> None:
    """Print the figures, on SQLite."""
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        told_in, many = (f"sqlite:///{Path(folder) / name}" for name in ("told.db", "many.db"))
        told = _with(told_in, tell)
        _with(many, lambda engine: fill(engine, told, PATIENTS))
        with served(many) as (client, _):
            for line in _figures(client):
                print(line)


def _with(url: str, work: Callable[[Engine], T]) -> T:
    engine = make_engine(url)
    upgrade(engine)
    try:
        return work(engine)
    finally:
        engine.dispose()


def _figures(client: TestClient) -> Iterator[str]:
    for (role, unit), pages in ASKED.items():
        headers = bearer(role, unit)
        for page in pages:
            answer = client.get(f"/lists/{page}", headers=headers)
            assert answer.status_code == 200, answer.text
            spent = sorted(_spent(client, f"/lists/{page}", headers) for _ in range(TIMES))
            cpu = sorted(of_cpu for _, of_cpu in spent)
            p95 = int(TIMES * 0.95)
            mark = "" if spent[p95][0] <= GOAL else "  OVER the goal"
            yield (
                f"/lists/{page} of {role}: p50 {spent[TIMES // 2][0] * 1000:.0f} ms, p95 {spent[p95][0] * 1000:.0f} ms "
                f"(CPU {cpu[p95] * 1000:.0f} ms), {len(answer.content) / 1000:.0f} kB{mark}"
            )


def _spent(client: TestClient, page: str, headers: Mapping[str, str]) -> tuple[float, float]:
    began, of_cpu = time.perf_counter(), time.process_time()
    client.get(page, headers=headers)
    return time.perf_counter() - began, time.process_time() - of_cpu
