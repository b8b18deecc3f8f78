"""A worker has its share of the machine, and keeps its memory from one bucket to the next."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from population.runners import KEEPS_MEMORY, THREADS, local
from population.task import Done, Job

JOBS = [Job(Path(), bucket, date(2026, 1, 1), {}) for bucket in range(2)]


def told_of(job: Job) -> Done:
    return Done(job.bucket, os.getpid(), {}, [dict(os.environ)])


def environments_of(runner):
    return [done.faults[0] for done in runner(told_of, JOBS) if done.people != os.getpid()]


def test_workers_share_the_cores_and_keep_their_memory(monkeypatch):
    monkeypatch.delenv(THREADS, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    found = environments_of(local(2))
    assert [each[THREADS] for each in found] == ["3", "3"]
    for name, value in KEEPS_MEMORY.items():
        # Polars puts its own before what it is given, and the last that is said counts.
        assert all(each[name].endswith(value) for each in found)


def test_as_many_threads_as_are_asked_for_are_taken_and_nothing_stays_set(monkeypatch):
    monkeypatch.setenv(THREADS, "5")
    before = dict(os.environ)
    assert [each[THREADS] for each in environments_of(local(2))] == ["5", "5"]
    assert dict(os.environ) == before


def test_what_somebody_has_said_of_a_workers_memory_stands(monkeypatch):
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "1000000")
    assert {each["MALLOC_TRIM_THRESHOLD_"] for each in environments_of(local(2))} == {"1000000"}


def test_one_worker_is_this_process():
    assert environments_of(local(1)) == []
