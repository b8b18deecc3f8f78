"""Where tasks run. A runner takes a task and its jobs, and yields each result as it comes, in any order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Protocol

from engine.errors import Refusal
from population.task import Done, Job

THREADS = "POLARS_MAX_THREADS"
Task = Callable[[Job], Done]


class Runner(Protocol):
    """Runs one task for each job, on whatever machines it has."""

    def __call__(self, task: Task, jobs: Sequence[Job], /) -> Iterator[Done]:
        """Yield each job's result; a job may be run again, for a task is done wholly or not at all."""
        ...


def local(workers: int) -> Runner:
    """Return a runner over processes of this machine; with one worker, in this process."""

    def run(task: Task, jobs: Sequence[Job], /) -> Iterator[Done]:
        if workers == 1 or len(jobs) <= 1:
            yield from map(task, jobs)
            return
        yield from _pooled(task, jobs, min(workers, len(jobs)))

    return run


def _pooled(task: Task, jobs: Sequence[Job], workers: int) -> Iterator[Done]:
    # Polars keeps threads, which a fork would leave behind; and its workers share the cores by their own number.
    before = os.environ.get(THREADS)
    os.environ[THREADS] = before or str(max(1, (os.cpu_count() or 1) // workers))
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        for done in as_completed([pool.submit(task, job) for job in jobs]):
            yield done.result()
    except BrokenProcessPool:
        raise Refusal("--workers", "worker_lost") from None
    finally:
        pool.shutdown(cancel_futures=True)
        if before is None:
            os.environ.pop(THREADS, None)
