"""Who the made-up people are: age and sex, where they live, how frail they are, how much they have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from typing import Any

import polars as pl

from population.synth.draws import Draws
from population.synth.model import model
from rules.places import municipalities

DAYS_A_YEAR = 365.2425
MEN, WOMEN = "male", "female"


def people(first: int, count: int, draw: Draws, *, on: date) -> pl.DataFrame:
    """Return people by number with what everything else about them is drawn from; no column but some is written."""
    drawn = pl.select(person=pl.int_range(first, first + count, dtype=pl.Int64)).with_columns(_band(draw).alias("band"))
    ages, frailty = model()["ages"], model()["frailty"]
    years = pl.col("band") * ages["width"] + draw.share("age") * ages["width"]
    drawn = drawn.with_columns(
        age=years,
        sex=pl.when(draw.share("sex") < _at(ages["men"], "band")).then(pl.lit(MEN)).otherwise(pl.lit(WOMEN)),
        municipality=_municipality(draw),
    )
    score = (pl.col("age") - frailty["middle_age"]) / frailty["years"] + frailty["spread"] * draw.about_zero("frail")
    return drawn.with_columns(
        birth_date=pl.lit(on) - pl.duration(days=(pl.col("age") * DAYS_A_YEAR).cast(pl.Int64) + 1),
        frail=1 / (1 + (-score).exp()),
        burden=draw.share("burden"),
    )


def patients(drawn: pl.DataFrame, draw: Draws) -> pl.DataFrame:
    """Return the rows of the patients; the lists of a few are not known to be complete."""
    known = {
        f"{name}_known": draw.share(f"{name} known") < chance
        for name, chance in (("diagnoses", 0.98), ("medicines", 0.95), ("services", 0.97), ("stays", 0.99))
    }
    return drawn.select("person", "birth_date", "sex", "municipality", **known)


def _band(draw: Draws) -> pl.Expr:
    return _chosen(draw.share("band"), model()["ages"]["per_thousand"])


def _municipality(draw: Draws) -> pl.Expr:
    sizes: dict[str, Any] = model()["municipalities"]
    numbers = sorted(municipalities())
    place = _chosen(draw.share("municipality"), [sizes["largest"].get(each, sizes["other"]) for each in numbers])
    return pl.lit(pl.Series(numbers)).gather(place)


def _chosen(share: pl.Expr, weights: Sequence[float]) -> pl.Expr:
    """Return the place of what a share falls on, by weight."""
    whole = sum(weights)
    ends = pl.Series([end / whole for end in accumulate(weights)][:-1])
    return pl.lit(ends).search_sorted(share, side="right")


def _at(values: Sequence[float], place: str) -> pl.Expr:
    return pl.lit(pl.Series(values, dtype=pl.Float64)).gather(pl.col(place))
