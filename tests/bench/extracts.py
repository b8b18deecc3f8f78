"""Extracts to measure with: twelve diagnoses and eight prescriptions a person, alike for the same number of people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from math import gcd
from pathlib import Path

import polars as pl

from rules.knowledge import rows

DIAGNOSES, PRESCRIPTIONS = 12, 8
AT_ONCE = 250_000
BORN_FROM, DAYS = date(1920, 1, 1), 100 * 365


def extract(people: int, folder: Path, *, in_order: bool = True) -> Path:
    """Write an extract, unless it is there already, and return its folder; its rows in the order of people, or not."""
    made = folder / (f"{people}" if in_order else f"{people} in no order")
    for name, (part, each) in TABLES.items():
        path = made / f"{name}.parquet"
        if not path.exists():
            made.mkdir(parents=True, exist_ok=True)
            _written(path, people, part, each=each)
            if not in_order:
                _out_of_order(path, people)
    return made


def codes() -> pl.Series:
    """Return about two thousand diagnosis codes, those of the scores' tables among them."""
    listed = [row["code_prefix_nodot"] for row in rows("charlson_quan2005_icd10")]
    listed += [row["icd10_3char"] for row in rows("hfrs_icd10_weights")]
    others = [f"{c}{n:02}{d}" for c in "ABCDEFGHIJKLMNOPQRSTZ" for n in range(0, 100, 3) for d in range(0, 10, 3)]
    return pl.Series(sorted({*listed, *others}))


def _written(path: Path, people: int, part: Callable[[pl.DataFrame], pl.DataFrame], *, each: int) -> None:
    starts = range(0, people, AT_ONCE)
    parts = [path.with_name(f".{path.stem}.{start}.parquet") for start in starts]
    for start, one in zip(starts, parts, strict=True):
        part(_rows(start, min(AT_ONCE, people - start), each)).write_parquet(one, compression="lz4")
    pl.scan_parquet(parts, glob=False).sink_parquet(path, compression="lz4")
    for one in parts:
        one.unlink()


def _patients(rows: pl.DataFrame) -> pl.DataFrame:
    born = pl.lit(BORN_FROM) + pl.duration(days=_drawn(DAYS, seed=1))
    return rows.select("person", born.alias("birth_date"), diagnoses_known=True, medicines_known=True)


def _diagnoses(rows: pl.DataFrame) -> pl.DataFrame:
    listed = codes()
    code = pl.lit(listed).gather(_drawn(listed.len(), seed=2))
    return rows.select("person", code.alias("code"), main=pl.col("row") % DIAGNOSES == 0)


def _prescriptions(rows: pl.DataFrame) -> pl.DataFrame:
    digits = (
        (a, n, b, c, m) for a in "ABCDGHJLMNRSV" for n in (1, 3, 5, 6, 9) for b in "AB" for c in "ABCDF" for m in (1, 4)
    )
    listed = pl.Series([f"{a}{n:02}{b}{c}{m:02}" for a, n, b, c, m in digits])
    atc = pl.lit(listed).gather(_drawn(listed.len(), seed=3))
    use = pl.lit(pl.Series(["regular", "as_needed"])).gather(_drawn(2, seed=4))
    return rows.select("person", atc.alias("atc"), use.alias("use"))


TABLES: Mapping[str, tuple[Callable[[pl.DataFrame], pl.DataFrame], int]] = {
    "patients": (_patients, 1),
    "diagnoses": (_diagnoses, DIAGNOSES),
    "prescriptions": (_prescriptions, PRESCRIPTIONS),
}
"""What makes each table, and how many rows a person has of it."""


def _rows(start: int, people: int, each: int) -> pl.DataFrame:
    row = pl.int_range(start * each, (start + people) * each, dtype=pl.Int64, eager=True)
    return pl.DataFrame({"row": row, "person": row // each})


def _out_of_order(path: Path, people: int) -> None:
    """Give the rows to other people, so that neither neighbours nor the rows of one person lie together."""
    step = next(step for step in range(people * 2 // 3, people * 2) if gcd(step, people) == 1)
    other = path.with_suffix(".other")
    rows = pl.scan_parquet(path, row_index_name="row").with_columns(row=pl.col("row").cast(pl.Int64))
    given = rows.with_columns(person=pl.col("row") % people * step % people).drop("row")
    given.sink_parquet(other, compression="lz4")
    other.replace(path)


def _drawn(below: int, *, seed: int) -> pl.Expr:
    return (pl.col("row").hash(seed) % below).cast(pl.UInt32)
