"""What the made-up people have and take: illnesses that come together, their codes, the medicines against them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl

from population.synth.draws import Draws
from population.synth.model import model

AGES = (40.0, 65.0, 85.0)
YEARS_BACK, DAYS_A_YEAR = 8, 365
COURSE_DAYS = 9
LEAST, MOST = 0.25, 1.9
"""How much likelier an illness is for those with the least and the most of all else."""


def ill(drawn: pl.DataFrame, draw: Draws) -> pl.DataFrame:
    """Return the people with a column for each illness: whether they have it."""
    groups = dict.fromkeys(each["goes_with"] for each in model()["illness"])
    drawn = drawn.with_columns(draw.share(f"group {group}").alias(f"group.{group}") for group in groups)
    return drawn.with_columns(
        draw.happens(f"ill {each['id']}", _chance(each)).alias(f"ill.{each['id']}") for each in model()["illness"]
    )


def diagnoses(drawn: pl.DataFrame, draw: Draws, *, on: date) -> pl.DataFrame:
    """Return the rows of diagnoses, by person; the first of those who have been in hospital is the main one."""
    rows = pl.concat(_coded(drawn, draw, on)).sort("person", "on", "code")
    coding = model()["coding"]
    main = (pl.col("person") != pl.col("person").shift(1)).fill_null(value=True) & pl.col("in_contact")
    other = draw.happens("icpc", coding["icpc"]) & pl.col("again").not_()
    return rows.select(
        "person",
        pl.when(other).then(pl.lit("K77")).otherwise("code").alias("code"),
        pl.when(other).then(pl.lit("icpc-2")).otherwise(pl.lit("icd-10")).alias("system"),
        main.alias("main"),
        "on",
    )


def _coded(drawn: pl.DataFrame, draw: Draws, on: date) -> Iterator[pl.DataFrame]:
    again = model()["coding"]["again"]
    for each in model()["illness"]:
        has = drawn.filter(pl.col(f"ill.{each['id']}")).select("person", "in_contact")
        for time, chance in enumerate((1.0, *again)):
            what = f"{each['id']} {time}"
            yield has.filter(draw.happens(f"coded {what}", chance)).select(
                "person",
                "in_contact",
                code=draw.one_of(f"code {what}", each["codes"]),
                on=_days_before(on, draw.below(f"day {what}", YEARS_BACK * DAYS_A_YEAR)),
                again=pl.lit(value=time > 0),
            )


def prescriptions(drawn: pl.DataFrame, draw: Draws, *, on: date) -> pl.DataFrame:
    """Return the rows of the medicine lists, by person."""
    rows = [
        _line(drawn, draw, each, on=on, medicine=medicine, course=course)
        for each in model()["illness"]
        for course, medicines in ((False, each.get("medicines", ())), (True, each.get("courses", ())))
        for medicine in medicines
    ]
    return pl.concat(rows).sort("person", "atc")


def _line(
    drawn: pl.DataFrame, draw: Draws, illness: Mapping[str, Any], *, on: date, medicine: list[Any], course: bool
) -> pl.DataFrame:
    atc, chance, dose, use = (*medicine, None, None)[:4]
    what = f"{illness['id']} {atc}"
    has = drawn.filter(pl.col(f"ill.{illness['id']}") & draw.happens(f"takes {what}", chance)).select("person")
    begun = draw.below(f"begun {what}", COURSE_DAYS if course else YEARS_BACK * DAYS_A_YEAR)
    ended = pl.lit(value=True) if course else draw.happens(f"ended {what}", 0.12)
    length = pl.lit(COURSE_DAYS - 1) if course else begun // 2 + 1
    return has.select(
        "person",
        atc=pl.when(draw.happens(f"coded {what}", 0.99)).then(pl.lit(atc)),
        use=pl.when(draw.happens(f"use {what}", 0.96)).then(pl.lit(use or "regular")),
        **{"from": _days_before(on, begun), "to": pl.when(ended).then(_days_before(on, begun - length))},
        dose=pl.when(draw.happens(f"dose {what}", 0.8)).then(pl.lit(dose, pl.Float64)),
        unit=pl.lit("mg" if dose else None, pl.String),
    )


def _days_before(on: date, days: pl.Expr) -> pl.Expr:
    return pl.lit(on) - pl.duration(days=days)


def _chance(illness: Mapping[str, Any]) -> pl.Expr:
    """Return how likely an illness is: between the ages as on a line, more for those who have more of all else."""
    age, at = pl.col("age"), illness["at"]
    found: pl.Expr = pl.lit(at[-1])
    for (low, high), (here, there) in reversed(list(zip(pairwise((0.0, *AGES)), pairwise((0.0, *at)), strict=True))):
        found = pl.when(age < high).then(here + (there - here) * (age - low) / (high - low)).otherwise(found)
    together = (pl.col("burden") + pl.col(f"group.{illness['goes_with']}") + pl.col("frail")) / 3
    return found * (LEAST + (MOST - LEAST) * together)
