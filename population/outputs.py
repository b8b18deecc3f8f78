"""What is said of each person, one row each: who, scores, rules, tracks, what to ask; and the lists made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    """Write who is to be looked at, and how many by municipality, of those old enough or of unknown age."""
    folder.mkdir(parents=True, exist_ok=True)
    everyone = pl.scan_parquet(persons, glob=False)
    old_enough = pl.col("age").fill_null(OPEN) >= from_age
    lists = {
        "inpatients": everyone.filter(pl.col("in_hospital") & old_enough),
        "inpatients_without_cfs": everyone.filter(
            pl.col("in_hospital") & old_enough & pl.col("cfs_clinician").is_null()
        ),
        "team_list": everyone.filter(old_enough & ~pl.col("on_team_list").is_in([NONE, UNDECIDED])),
        "to_ask": everyone.filter(old_enough & (pl.col("on_team_list") == UNDECIDED) & (pl.col("ask_next") != NONE)),
    }
    for name, people in lists.items():
        people.select(LISTED).sink_csv(folder / f"{name}.csv")
    by_municipality(everyone.filter(old_enough)).collect(engine="streaming").write_csv(folder / "by_municipality.csv")


def by_municipality(everyone: pl.LazyFrame) -> pl.LazyFrame:
    """Return how many people of each municipality a rule says yes and cannot tell of, the two beside each other."""
    rules = [name for name in everyone.collect_schema() if name.startswith("rule.")]
    counts = [
        (pl.col(rule) == outcome).sum().alias(f"{rule.removeprefix('rule.')}.{outcome}")
        for rule in rules
        for outcome in ("fired", "cannot_tell")
    ]
    named = ~pl.col("on_team_list").is_in([NONE, UNDECIDED])
    team = (named.sum().alias("on_team_list"), (pl.col("on_team_list") == UNDECIDED).sum().alias("team_list_undecided"))
    return everyone.group_by("municipality").agg(pl.len().alias("people"), *team, *counts).sort("municipality")
