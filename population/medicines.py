"""The medicine scores over columns, from lines with use and dates; their meaning is `rules/scores/medicines.py`'s."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from population import norgep
from population.leaves import OPEN, UNKNOWN
from rules.knowledge import CODE_SETS
from rules.scores.medicines import SUBSTANCE, raises_fall_risk

NUMBER = pl.Int32
WORD = pl.UInt64
YES, NO = 1, 0


def atc_table(codes: pl.Series) -> pl.DataFrame:
    """Return what each distinct ATC code counts as, None being a line without one; a code's number is its row here."""
    substances = [_substance(atc) for atc in codes]
    numbers = {substance: place for place, substance in enumerate(dict.fromkeys((None, *substances)))}
    return pl.DataFrame(
        {
            "substance": pl.Series([numbers[each] for each in substances], dtype=pl.UInt32),
            "left_out": _flags(substances, lambda each: each in CODE_SETS["left_out"]),
            "fall_risk": _flags(substances, raises_fall_risk),
            **norgep.group_table(substances),
        }
    )


def medicine_scores(lines: pl.DataFrame, codes: pl.DataFrame, on: date, *, course_days: float) -> pl.DataFrame:
    """Return one row for each `person` with a medicine on the day, with what they add up to; the rows lie by person."""
    current = lines.filter(_current(on))
    looked_up = {name: codes[name].gather(current["atc"]) for name in codes.columns}
    marked = current.with_columns(_as_needed(), **looked_up).with_columns(_regular(course_days))
    substances = marked.select(
        pl.col("person").set_sorted(), _told_apart(codes.height), *_counts(), norgep.groups_met()
    )
    per_person = norgep.with_doses(_added_up(substances), marked).with_columns(_numbers())
    high = pl.when(norgep.is_uncoded()).then(OPEN).otherwise(pl.col("fall_risk_medicines.low")).cast(NUMBER)
    scored = norgep.with_hits(per_person.with_columns(high.alias("fall_risk_medicines.high")))
    return scored.select("person", *without_lines(pl.lit(value=True)))


COUNTED: Mapping[str, pl.Expr] = {
    "regular_medicines.low": pl.col("regular") == YES,
    "regular_medicines.high": pl.col("regular") != NO,
    "as_needed_medicines.low": pl.col("as_needed") == YES,
    "as_needed_medicines.high": pl.col("as_needed") != NO,
    "fall_risk_medicines.low": pl.col("fall_risk"),
    **norgep.counted(),
}
"""Which current lines each number counts the substances of."""

PLACES = 4
"""How many of the numbers one word adds up, sixteen bits for each."""

PLACE_BITS = 16
MOST_UNCODED = 50_000
"""The most lines without a code that one person's are counted up to, so that no number outgrows its place."""


def _told_apart(codes: int) -> pl.Expr:
    """Return a line's substance; a line without a code counts as one by itself."""
    itself = codes + pl.int_range(pl.len(), dtype=pl.UInt32) % MOST_UNCODED
    return pl.when(pl.col("substance") == 0).then(itself).otherwise("substance").alias("substance")


def _counts() -> Iterator[pl.Expr]:
    """Yield what a line counts as: a one at the place of each number that counts it."""
    for number, names in enumerate(_words()):
        ones = [COUNTED[name].cast(WORD) * (1 << PLACE_BITS * place) for place, name in enumerate(names)]
        yield pl.sum_horizontal(ones).alias(f"counts.{number}")


def _numbers() -> Iterator[pl.Expr]:
    for number, names in enumerate(_words()):
        for place, name in enumerate(names):
            count = (pl.col(f"counts.{number}") // (1 << PLACE_BITS * place)) & ((1 << PLACE_BITS) - 1)
            yield count.cast(NUMBER).alias(name)


def _words() -> list[list[str]]:
    names = list(COUNTED)
    return [names[start : start + PLACES] for start in range(0, len(names), PLACES)]


def _added_up(substances: pl.DataFrame) -> pl.DataFrame:
    """Return each person's counts and groups; the lines of who has a substance twice are joined first, and put in."""
    everyone = _by_person(substances, once=pl.col("substance").n_unique() == pl.len())
    repeats = everyone.filter(~pl.col("once"))["person"]
    words = pl.col("^counts.*$", "groups")
    joined = (
        substances.filter(pl.col("person").is_in(repeats.implode()))
        .group_by("person", "substance", maintain_order=True)
        .agg(words.bitwise_or())
    )
    again = _by_person(joined.with_columns(pl.col("person").set_sorted()), once=pl.lit(value=True))
    return pl.concat([everyone.filter("once"), again]).drop("once") if repeats.len() else everyone.drop("once")


def _by_person(lines: pl.DataFrame, *, once: pl.Expr) -> pl.DataFrame:
    counts = [pl.col(name).sum() for name in lines.columns if name.startswith("counts")]
    return lines.group_by("person", maintain_order=True).agg(*counts, pl.col("groups").bitwise_or(), once.alias("once"))


def _current(on: date) -> pl.Expr:
    begun, ended = pl.col("from").fill_null(on) <= on, pl.col("to").fill_null(on) >= on
    return begun & ended


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


def _regular(course_days: float) -> pl.Expr:
    """Return whether a line is in regular use: not a short course, not as needed, not one that the count leaves out."""
    days = (pl.col("to") - pl.col("from")).dt.total_days() + 1
    ends = pl.col("to").is_not_null()
    is_course, unclear = ends & (days < course_days).fill_null(value=False), ends & pl.col("from").is_null()
    out = pl.col("left_out") | (pl.col("as_needed") == YES) | is_course
    open_ = (pl.col("as_needed") == UNKNOWN) | unclear
    return pl.when(out).then(NO).when(open_).then(UNKNOWN).otherwise(YES).cast(pl.Int8).alias("regular")


def _flags(substances: Sequence[str | None], holds: Callable[[str], bool]) -> pl.Series:
    return pl.Series([each is not None and holds(each) for each in substances], dtype=pl.Boolean)


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
