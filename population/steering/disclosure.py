"""What is shown of the counts, so that nothing under five can be solved from it: see docs/decisions/0012."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from population.steering.counting import Cell


@dataclass(frozen=True, slots=True)
class Block:
    """Categories that are shown as one number."""

    categories: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """What is shown of one part, or of several that are told together; without parts, of the whole hospital.

    `n` is the sum of the blocks: what a share is of. `lacking` is how many more there are who lack what the figure
    needs or whom it is not about; None where they are at most `unsure`, and counted with the figure's spare category.
    `total` is days, rounded; `kappa` is of two raters. Both are None where they would tell too much.
    """

    parts: tuple[str, ...]
    blocks: tuple[Block, ...]
    lacking: int | None = None
    unsure: int = 0
    total: int | None = None
    kappa: float | None = None

    @property
    def n(self) -> int:
        """Return how many stays the blocks are of."""
        return sum(block.count for block in self.blocks)

    def count(self, *categories: str) -> int | None:
        """Return how many were in the categories, None where the blocks do not tell them from others."""
        inside = [block for block in self.blocks if set(block.categories) <= set(categories)]
        told = {category for block in inside for category in block.categories}
        return sum(block.count for block in inside) if told == set(categories) else None


@dataclass(frozen=True, slots=True)
class Table:
    """A figure of a hospital in a period, whole or broken down; without rows it is too small to be shown.

    `covers` are the months that were counted: fewer than the period's where the others are too small. `of` is the
    figure whose stays were counted (`stays` for all), since the nearest may itself be too small to be shown.
    """

    hospital: str
    figure: str
    breakdown: str
    first: date
    months: int
    covers: tuple[date, ...] = ()
    of: str = "stays"
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """All that may be shown, on the page, in files and to programs; there is nothing more exact."""

    tables: tuple[Table, ...]

    def of(self, hospital: str, figure: str, breakdown: str = "all") -> tuple[Table, ...]:
        """Return a figure's tables in order of time."""
        wanted = (hospital, figure, breakdown)
        found = (each for each in self.tables if (each.hospital, each.figure, each.breakdown) == wanted)
        return tuple(sorted(found, key=lambda each: each.first))


def published(cells: Iterable[Cell]) -> Published:
    """Return what may be shown of the closed months; more months change nothing of what was shown before."""
    raise NotImplementedError
