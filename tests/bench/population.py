"""A whole population: everything, and two scores of it alone, beside what neither can do without.

Each figure is taken in a process of its own, which tells its time, its CPU and the most memory that it or one of its
workers took. Ratios are to a bare group-by of the same files in the same run.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import polars as pl

from population import run
from population.diagnoses import code_table, comorbidity
from population.runners import Runner, local
from tests.bench.extracts import extract

ON = date(2026, 11, 23)
WORKERS = 2
PEOPLE_AT_ONCE = 50_000
TABLES = {"diagnoses": "code", "prescriptions": "atc"}
QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}


@dataclass(frozen=True, slots=True)
class Figure:
    """What something took: seconds by the clock and of CPU, MB at most in its process and in a worker; its start-up."""

    seconds: float
    cpu: float
    memory: float
    worker: float = 0.0
    start_up: float = 0.0


def population(people: Sequence[int]) -> None:
    """Print the figures for each number of people, and how the time of everything grows with them."""
    line = {}
    for count in people:
        with tempfile.TemporaryDirectory() as folder:
            made = extract(count, Path(folder))
            extract(count, Path(folder), in_order=False)
            print(f"{count} people, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
            figures = dict(_figures(made))
            _tell(figures)
            _tell_clusters(figures)
            _tell_differences(made)
            line[count] = figures[EVERYTHING]
    for count, each in line.items():
        print(
            f"everything, {count} people: {each.seconds / count * 1e5:.2f} s and {each.cpu / count * 1e5:.2f} s of CPU "
            f"for each 100000, {each.worker or each.memory:.0f} MB a worker (goal: a straight line; at most 1000 MB)"
        )


def _figures(made: Path) -> Iterator[tuple[str, Figure]]:
    for name in MEASURED:
        package = name.split()[0].strip(",")
        if package in NEEDED and find_spec(NEEDED[package]) is None:
            print(f"  {name}: not installed; {'RETTHJEM_CLUSTER=1' if package in CLUSTERS else 'CI=true'} ./dev bench")
            continue
        yield name, _taken(name, made)


def _taken(name: str, made: Path) -> Figure:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.population", name, str(made)], capture_output=True, text=True, check=True
    )
    return Figure(**json.loads(done.stdout.splitlines()[-1]))


def _tell(figures: Mapping[str, Figure]) -> None:
    bare = figures[BARE]
    for name, each in figures.items():
        print(
            f"  {name:34} {each.seconds:7.2f} s, CPU {each.cpu:7.2f} s, {each.memory:5.0f} MB, {each.worker:4.0f} MB a "
            f"worker; of a bare group-by {each.seconds / bare.seconds:5.1f} times the time, "
            f"{each.cpu / bare.cpu:5.1f} times the CPU"
        )
    for package in sorted(THEIRS & {name.split()[0] for name in figures}):
        ours, other = figures[OURS], figures[f"{package} {SCORES}"]
        print(
            f"  {OURS}: {other.seconds / ours.seconds:.1f} times as fast as {package}, "
            f"in {ours.memory / other.memory:.2f} of its memory (goals: 6 at a million, 12 at 5.5; 0.1)"
        )


def _tell_clusters(figures: Mapping[str, Figure]) -> None:
    pool = figures[EVERYTHING]
    for cluster in CLUSTERS:
        if each := figures.get(f"{cluster}, {EVERYTHING}"):
            print(
                f"  {cluster}: {each.seconds / pool.seconds:.2f} times the local pool (goal 1.6), "
                f"less {each.start_up:.1f} s of start-up"
            )


def _tell_differences(made: Path) -> None:
    """Say how many people others score otherwise, but for the weight that comorbidipy gives AIDS."""
    ours = made / f"{OURS}.parquet"
    for package in sorted(THEIRS):
        other = made / f"{package} {SCORES}.parquet"
        if ours.exists() and other.exists():
            both = pl.read_parquet(ours).join(pl.read_parquet(other), on="person", suffix=" of theirs")
            apart = {
                name: int((pl.Series(both[name]) != both[f"{name} of theirs"]).sum())
                for name in ("charlson_1987", "hfrs")
            }
            print(f"  {package}: {both.height} people compared, different {apart}")


# What is measured, each in a process of its own


def _scan(made: Path) -> None:
    for table, code in TABLES.items():
        rows = pl.scan_parquet(made / f"{table}.parquet")
        rows.select(pl.col("person").max(), pl.col(code).max()).collect(engine="streaming")


def _group(made: Path) -> None:
    for table, code in TABLES.items():
        rows = pl.scan_parquet(made / f"{table}.parquet")
        rows.group_by("person").agg(pl.len(), pl.col(code).max()).collect(engine="streaming")


def _split(made: Path) -> None:
    with tempfile.TemporaryDirectory(dir=made) as folder:
        run.split_into_jobs(_request(made), Path(folder))


def _everything(made: Path, runner: Runner | None = None) -> None:
    with tempfile.TemporaryDirectory(dir=made) as folder:
        run.screen(_request(made), Path(folder) / "out", runner or local(WORKERS), tell=lambda *_: None, dictionary="")


def _everything_in_no_order(made: Path) -> None:
    _everything(made.with_name(f"{made.name} in no order"))


def _split_in_no_order(made: Path) -> None:
    _split(made.with_name(f"{made.name} in no order"))


def _started_ray() -> Runner:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray

    from population.clusters import ONE_THREAD, on_ray

    ray.init(num_cpus=WORKERS, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    nothing = ray.remote(runtime_env={"env_vars": ONE_THREAD})(_nothing)
    ray.get([nothing.remote() for _ in range(WORKERS)])
    return on_ray()


def _nothing() -> None:
    """Do nothing for so long that each has its worker, which is begun by its first task, and for its environment."""
    time.sleep(1)


def _started_spark() -> Runner:
    from pyspark.sql import SparkSession

    from population.clusters import on_spark

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ["POLARS_MAX_THREADS"] = "1"
    builder = SparkSession.builder.master(f"local[{WORKERS}]").appName("bench")
    context = builder.config(map=QUIET).getOrCreate().sparkContext
    context.setLogLevel("ERROR")
    context.parallelize(range(WORKERS), WORKERS).map(str).collect()
    return on_spark()


def _request(made: Path) -> run.Request:
    return run.Request(made, ON, lambda _: False)


def _scores(made: Path) -> None:
    """Score by people at once, so that memory is the same at any size; a file by person is read in its own order."""
    path = made / "diagnoses.parquet"
    rows = pl.scan_parquet(path)
    listed = rows.select(pl.col("code").unique()).collect(engine="streaming")["code"].sort()
    table = code_table(pl.DataFrame({"code": listed, "system": ["icd-10"] * listed.len()}))
    kind = pl.Enum(listed)
    last: int = rows.select(pl.col("person").max()).collect().item()
    parts = [made / f".scores.{start}.parquet" for start in range(0, last + 1, PEOPLE_AT_ONCE)]
    for number, part in enumerate(parts):
        some = pl.col("person").is_between(number * PEOPLE_AT_ONCE, (number + 1) * PEOPLE_AT_ONCE - 1)
        first, people = number * PEOPLE_AT_ONCE, min(PEOPLE_AT_ONCE, last + 1 - number * PEOPLE_AT_ONCE)
        coded = rows.filter(some).select(
            (pl.col("person") - first).cast(pl.UInt32), pl.col("code").cast(kind).to_physical().cast(pl.UInt32), "main"
        )
        found = comorbidity(coded.collect(engine="streaming"), table, people)
        found.select(
            (pl.int_range(pl.len(), dtype=pl.UInt32) + first).alias("person"),
            charlson="charlson.low",
            charlson_1987="charlson_1987.low",
            hfrs="hfrs_tenths.low",
        ).write_parquet(part)
    pl.scan_parquet(parts).sink_parquet(made / f"{OURS}.parquet")


def _comorbidipy(made: Path) -> None:
    import pandas.core.common

    pandas.core.common.SettingWithCopyWarning = Warning  # the name that it imports has left pandas
    import comorbidipy

    frame = _frame(made).to_pandas()
    charlson = comorbidipy.comorbidity(frame.assign(age=80), age=None, weighting="charlson").set_index("id")
    hfrs = comorbidipy.hfrs(frame).set_index("id")
    both = charlson[["comorbidity_score"]].join(hfrs[["hfrs"]]).reset_index()
    _write_theirs(made, "comorbidipy", pl.from_pandas(both), "comorbidity_score", "hfrs")


def _pycomorb(made: Path) -> None:
    import pycomorb

    frame = _frame(made).with_columns(age=80)
    charlson = pycomorb.comorbidity("charlson", frame, implementation="quan", weights="charlson")
    hfrs = pycomorb.comorbidity("hfrs", frame)
    column = "Charlson Comorbidity Index"
    both = charlson.select("id", column).join(hfrs.select("id", "HFRS Score"), on="id")
    _write_theirs(made, "pycomorb", both, column, "HFRS Score")


def _frame(made: Path) -> pl.DataFrame:
    return pl.read_parquet(made / "diagnoses.parquet", columns=["person", "code"]).rename({"person": "id"})


def _write_theirs(made: Path, package: str, found: pl.DataFrame, charlson: str, hfrs: str) -> None:
    tenths = (pl.col(hfrs) * 10).round().cast(pl.Int32)
    found.select(
        pl.col("id").cast(pl.UInt32).alias("person"),
        pl.col(charlson).cast(pl.Int32).alias("charlson_1987"),
        tenths.alias("hfrs"),
    ).write_parquet(made / f"{package} {SCORES}.parquet")


BARE, SCORES, EVERYTHING = "bare group-by", "Charlson and HFRS", "everything, two workers"
OURS = f"our {SCORES}"
THEIRS = {"comorbidipy", "pycomorb"}
CLUSTERS: Mapping[str, Callable[[], Runner]] = {"ray": _started_ray, "spark": _started_spark}
NEEDED = {**{name: name for name in THEIRS}, "ray": "ray", "spark": "pyspark"}
MEASURED: Mapping[str, Callable[..., None]] = {
    "bare scan": _scan,
    BARE: _group,
    OURS: _scores,
    "finding the buckets, in order": _split,
    "splitting into buckets, in no order": _split_in_no_order,
    EVERYTHING: _everything,
    f"{EVERYTHING}, in no order": _everything_in_no_order,
    f"ray, {EVERYTHING}": _everything,
    f"spark, {EVERYTHING}": _everything,
    f"comorbidipy {SCORES}": _comorbidipy,
    f"pycomorb {SCORES}": _pycomorb,
}


def _measure(name: str, made: Path) -> Figure:
    cluster = CLUSTERS.get(name.split(",", maxsplit=1)[0])
    began = time.perf_counter()
    given = (cluster(),) if cluster else ()
    start_up = time.perf_counter() - began
    MEASURED[name](made, *given)
    seconds = time.perf_counter() - began - start_up
    itself, workers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    # Not ru_maxrss of the process itself: that begins with what its parent held when it was made.
    own = int(Path("/proc/self/status").read_text("utf-8").split("VmHWM:")[1].split()[0])
    cpu = sum(each.ru_utime + each.ru_stime for each in (itself, workers))
    return Figure(seconds, cpu, own / 1024, workers.ru_maxrss / 1024, start_up)


if __name__ == "__main__":
    print(json.dumps(asdict(_measure(sys.argv[1], Path(sys.argv[2])))))
