"""The medicine scores over columns, from lines with use and dates; their meaning is `rules/scores/medicines.py`'s."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from population import norgep
from population.leaves import OPEN, UNKNOWN
from rules.knowledge import CODE_SETS
from rules.scores.medicines import SUBSTANCE, raises_fall_risk

NUMBER = pl.Int32
YES, NO = 1, 0


def atc_table(codes: pl.DataFrame) -> pl.DataFrame:
    """Return what each distinct `atc` counts as; `id` is the number it goes by. None is a line without a code."""
    substances = [_substance(atc) for atc in codes["atc"]]
    places = {substance: place for place, substance in enumerate(dict.fromkeys(substances))}
    return codes.select("id").with_columns(
        pl.Series("substance", [places[each] for each in substances], pl.UInt32),
        pl.Series("coded", [each is not None for each in substances], pl.Boolean),
        pl.Series("left_out", [each is not None and each in CODE_SETS["left_out"] for each in substances], pl.Boolean),
        pl.Series("fall_risk", [each is not None and raises_fall_risk(each) for each in substances], pl.Boolean),
        *norgep.group_masks(substances),
    )


def medicine_scores(lines: pl.DataFrame, codes: pl.DataFrame, on: date, *, course_days: float) -> pl.DataFrame:
    """Return one row for each `person` who has a line, with what the lines add up to on a day."""
    known = lines.join(codes, left_on="atc", right_on="id", how="left").with_columns(_current(on), _as_needed())
    marked = known.with_columns(_regular(course_days), as_needed_now=_if_current("as_needed"), mg=norgep.dose())
    per_person = marked.group_by("person").agg(
        *_distinct("regular_medicines", pl.col("regular")),
        *_distinct("as_needed_medicines", pl.col("as_needed_now")),
        _distinct_of(pl.col("current") & pl.col("fall_risk")).alias("fall_risk_medicines.low"),
        (pl.col("current") & ~pl.col("coded")).any().alias("uncoded"),
        *norgep.gathered(),
    )
    high = pl.when(pl.col("uncoded")).then(OPEN).otherwise(pl.col("fall_risk_medicines.low")).cast(NUMBER)
    scored = per_person.with_columns(high.alias("fall_risk_medicines.high"), *norgep.hits())
    return scored.select("person", *without_lines(pl.lit(value=True)))


def _current(on: date) -> pl.Expr:
    begun, ended = pl.col("from").fill_null(on) <= on, pl.col("to").fill_null(on) >= on
    return (begun & ended).alias("current")


def _as_needed() -> pl.Expr:
    use = pl.col("use")
    return (
        pl.when(use.is_null())
        .then(UNKNOWN)
        .when(use == "as_needed")
        .then(YES)
        .otherwise(NO)
        .cast(pl.Int8)
        .alias("as_needed")
    )


def _if_current(name: str) -> pl.Expr:
    return pl.when(pl.col("current")).then(pl.col(name)).otherwise(NO).cast(pl.Int8)


def _regular(course_days: float) -> pl.Expr:
    """Return whether a line is in regular use: not a short course, not as needed, not one that the count leaves out."""
    days = (pl.col("to") - pl.col("from")).dt.total_days() + 1
    ends = pl.col("to").is_not_null()
    is_course, unclear = ends & (days < course_days).fill_null(value=False), ends & pl.col("from").is_null()
    out = ~pl.col("current") | pl.col("left_out") | (pl.col("as_needed") == YES) | is_course
    open_ = (pl.col("as_needed") == UNKNOWN) | unclear
    return pl.when(out).then(NO).when(open_).then(UNKNOWN).otherwise(YES).cast(pl.Int8).alias("regular")


def _distinct(name: str, counts: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    return _distinct_of(counts == YES).alias(f"{name}.low"), _distinct_of(counts != NO).alias(f"{name}.high")


def _distinct_of(chosen: pl.Expr) -> pl.Expr:
    """Return how many substances there are among the chosen lines; one without a code counts as one by itself."""
    coded = pl.col("coded")
    return (pl.col("substance").filter(chosen & coded).n_unique() + (chosen & ~coded).sum()).cast(NUMBER)


def _substance(atc: str | None) -> str | None:
    code = (atc or "").strip().upper()
    return code if SUBSTANCE.fullmatch(code) else None


def without_lines(known: pl.Expr) -> Mapping[str, pl.Expr]:
    """Return what stands for a person without a line: no medicine where the list is known, anything where it is not."""
    scores = ("regular_medicines", "as_needed_medicines", "fall_risk_medicines", *norgep.LISTS)
    high = pl.when(known).then(0).otherwise(OPEN).cast(NUMBER)
    return {
        f"{score}.{end}": number for score in scores for end, number in (("low", pl.lit(0, NUMBER)), ("high", high))
    }
