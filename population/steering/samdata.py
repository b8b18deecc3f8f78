"""What reports make of the counts: per inhabitants, percent more, beds; only ever of what is shown."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from population.steering.figures import Figure, figures
from population.steering.rows import Row

PER = 1000
DAYS_OF_YEAR = 365
WEEK = 7


@dataclass(frozen=True, slots=True)
class Inhabitants:
    """How many live in a municipality, in which year, and who says so."""

    number: int
    year: int
    source: str


def read_inhabitants(path: Path) -> Mapping[str, Inhabitants]:
    """Return the newest number of each municipality of a CSV file that the hospital gives; ours has none.

    The file says `municipality,year,inhabitants,source`, the municipality by its number of four digits.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["year"]))
    return {row["municipality"]: Inhabitants(int(row["inhabitants"]), int(row["year"]), row["source"]) for row in rows}


def per_inhabitants(row: Row, inhabitants: Mapping[str, Inhabitants]) -> float | None:
    """Return the stays of a row for each thousand who live there, None where their number lacks."""
    if not row.parts or not all(part in inhabitants for part in row.parts):
        return None
    return row.n / sum(inhabitants[part].number for part in row.parts) * PER


def share(figure: Figure, row: Row) -> float | None:
    """Return the share of a row that the figure is about, None where the categories are not told apart."""
    count = row.count(*figure.share_of) if figure.share_of else None
    return None if count is None else count / row.n


def mean_days(row: Row) -> float | None:
    """Return the mean days of a row, to one decimal, None where the days in all are not shown."""
    return None if row.total is None else round(row.total / row.n, 1)


def long_stayers(row: Row) -> int | None:
    """Return how many stayed more than a week after they were ready, None where that is not told apart."""
    figure = figures()["days_after_ready"]
    return row.count(*(name for name, start in zip(figure.categories, figure.starts, strict=True) if start > WEEK))


def middle(row: Row) -> tuple[str, ...]:
    """Return the block that the stay in the middle is in, of blocks that stand in order."""
    reached = accumulate(block.count for block in row.blocks)
    return next(block.categories for block, until in zip(row.blocks, reached, strict=True) if 2 * until >= row.n)


def percent_more(higher: float, lower: float) -> float:
    """Return how many percent the higher is above the lower, always of the lower."""
    return (higher - lower) / lower * 100


def beds(bed_days: float, days: int = DAYS_OF_YEAR) -> float:
    """Return how many beds are taken all the time by so many bed days."""
    return bed_days / days
