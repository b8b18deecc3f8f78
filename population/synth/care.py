"""The care that made-up people have had: decisions on services, stays in hospital and stays again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from population.synth.draws import Draws
from population.synth.model import model

THREE_YEARS, A_YEAR = 3 * 365, 365


def in_contact(drawn: pl.DataFrame, draw: Draws) -> pl.DataFrame:
    """Return the people with whether each of their stays took place, lies in now, and whether care has met them."""
    asked = model()["stays"]
    chance = asked["least_likely"] + (asked["most_likely"] - asked["least_likely"]) * pl.col("frail")
    times = range(asked["most"])
    drawn = drawn.with_columns(
        *(draw.happens(f"stay {n}", chance * 0.6**n).alias(f"stay.{n}") for n in times),
        now=draw.happens("in now", asked["now"] * pl.col("frail")),
    )
    return drawn.with_columns(in_contact=pl.any_horizontal([*(f"stay.{n}" for n in times), "now"]))


def stays(drawn: pl.DataFrame, draw: Draws, *, on: date) -> pl.DataFrame:
    """Return the rows of stays, by person; some come back within a month, and some lie in on the day."""
    rows = pl.concat(_stays(drawn, draw)).with_columns(
        admitted=pl.lit(on) - pl.duration(days="before"),
        discharged=pl.when(pl.col("days").is_not_null()).then(
            pl.lit(on) - pl.duration(days=pl.max_horizontal(pl.col("before") - pl.col("days"), 0))
        ),
    )
    rows = rows.sort("person", "admitted", "place")
    number = pl.int_range(pl.len(), dtype=pl.UInt32).over("person")
    return rows.select(
        "person",
        stay=pl.format("{}-{}", "person", number),
        admitted="admitted",
        discharged="discharged",
        ward=draw.one_of("ward", model()["stays"]["wards"]),
        hospital=pl.format("SYKEHUS-{}", pl.col("municipality").str.slice(0, 2)),
        urgency=pl.when(draw.happens("urgency", 0.8)).then(pl.lit("acute")).otherwise(pl.lit("elective")),
    )


def _stays(drawn: pl.DataFrame, draw: Draws) -> Iterator[pl.DataFrame]:
    asked = model()["stays"]
    for n in range(asked["most"]):
        been = drawn.filter(pl.col(f"stay.{n}")).select(
            "person",
            "municipality",
            before=draw.below(f"admitted {n}", THREE_YEARS) + asked["longest"] + asked["readmitted_within"] * 2,
            days=draw.below(f"days {n}", asked["longest"]),
            place=pl.lit(2 * n),
        )
        yield been
        again = been.filter(draw.happens(f"again {n}", asked["readmitted"]))
        later = pl.col("days") + 1 + draw.below(f"later {n}", asked["readmitted_within"])
        yield again.select(
            "person",
            "municipality",
            before=pl.col("before") - later,
            days=draw.below(f"days again {n}", asked["longest"]),
            place=pl.lit(2 * n + 1),
        )
    yield drawn.filter("now").select(
        "person",
        "municipality",
        before=draw.below("admitted now", asked["longest"]),
        days=pl.lit(None, pl.Int32),
        place=pl.lit(2 * asked["most"]),
    )


def services(drawn: pl.DataFrame, draw: Draws, *, on: date) -> pl.DataFrame:
    """Return the rows of decisions on services, by person."""
    asked = model()["services"]
    rows = []
    for service, from_frailty, share in asked["decisions"]:
        chance = pl.when(pl.col("frail") >= from_frailty).then(share + (1 - share) * (pl.col("frail") - from_frailty))
        holds = (pl.col("age") >= asked["from_age"]) & draw.happens(f"service {service}", chance.otherwise(0.0))
        begun = draw.below(f"begun {service}", THREE_YEARS)
        ended = draw.happens(f"ended {service}", asked["ended"])
        rows.append(
            drawn.filter(holds).select(
                "person",
                service=pl.lit(service),
                **{
                    "from": pl.lit(on) - pl.duration(days=begun),
                    "to": pl.when(ended).then(pl.lit(on) - pl.duration(days=begun // 2)),
                },
            )
        )
    return pl.concat(rows).sort("person", "service")
