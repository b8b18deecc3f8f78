"""Tasks that lose the worker they run on, the first time: what a cluster does when a machine stops."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

from population.task import Done, Job, screen_bucket

LAST = 2


def losing_a_process(job: Job) -> Done:
    """Screen a bucket; before the last one, end this process the first time."""
    _end(job, os.getpid)
    return screen_bucket(job)


def losing_a_worker(job: Job) -> Done:
    """Screen a bucket; before the last one, end the worker that this process belongs to the first time."""
    _end(job, _worker)
    return screen_bucket(job)


def full(job: Job) -> Done:
    """Find no room on the disk."""
    raise OSError(28, "No space left on device")


def _end(job: Job, process: Callable[[], int]) -> None:
    mark = job.folder / "lost"
    if job.bucket == LAST and not mark.exists():
        mark.touch()
        os.kill(process(), signal.SIGKILL)


def _worker() -> int:
    """Return the process that the cluster knows as its worker: Spark's executor, Ray's raylet."""
    if raylet := os.environ.get("RAY_RAYLET_PID"):  # Ray's workers say whose they are, and may have lost their parent
        return int(raylet)
    process = os.getpid()
    while process > 1:
        if b"CoarseGrainedExecutorBackend" in Path(f"/proc/{process}/cmdline").read_bytes():
            return process
        process = int(Path(f"/proc/{process}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[1])
    raise LookupError("This process belongs to no worker.")
