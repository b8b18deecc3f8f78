"""The faults that are put into a made-up extract, at the rates that `data/synthetic.toml` states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl

from population.synth.draws import Draws
from population.synth.model import model

LONG_AGO = date(1851, 1, 1)
NOBODY = 10**9
Spoil = Callable[[pl.DataFrame, "Faults"], pl.DataFrame]


class Faults:
    """Which rows of a table are spoiled; drawn by the person and the row's place among the person's."""

    def __init__(self, draw: Draws, table: str) -> None:
        self._draw, self._table = Draws(draw.seed, "place"), table

    def here(self, kind: str) -> pl.Expr:
        """Return the rows that have a fault of this kind."""
        return self._draw.happens(f"{self._table} {kind}", model()["faults"][kind])


def spoiled(name: str, rows: pl.DataFrame, draw: Draws) -> pl.DataFrame:
    """Return a table's rows with its faults in them."""
    place = pl.col("person") * 1000 + pl.int_range(pl.len(), dtype=pl.Int64).over("person")
    return SPOILED[name](rows.with_columns(place=place), Faults(draw, name)).drop("place")


def _patients(rows: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    rows = rows.with_columns(
        birth_date=pl.when(faults.here("born_in_the_1800s")).then(pl.lit(LONG_AGO)).otherwise("birth_date"),
        municipality=pl.when(faults.here("municipality_not_valid")).then(pl.lit("0101")).otherwise("municipality"),
    )
    return pl.concat([rows, rows.filter(faults.here("person_twice"))]).sort("person", maintain_order=True)


def _diagnoses(rows: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    return rows.with_columns(
        person=pl.col("person") + faults.here("unknown_person").cast(pl.Int64) * NOBODY,
        code=pl.when(faults.here("unknown_code")).then(pl.lit("?")).otherwise("code"),
    )


def _prescriptions(rows: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    return rows.with_columns(
        to=pl.when(faults.here("end_before_start")).then(pl.col("from") - pl.duration(days=3)).otherwise("to"),
        dose=pl.when(faults.here("dose_out_of_range")).then(-1.0).otherwise("dose"),
    )


def _services(rows: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Spoil decisions; their days are text, as in registers where a year can be missing."""
    again = rows.filter(faults.here("overlapping")).with_columns(pl.col("from") + pl.duration(days=5))
    rows = pl.concat([rows, again]).sort("person", "service", "from")
    begun = pl.col("from").dt.to_string("%Y-%m-%d")
    return rows.with_columns(
        pl.when(faults.here("start_in_the_1800s"))
        .then(pl.lit(LONG_AGO.isoformat()))
        .when(faults.here("year_missing"))
        .then(pl.lit("0000") + begun.str.slice(4))
        .otherwise(begun)
        .alias("from"),
        pl.when(faults.here("end_before_start"))
        .then((pl.col("from") - pl.duration(days=9)).dt.to_string("%Y-%m-%d"))
        .otherwise(pl.col("to").dt.to_string("%Y-%m-%d"))
        .alias("to"),
    )


def _answers(rows: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    counts = pl.col("item") == "falls_last_12_months"
    rows = rows.with_columns(
        value=pl.when(faults.here("out_of_range") & counts).then(pl.lit("-1")).otherwise("value"),
    )
    again = rows.filter(faults.here("conflicting") & counts).with_columns(value=pl.lit("7"))
    return pl.concat([rows, again]).sort("person", "item", "member", maintain_order=True, nulls_last=True)


def _stays(rows: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    backwards = pl.col("admitted") - pl.duration(days=4)
    return rows.with_columns(
        discharged=pl.when(faults.here("end_before_start")).then(backwards).otherwise("discharged")
    )


SPOILED: Mapping[str, Spoil] = {
    "patients": _patients,
    "diagnoses": _diagnoses,
    "prescriptions": _prescriptions,
    "services": _services,
    "answers": _answers,
    "stays": _stays,
}
