"""The same task on Spark and on Ray, each a real cluster of two workers on this machine, and what a lost worker does.

They are installed with `RETTHJEM_CLUSTER=1 ./dev test`; `RETTHJEM_CLUSTER_PEOPLE=100000` compares as many people.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from shutil import which

import polars as pl
import pytest

from engine.errors import InputError
from population import run
from population.clusters import on_ray, on_spark
from population.files import checksum
from population.task import screen_bucket
from tests.population import lost
from tests.population.extracts import asked, extract_of, quietly, screened_to
from tests.population.people import random_people

ROOT = Path(__file__).parents[2]
PEOPLE = int(os.environ.get("RETTHJEM_CLUSTER_PEOPLE", "300"))
A_BUCKET = max(60, PEOPLE // 20)


def has(package):
    pytest.importorskip(package, reason=f"{package} is installed with RETTHJEM_CLUSTER=1")


@pytest.fixture(scope="module")
def extract(tmp_path_factory):
    folder = tmp_path_factory.mktemp("extract")
    for name, rows in extract_of(random_people(PEOPLE, seed=17)).items():
        pl.DataFrame(rows, infer_schema_length=None).write_parquet(folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def by_one_process(extract, tmp_path_factory):
    out = tmp_path_factory.mktemp("one")
    screened_to(out, extract, people_a_bucket=A_BUCKET)
    return out


@pytest.fixture(scope="module")
def spark():
    has("pyspark")
    if not which("java"):
        pytest.skip("Spark runs on Java, which is not on this machine's path")
    from pyspark.sql import SparkSession

    asked = {
        "spark.executorEnv.PYTHONPATH": str(ROOT),
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
    }
    session = SparkSession.builder.master("local-cluster[2,1,1024]").appName("tests").config(map=asked)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYSPARK_PYTHON", sys.executable)
        begun = session.getOrCreate()
        yield on_spark()
        begun.stop()


@pytest.fixture(scope="module")
def ray():
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    has("ray")
    import ray as found
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    for _ in range(2):
        cluster.add_node(num_cpus=1)
    found.init(address=cluster.address, log_to_driver=False, runtime_env={"env_vars": {"PYTHONPATH": str(ROOT)}})
    yield on_ray()
    found.shutdown()
    cluster.shutdown()


@pytest.fixture(params=["spark", "ray"])
def cluster(request):
    return request.getfixturevalue(request.param)


def screened_on(cluster, extract, out, task, monkeypatch):
    monkeypatch.setattr(run, "screen_bucket", task)
    return run.screen(asked(extract, people_a_bucket=A_BUCKET), out, cluster, tell=quietly, dictionary="")


def same(one, other):
    names = {path.relative_to(one): checksum(path) for path in one.rglob("*") if path.is_file()}
    return names == {path.relative_to(other): checksum(path) for path in other.rglob("*") if path.is_file()}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("task", [screen_bucket, lost.losing_a_process, lost.losing_a_worker])
def test_a_cluster_comes_to_what_one_process_comes_to_also_where_a_worker_is_lost(
    cluster, extract, by_one_process, task, tmp_path, monkeypatch
):
    found = screened_on(cluster, extract, tmp_path, task, monkeypatch)
    assert found.people == PEOPLE
    assert same(tmp_path, by_one_process)


@pytest.mark.filterwarnings("ignore")
def test_a_full_disk_on_a_cluster_is_said_as_on_one_machine(cluster, extract, tmp_path, monkeypatch):
    with pytest.raises(InputError) as refused:
        screened_on(cluster, extract, tmp_path, lost.full, monkeypatch)
    assert refused.value.code == "disk_full"
