"""One row of facts a person: what each answer and each score is known to be. Nothing here is null: unknown is said.

A yes or no and a choice are whole numbers (the answer's place, -1 unknown), a set two masks (`.yes`, `.no`), a number
its two ends (`.low`, `.high`; an answered one's are alike, and -1 and open where nobody answered).
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl

from engine.items import Item
from population import diagnoses, medicines, norgep
from population.leaves import OPEN, UNKNOWN
from population.levels import mask_of
from population.tree import tree_columns
from rules.knowledge import ITEMS
from rules.scoring import CFS_LEVELS, SPICT
from rules.times import EARLIEST

NUMBER = pl.Int32
ANSWERED = tuple(
    item
    for item in ITEMS.values()
    if item.kind in {"yes_no", "choice", "count", "set"} and item.id not in {"age", "sex"}
)


@dataclass(frozen=True, slots=True)
class Tables:
    """A bucket of an extract, with people and codes as whole numbers.

    `people`: birth_date, diagnoses_known, medicines_known: the list is complete. `answers`: person, item,
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
    people = tables.people.height
    scored = diagnoses.comorbidity(tables.diagnoses, tables.icd, people)
    listed = medicines.medicine_scores(tables.lines, tables.atc, on, people=people, course_days=limits["course_days"])
    facts = pl.concat(
        [tables.people.drop("birth_date"), _answers(tables.answers, people), scored, listed], how="horizontal"
    )
    facts = facts.with_columns(*_age(tables.people["birth_date"], on), *_open_lists(), *_unanswered(facts.columns))
    facts = facts.with_columns(*norgep.by_residence(), *_spict_count(), *_clinician())
    return facts.with_columns(tree_columns(facts)).with_columns(_distance())


def _age(born: pl.Series, on: date) -> Iterator[pl.Series]:
    """Yield whole years lived, least and most, by the day of birth."""
    first, ages = _ages(on)
    day = born.to_physical() - first
    years = ages.gather(day.set(~day.is_between(0, ages.len() - 1), None))
    for end, none in (("low", UNKNOWN), ("high", OPEN)):
        yield years.fill_null(none).alias(f"age.{end}")


@lru_cache(maxsize=1)
def _ages(on: date) -> tuple[int, pl.Series]:
    """Return the first day of birth that there can be, as a number, and the age by the day of birth from then on."""
    leap = (on.month, on.day) == (2, 29)
    birthdays = [date(y, on.month, 28 if leap and not isleap(y) else on.day) for y in range(EARLIEST.year, on.year)]
    days = pl.date_range(EARLIEST, on, eager=True)
    behind = pl.Series(birthdays, dtype=pl.Date).search_sorted(days)
    return int(days.to_physical()[0]), (len(birthdays) - behind.cast(NUMBER)).cast(NUMBER)


def _answers(answers: pl.DataFrame, people: int) -> pl.DataFrame:
    """Return each person's answers to the items that anyone has answered."""
    given = answers.partition_by("item", as_dict=True)
    return pl.DataFrame(
        [column for (place,), rows in sorted(given.items()) for column in _answer(ANSWERED[place], rows, people)]
    )


def _answer(item: Item, rows: pl.DataFrame, people: int) -> Iterator[pl.Series]:
    columns = {"count": ("value", "value"), "set": ("value", "other")}.get(item.kind, ("value",))
    for name, column, none in zip(_none(item), columns, _none(item).values(), strict=True):
        found = np.full(people, none, np.int32)
        found[rows["person"]] = rows[column]
        yield pl.Series(name, found)


def _unanswered(answered: Sequence[str]) -> Iterator[pl.Expr]:
    """Yield what stands for the items that nobody has answered."""
    for item in ANSWERED:
        for column, none in _none(item).items():
            if column not in answered:
                yield pl.lit(none, NUMBER).alias(column)


def _none(item: Item) -> Mapping[str, int]:
    match item.kind:
        case "count":
            return {f"{item.id}.low": UNKNOWN, f"{item.id}.high": OPEN}
        case "set":
            return {f"{item.id}.yes": 0, f"{item.id}.no": 0}
    return {item.id: UNKNOWN}


def _open_lists() -> Iterator[pl.Expr]:
    """Yield the scores of a list that is not complete: what is in it counts, and there may be anything besides."""
    lists = {"diagnoses_known": diagnoses.where_not_known(), "medicines_known": medicines.where_not_known()}
    for known, otherwise in lists.items():
        for name, unknown in otherwise.items():
            yield pl.when(known).then(name).otherwise(unknown).alias(name)


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
