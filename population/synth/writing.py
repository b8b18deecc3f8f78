"""A made-up extract, drawn and written some people at a time: the same memory, however many there are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import polars as pl

from population.files import written_whole
from population.synth.answers import answers
from population.synth.care import in_contact, services, stays
from population.synth.draws import Draws
from population.synth.faulty import spoiled
from population.synth.illness import diagnoses, ill, prescriptions
from population.synth.model import about, model
from population.synth.people import patients, people

AT_ONCE = 200_000


def synthetic(count: int, seed: int, on: date, *, form: str, into: Path, from_age: float = 0) -> None:
    """Write an extract of made-up people as `parquet` or `csv`, with a page that says that they are.

    Of so many, those under an age may be left out; the others are the same without them.
    """
    parts = into / "unfinished"
    parts.mkdir(parents=True)
    names: dict[str, None] = {}
    for first in range(1, count + 1, AT_ONCE):
        drawn = people(first, min(AT_ONCE, count + 1 - first), Draws(seed), on=on).filter(pl.col("age") >= from_age)
        for name, rows in _all_tables(drawn, Draws(seed), on=on).items():
            rows.write_parquet(parts / f"{name}-{first:010}.parquet", compression="lz4")
            names[name] = None
    for name in names:
        whole = pl.scan_parquet(sorted(parts.glob(f"{name}-*.parquet")), glob=False)
        if form == "csv":
            whole.sink_csv(into / f"{name}.csv")
        else:
            whole.sink_parquet(into / f"{name}.parquet", maintain_order=True)
    shutil.rmtree(parts)
    faults = "\n".join(f"- `{kind}`: {share}" for kind, share in model()["faults"].items())
    page = about().format(people=count, seed=seed, day=on.isoformat(), faults=faults)
    written_whole(into / "README.md", page.encode())


def tables_of(first: int, count: int, draw: Draws, *, on: date) -> Mapping[str, pl.DataFrame]:
    """Return the tables of some of the people, faults and all."""
    return _all_tables(people(first, count, draw, on=on), draw, on=on)


def _all_tables(who: pl.DataFrame, draw: Draws, *, on: date) -> Mapping[str, pl.DataFrame]:
    return dict(_tables(ill(in_contact(who, draw), draw), draw, on))


def _tables(drawn: pl.DataFrame, draw: Draws, on: date) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "patients", spoiled("patients", patients(drawn, draw), draw)
    for name, rows in (
        ("diagnoses", diagnoses(drawn, draw, on=on)),
        ("prescriptions", prescriptions(drawn, draw, on=on)),
        ("services", services(drawn, draw, on=on)),
        ("answers", answers(drawn, draw, on=on)),
        ("stays", stays(drawn, draw, on=on)),
    ):
        yield name, spoiled(name, rows, draw)
