"""What is said of each person, one row each: who, scores, rules, tracks, what to ask; and the lists made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from engine.rules import RuleSet
from population.bucket import Bucket, empty_bucket
from population.compiled import compiled
from population.facts import facts_of
from population.leaves import OPEN, UNKNOWN
from population.routed import NONE, UNDECIDED
from population.screened import screened
from rules.knowledge import ITEMS
from rules.times import LATEST

NUMBER = pl.Int32
SEX = pl.Enum(ITEMS["sex"].codes)
COUNTED = {
    "regular_medicines": "regular_medicines", "as_needed_medicines": "as_needed_medicines",
    "norgep_hits": "norgep_shown", "fall_risk_medicines": "fall_risk_medicines", "bidiagnoses": "bidiagnoses",
    "charlson": "charlson", "charlson_1987": "charlson_1987", "chronic_groups": "chronic_groups",
    "spict_count": "spict_count",
}  # fmt: skip
"""The scores that are shown as they are counted, and the columns of facts that they stand in."""

LOWEST, HIGHEST = "low", "high"
LISTED = (
    "hospital",
    "ward",
    "municipality",
    "person",
    "age",
    "cfs.low",
    "cfs.high",
    "on_team_list",
    "undecided",
    "ask_next",
)


def persons(bucket: Bucket, facts: pl.DataFrame, found: pl.DataFrame, *, limits: Mapping[str, float]) -> pl.DataFrame:
    """Return the rows of a bucket's people, in their order."""
    who = bucket.who.select(
        pl.col("called").alias("person"),
        sex=pl.col("sex").cat.to(SEX).fill_null("unknown"),
        municipality="municipality",
        in_hospital="in_hospital",
        hospital="hospital",
        ward="ward",
    )
    return pl.concat([who, facts.select(_scores(limits)), found], how="horizontal")


def _scores(limits: Mapping[str, float]) -> Iterator[pl.Expr]:
    age = pl.col("age.low")
    known = age != UNKNOWN
    yield pl.when(known).then(age).cast(pl.Int16).alias("age")
    yield from _cfs()
    for name, column in COUNTED.items():
        yield from _ends(name, pl.col(f"{column}.low"), pl.col(f"{column}.high"))
    yield from _age_adjusted(age, limits)
    applies = ~known | (age >= limits["hfrs_from_age"])
    tenths = {LOWEST: pl.col("hfrs_tenths.low"), HIGHEST: _closed(pl.col("hfrs_tenths.high"))}
    for end, points in tenths.items():
        # Rounded, for Polars divides by multiplying with a tenth, and gives 1.4000000000000001 of 14.
        yield pl.when(applies).then((points / 10).round(1)).alias(f"hfrs.{end}")


def _cfs() -> Iterator[pl.Expr]:
    """Yield the clinician's level, or where nobody has scored the lowest and highest that the tree leaves possible."""
    own, levels = pl.col("cfs_clinician.low"), pl.col("tree.levels")
    scored = own != UNKNOWN
    yield pl.when(scored).then(own).cast(pl.Int8).alias("cfs_clinician")
    lowest = levels.bitwise_trailing_zeros().cast(NUMBER) + 1
    highest = 16 - levels.bitwise_leading_zeros().cast(NUMBER)
    for end, level in ((LOWEST, lowest), (HIGHEST, highest)):
        yield pl.when(scored).then(own).otherwise(level).cast(pl.Int8).alias(f"cfs.{end}")
        yield level.cast(pl.Int8).alias(f"cfs_tree.{end}")


def _age_adjusted(age: pl.Expr, limits: Mapping[str, float]) -> Iterator[pl.Expr]:
    most = int(limits["charlson_age_most"])
    steps = (age - int(limits["charlson_age_from"])) // int(limits["charlson_age_step"]) + 1
    known, points = age != UNKNOWN, steps.clip(0, most)
    low, high = pl.col("charlson_1987.low"), _closed(pl.col("charlson_1987.high"))
    yield (low + pl.when(known).then(points).otherwise(0)).cast(NUMBER).alias("charlson_age_adjusted.low")
    yield (high + pl.when(known).then(points).otherwise(most)).cast(NUMBER).alias("charlson_age_adjusted.high")


def _ends(name: str, low: pl.Expr, high: pl.Expr) -> Iterator[pl.Expr]:
    yield low.cast(NUMBER).alias(f"{name}.low")
    yield _closed(high).cast(NUMBER).alias(f"{name}.high")


def _closed(high: pl.Expr) -> pl.Expr:
    """Return the upper end, null where it is open."""
    return pl.when(high != OPEN).then(high)


@dataclass(frozen=True, slots=True)
class Described:
    """A column of the rows of everyone: its name, its type, and the words it may hold."""

    name: str
    kind: str
    values: tuple[str, ...] = ()


def columns(ruleset: RuleSet) -> Iterator[Described]:
    """Yield the columns of the rows of everyone, read of a bucket of nobody."""
    nobody = empty_bucket()
    rules = compiled(ruleset)
    facts = facts_of(nobody.tables, LATEST, ruleset.limits)
    for name, kind in persons(nobody, facts, screened(facts, rules), limits=ruleset.limits).schema.items():
        values = tuple(kind.categories.to_list()) if isinstance(kind, pl.Enum) else ()
        yield Described(name, str(kind.base_type()), values)


# Lists


def write_lists(persons: Path, folder: Path, *, from_age: float) -> None:
    """Write who is to be looked at, of those old enough or of unknown age."""
    everyone = pl.scan_parquet(persons, glob=False).filter(_old_enough(from_age))
    lists = {
        "inpatients": pl.col("in_hospital"),
        "inpatients_without_cfs": pl.col("in_hospital") & pl.col("cfs_clinician").is_null(),
        "team_list": ~pl.col("on_team_list").is_in([NONE, UNDECIDED]),
        "to_ask": (pl.col("on_team_list") == UNDECIDED) & (pl.col("ask_next") != NONE),
    }
    for name, which in lists.items():
        everyone.filter(which).select(LISTED).sink_csv(folder / f"{name}.csv")


def write_municipalities(buckets: Iterable[Mapping[str, Sequence[object]]], folder: Path) -> None:
    """Write how many by municipality, of what the buckets say of it."""
    parts = [pl.DataFrame(each) for each in buckets]
    summed = pl.concat(parts, how="vertical_relaxed").group_by("municipality").agg(pl.all().sum())
    summed.sort("municipality").write_csv(folder / "by_municipality.csv")


def by_municipality(rows: pl.DataFrame, *, from_age: float) -> pl.DataFrame:
    """Return how many people of each municipality a rule says yes and cannot tell of, the two beside each other.

    They are those old enough or of unknown age, as in the lists.
    """
    rules = [name for name in rows.columns if name.startswith("rule.")]
    counts = [
        (pl.col(rule) == outcome).sum().alias(f"{rule.removeprefix('rule.')}.{outcome}")
        for rule in rules
        for outcome in ("fired", "cannot_tell")
    ]
    named = ~pl.col("on_team_list").is_in([NONE, UNDECIDED])
    team = (named.sum().alias("on_team_list"), (pl.col("on_team_list") == UNDECIDED).sum().alias("team_list_undecided"))
    old_enough = rows.filter(_old_enough(from_age))
    return old_enough.group_by("municipality").agg(pl.len().alias("people"), *team, *counts).sort("municipality")


def _old_enough(from_age: float) -> pl.Expr:
    return pl.col("age").fill_null(OPEN) >= from_age
