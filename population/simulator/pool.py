"""The stays that arrivals are drawn from, each with where the rules lead the patient under each policy.

Only stays of people of whom every policy can tell the way are drawn: who is unknown is like those who are known, it is
assumed, and how many they are is told. The rules are put to everyone once for each policy, as columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from engine.errors import InputError
from engine.rules import RuleSet
from population.bucket import Bucket, read_bucket
from population.changed import tracks_of
from population.compiled import Compiled, compiled
from population.facts import facts_of
from population.leaves import UNKNOWN
from population.outputs import persons
from population.routed import NONE
from population.run import Request, room_told, split_into_jobs
from population.screened import screened
from population.simulator.policy import MONTHS, Policy
from population.synth import synthetic
from population.task import PARTS
from rules.ruleset import Overlay, local

UNDECIDED = "cannot_tell"
SHORTEST = 0.5
"""How long someone lay who came and left on one day."""

WEEKS_BACK = 52
FEWEST = 20
PEOPLE, SEED, DAY = 15_000, 9, date(2026, 11, 23)
OLD = 65
"""The made-up hospital: how many people it serves, what they are drawn by, from which age anyone may be screened."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where the rules lead someone under a policy."""

    tracks: tuple[str, ...]
    pathway: str


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay that can be drawn: how many days it lasted, what is shown of whom it was, the way under each policy."""

    days: float
    age: int
    sex: str
    cfs: int | None
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """The stays, how many were left out for what is unknown, and how the extract's own year was."""

    stays: tuple[Stay, ...]
    undecided: int
    unended: int
    per_week: float
    season: tuple[float, ...]


def pool_of(request: Request, rulesets: Sequence[RuleSet]) -> Pool:
    """Return the stays of an extract, with the way under each rule set."""
    with TemporaryDirectory(prefix="retthjem-") as folder, room_told("TMPDIR", Path(folder)):
        return _pool(_buckets(request, Path(folder)), rulesets, request.on)


def made_up_pool(policies: Sequence[Policy]) -> Pool:
    """Return the stays of the made-up hospital, with the way under each policy; made once for each set of limits."""
    return _made_up_pool(tuple(tuple(sorted(policy.overlay.thresholds.items())) for policy in policies))


@lru_cache(maxsize=16)
def _made_up_pool(limits: tuple[tuple[tuple[str, float], ...], ...]) -> Pool:
    return _pool(_made_up(), [local(Overlay("policy", dict(each))) for each in limits], DAY)


@cache
def _made_up() -> tuple[Bucket, ...]:
    with TemporaryDirectory(prefix="retthjem-") as folder, room_told("TMPDIR", Path(folder)):
        extract = Path(folder) / "extract"
        synthetic(PEOPLE, SEED, DAY, form="parquet", into=extract, from_age=OLD)
        return tuple(_buckets(Request(extract, DAY, lambda _: False), Path(folder) / "work"))


def _buckets(request: Request, folder: Path) -> Iterator[Bucket]:
    folder.mkdir(exist_ok=True)
    for job in split_into_jobs(request, folder):
        yield read_bucket(job.folder / PARTS, job.bucket, job.on, faults_of=job.faults_of)


def _pool(buckets: Iterable[Bucket], rulesets: Sequence[RuleSet], on: date) -> Pool:
    rules = [compiled(each) for each in rulesets]
    rows = pl.concat([_stays(bucket, rules, on) for bucket in buckets])
    undecided = pl.any_horizontal([pl.col(f"tracks.{n}") == UNDECIDED for n in range(len(rules))])
    unended = pl.col("days").is_null()
    drawn = rows.filter(~undecided & ~unended)
    last = rows.filter(pl.col("admitted") > on - timedelta(weeks=WEEKS_BACK))
    if drawn.height < FEWEST or not last.height:
        raise InputError("--extract", "too_few_stays", fewest=FEWEST)
    return Pool(
        stays=tuple(_stay(row, len(rules)) for row in drawn.iter_rows(named=True)),
        undecided=rows.filter(undecided).height,
        unended=rows.filter(~undecided & unended).height,
        per_week=last.height / WEEKS_BACK,
        season=_season(last),
    )


def _stays(bucket: Bucket, rules: Sequence[Compiled], on: date) -> pl.DataFrame:
    """Return the stays of those old enough to be screened under every policy."""
    sides = [_side(bucket, each, on) for each in rules]
    first = sides[0].select("age", "sex", cfs=pl.when(pl.col("cfs.low") == pl.col("cfs.high")).then("cfs.low"))
    people = first.with_columns(
        pl.int_range(first.height, dtype=pl.UInt32).alias("person"),
        *(tracks_of(side).alias(f"tracks.{n}") for n, side in enumerate(sides)),
        *(side["pathway"].cast(pl.String).alias(f"pathway.{n}") for n, side in enumerate(sides)),
    )
    from_age = max(each.ruleset.limits["screened_from_age"] for each in rules)
    days = (pl.col("discharged") - pl.col("admitted")).dt.total_days().cast(pl.Float64)
    return bucket.stays.join(
        people.filter(pl.col("age").fill_null(UNKNOWN) >= from_age), on="person", how="inner", maintain_order="left"
    ).with_columns(days=pl.max_horizontal(days, pl.when(days.is_not_null()).then(SHORTEST)))


def _side(bucket: Bucket, rules: Compiled, on: date) -> pl.DataFrame:
    limits = rules.ruleset.limits
    facts = facts_of(bucket.tables, on, limits)
    return persons(bucket, facts, screened(facts, rules), limits=limits)


def _stay(row: Mapping[str, Any], policies: int) -> Stay:
    ways = (Way(_tracks(row[f"tracks.{n}"]), row[f"pathway.{n}"]) for n in range(policies))
    return Stay(row["days"], row["age"], row["sex"], row["cfs"], tuple(ways))


def _tracks(word: str) -> tuple[str, ...]:
    return () if word == NONE else tuple(track.replace(":consider", "_considered") for track in word.split("+"))


def _season(stays: pl.DataFrame) -> tuple[float, ...]:
    """Return each month's part of a year's stays, 1 where all are alike."""
    by_month = dict(stays["admitted"].dt.month().value_counts().iter_rows())
    return tuple(by_month.get(month, 0) * MONTHS / stays.height for month in range(1, MONTHS + 1))
