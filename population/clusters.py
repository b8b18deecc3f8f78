"""The same task on an existing Spark or Ray cluster, whose machines see the same files and have this program installed.

Each bucket is a piece of work of its own, so that each is told of when it is done, and a bucket whose machine was lost
is run again on another. What goes wrong in a task comes back as itself and is not tried again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import polars as pl

from engine.errors import MachineLacks, Refusal
from population.runners import THREADS, Runner, Task, environment
from population.task import Done, Job

if TYPE_CHECKING:
    from pyspark import SparkContext

TRIES = 4
ONE_THREAD = {THREADS: "1"}
"""A task has one core, and Polars would take them all."""

Answer = Done | Exception


def on_spark() -> Runner:
    """Return a runner over the Spark that the environment names (`spark.master`), or one on this machine."""

    def run(task: Task, jobs: Sequence[Job], /) -> Iterator[Done]:
        from py4j.protocol import Py4JJavaError
        from pyspark.errors import PySparkException

        context = _spark()
        with ThreadPoolExecutor(max(1, context.defaultParallelism)) as asking:
            waiting = [asking.submit(_spark_answer, context, task, job) for job in jobs]
            try:
                for answer in as_completed(waiting):
                    yield _done(answer.result())
            except (Py4JJavaError, PySparkException) as wrong:
                raise Refusal("--runner", "cluster_failed") from wrong
            finally:
                asking.shutdown(cancel_futures=True)

    return run


def on_ray() -> Runner:
    """Return a runner over the Ray that `RAY_ADDRESS` names, or one on this machine."""

    def run(task: Task, jobs: Sequence[Job], /) -> Iterator[Done]:
        # Ray tells its makers of its use unless it is told not to.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        import ray

        with _ray_begun(ray):
            answers = ray.remote(num_cpus=1, max_retries=TRIES, runtime_env={"env_vars": ONE_THREAD})(_answer)
            waiting = [answers.remote(task, job) for job in jobs]
            while waiting:
                ready, waiting = ray.wait(waiting)
                try:
                    found = ray.get(ready)
                except ray.exceptions.RayError as wrong:
                    raise Refusal("--runner", "cluster_failed") from wrong
                yield from map(_done, found)

    return run


def runner_of(name: str) -> Runner:
    """Return the runner over a cluster by its name, `spark` or `ray`, where it is installed."""
    runner, package = {"spark": (on_spark, "pyspark"), "ray": (on_ray, "ray")}[name]
    if find_spec(package) is None:
        raise MachineLacks("lacks_cluster", runner=name, install=f'pip install "retthjem[{name}]"')
    return runner()


def _answer(task: Task, job: Job) -> Answer:
    """Return what a task returns, or what it raises that is to be said in words."""
    try:
        return task(job)
    except (OSError, pl.exceptions.PolarsError, Refusal) as wrong:
        return wrong


def _done(answer: Answer) -> Done:
    if isinstance(answer, Exception):
        raise answer
    return answer


def _spark() -> SparkContext:
    """Return the Spark that runs already, or begin the one that the environment names."""
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    if session is None:
        asked = {
            f"spark.executorEnv.{THREADS}": ONE_THREAD[THREADS],
            "spark.task.maxFailures": str(TRIES),
            "spark.ui.showConsoleProgress": "false",
        }
        with environment(ONE_THREAD):
            session = SparkSession.builder.appName("retthjem").config(map=asked).getOrCreate()
    return session.sparkContext


def _spark_answer(context: SparkContext, task: Task, job: Job) -> Answer:
    found: list[Answer] = context.parallelize([job], 1).map(lambda each: _answer(task, each)).collect()
    return found[0]


@contextmanager
def _ray_begun(ray: Any) -> Iterator[None]:
    """Begin Ray, and end it, unless it runs already."""
    runs = ray.is_initialized()
    if not runs:
        ray.init(include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    try:
        yield
    finally:
        if not runs:
            ray.shutdown()
