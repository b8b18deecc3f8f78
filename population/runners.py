"""Where tasks run. A runner takes a task and its jobs, and yields each result as it comes, in any order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Protocol

from engine.errors import Refusal
from population.task import Done, Job

THREADS = "POLARS_MAX_THREADS"
SET_BY_POLARS = "_RJEM_MALLOC_CONF"
"""How its allocator works: Polars sets it when it is imported, so that nobody else's word can be told from it."""

KEEPS_MEMORY = {
    SET_BY_POLARS: "narenas:1,dirty_decay_ms:60000,muzzy_decay_ms:60000",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 25),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
}
"""What a worker keeps of one bucket's memory for the next, by Polars' jemalloc and by NumPy's glibc.

Given back and asked for again page by page, it was a tenth of the time; in one arena it is no more of it than before.
"""

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


@contextmanager
def environment(asked: Mapping[str, str]) -> Iterator[None]:
    """Set what processes that are begun meanwhile are to have in their environment, but for what somebody has set."""
    before = dict(os.environ)
    missing = {name: value for name, value in asked.items() if name not in before or name == SET_BY_POLARS}
    os.environ.update(missing)
    try:
        yield
    finally:
        for name in missing:
            os.environ.pop(name, None)
        os.environ.update({name: before[name] for name in missing if name in before})


def _pooled(task: Task, jobs: Sequence[Job], workers: int) -> Iterator[Done]:
    threads = str(max(1, (os.cpu_count() or 1) // workers))
    with environment({THREADS: threads, **KEEPS_MEMORY}):
        # Polars keeps threads, which a fork would leave behind; and workers share the cores by their own number.
        pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
        try:
            for done in as_completed([pool.submit(task, job) for job in jobs]):
                yield done.result()
        except BrokenProcessPool:
            raise Refusal("--workers", "worker_lost") from None
        finally:
            pool.shutdown(cancel_futures=True)
