"""One row of facts a person: what each answer and each score is known to be. Nothing here is null: unknown is said.

A yes or no and a choice are whole numbers (the answer's place, -1 unknown), a set two masks (`.yes`, `.no`), a number
its two ends (`.low`, `.high`; an answered one's are alike, and -1 and open where nobody answered).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from engine.items import Item
from population import diagnoses, medicines, norgep
from population.leaves import OPEN, UNKNOWN
from population.levels import mask_of
from population.tree import tree_columns
from rules.knowledge import ITEMS
from rules.scoring import CFS_LEVELS, SPICT

NUMBER = pl.Int32
ANSWERED = tuple(
    item
    for item in ITEMS.values()
    if item.kind in {"yes_no", "choice", "count", "set"} and item.id not in {"age", "sex"}
)


@dataclass(frozen=True, slots=True)
class Tables:
    """A bucket of an extract, with people and codes as whole numbers.

    `people`: person, birth_date, diagnoses_known, medicines_known: the list is complete. `answers`: person, item,
    value, other. `diagnoses`: person, code, main. `lines`: person, atc, use, from, to, dose, unit. `icd` and `atc` are
    what each code counts as.
    """

    people: pl.DataFrame
    answers: pl.DataFrame
    diagnoses: pl.DataFrame
    lines: pl.DataFrame
    icd: pl.DataFrame
    atc: pl.DataFrame


def facts_of(tables: Tables, on: date, limits: Mapping[str, float]) -> pl.DataFrame:
    """Return the facts of everyone in a bucket on a day, in the order of its people."""
    scored = diagnoses.comorbidity(tables.diagnoses, tables.icd)
    listed = medicines.medicine_scores(tables.lines, tables.atc, on, course_days=limits["course_days"])
    facts = tables.people.with_columns(_age(on))
    for part in (_answers(tables), scored, listed):
        facts = facts.join(part, on="person", how="left", maintain_order="left")
    facts = facts.with_columns(_unanswered()).with_columns(
        pl.col(name).fill_null(other) for name, other in _absent().items()
    )
    facts = facts.with_columns(_open_lists())
    facts = facts.with_columns(norgep.by_residence()).with_columns(_spict_count()).with_columns(_clinician())
    return facts.with_columns(tree_columns(facts)).with_columns(_distance())


def _age(on: date) -> tuple[pl.Expr, pl.Expr]:
    """Return whole years lived; in 32 bits, for a month times a hundred overflows the eight that Polars gives it."""
    born = pl.col("birth_date").dt
    month_and_day = born.month().cast(NUMBER) * 100 + born.day().cast(NUMBER)
    years = on.year - born.year().cast(NUMBER) - (month_and_day > on.month * 100 + on.day).cast(NUMBER)
    return years.fill_null(UNKNOWN).alias("age.low"), years.fill_null(OPEN).alias("age.high")


def _answers(tables: Tables) -> pl.DataFrame:
    """Return each person's answers as columns; null where there is none."""
    answers = tables.answers
    return answers.group_by("person").agg(
        column for place, item in enumerate(ANSWERED) for column in _answer(item, pl.col("item") == place)
    )


def _answer(item: Item, is_it: pl.Expr) -> Iterator[pl.Expr]:
    value, other = (pl.col(name).filter(is_it).first() for name in ("value", "other"))
    match item.kind:
        case "count":
            yield from (value.alias(f"{item.id}.{end}") for end in ("low", "high"))
        case "set":
            yield value.alias(f"{item.id}.yes")
            yield other.alias(f"{item.id}.no")
        case _:
            yield value.alias(item.id)


def _unanswered() -> Iterator[pl.Expr]:
    """Yield the answers with what stands for none."""
    for item in ANSWERED:
        for column, none in _none(item).items():
            yield pl.col(column).fill_null(none).cast(NUMBER)


def _none(item: Item) -> Mapping[str, int]:
    match item.kind:
        case "count":
            return {f"{item.id}.low": UNKNOWN, f"{item.id}.high": OPEN}
        case "set":
            return {f"{item.id}.yes": 0, f"{item.id}.no": 0}
    return {item.id: UNKNOWN}


def _absent() -> Mapping[str, pl.Expr]:
    """Return what stands for a person without a diagnosis, or a medicine: none at all only where the list is known."""
    return {
        **diagnoses.without_diagnoses(pl.col("diagnoses_known")),
        **medicines.without_lines(pl.col("medicines_known")),
    }


def _open_lists() -> Iterator[pl.Expr]:
    """Yield the scores of a list that is not complete: what is in it counts, and there may be anything besides."""
    for known, absent in (
        ("diagnoses_known", diagnoses.without_diagnoses(pl.lit(value=False))),
        ("medicines_known", medicines.without_lines(pl.lit(value=False))),
    ):
        for name, unknown in absent.items():
            if not name.endswith(".low"):
                stands = pl.col(known) | ((pl.col(name) == 1) if name == "fall_coded" else pl.lit(value=False))
                yield pl.when(stands).then(name).otherwise(unknown).alias(name)


def _spict_count() -> tuple[pl.Expr, pl.Expr]:
    yes, no = (pl.sum_horizontal([(pl.col(item) == answer).cast(NUMBER) for item in SPICT]) for answer in (1, 0))
    return yes.alias("spict_count.low"), (len(SPICT) - no).alias("spict_count.high")


def _clinician() -> tuple[pl.Expr, pl.Expr]:
    rated = (pl.col("cfs_clinician.low") != UNKNOWN).cast(NUMBER)
    return rated.alias("clinician_ratings.low"), rated.alias("clinician_ratings.high")


def _distance() -> tuple[pl.Expr, pl.Expr]:
    """Return how many levels the tree is from the clinician; none apart where no clinician has scored."""
    own = pl.col("cfs_clinician.low")
    apart = [pl.when(_has(level)).then((own - level).abs()) for level in CFS_LEVELS]
    unscored = own == UNKNOWN
    low, high = (
        pl.when(unscored).then(0).otherwise(end(apart)).cast(NUMBER) for end in (pl.min_horizontal, pl.max_horizontal)
    )
    return low.alias("cfs_tree_distance.low"), high.alias("cfs_tree_distance.high")


def _has(level: int) -> pl.Expr:
    return (pl.col("tree.levels") & mask_of((level,))) != 0
