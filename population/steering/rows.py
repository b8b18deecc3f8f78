"""A row of a table: the counts that are told as one, and of days and agreement what those counts leave open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import inf

from population.steering.agreement import weighted_kappa
from population.steering.counting import PAIR, TOTAL
from population.steering.cuts import Groups
from population.steering.figures import Figure, limit


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
class Level:
    """How those who lack what a figure needs are told: apart, or with the spare category, `unsure` at most."""

    pooled: bool
    unsure: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted, before anything is hidden: of `n` stays, so many in each category."""

    figure: Figure
    n: int
    counts: Counter[str]

    @property
    def lacking(self) -> int:
        """Return how many are in none of the figure's categories."""
        return self.n - sum(self.counts[category] for category in self.figure.categories)

    def count(self, categories: tuple[str, ...], level: Level) -> int:
        """Return how many were in the categories, with those who lack it where they are told with one of them."""
        pooled = self.lacking if level.pooled and self.figure.spare in categories else 0
        return pooled + sum(self.counts[category] for category in categories)

    def holds(self, groups: Groups, level: Level) -> bool:
        """Return whether every number of a row would be large enough to be shown."""
        fewest = limit("fewest")
        enough = level.pooled or self.lacking >= fewest
        return enough and all(self.count(group, level) >= fewest for group in groups)

    def row(self, parts: tuple[str, ...], groups: Groups, level: Level) -> Row:
        """Return the row that tells the groups."""
        blocks = tuple(Block(group, self.count(group, level)) for group in groups)
        return Row(
            parts,
            blocks,
            lacking=None if level.pooled else self.lacking,
            unsure=level.unsure,
            total=self._total(blocks, part=bool(parts)) if self.figure.total else None,
            kappa=self._kappa() if not parts else None,
        )

    def _total(self, blocks: tuple[Block, ...], *, part: bool) -> int | None:
        """Return the days, rounded, where they do not tell whether anybody was in a category that is not told apart.

        That is, as many as the blocks must have had, with one stay more lifted from the bottom of its block to the top.
        Of a part, also no more than they could have had at the bottom: parts that each must have had one would add up.
        """
        start = dict(zip(self.figure.categories, self.figure.starts, strict=True))
        bounds = [(block.count, [start[each] for each in block.categories]) for block in blocks]
        least = sum(count * min(starts) for count, starts in bounds) + max(
            max(starts) - min(starts) for _, starts in bounds
        )
        step, total = limit("round_days_to"), self.counts[TOTAL]
        shown = total >= least + step and (not part or total <= self._most(blocks) - step)
        return (total + step // 2) // step * step if shown else None

    def _most(self, blocks: tuple[Block, ...]) -> float:
        """Return the most days that the blocks could have had, each stay at the bottom of its own."""
        ends = (*(start - 1 for start in self.figure.starts[1:]), inf)
        end = dict(zip(self.figure.categories, ends, strict=True))
        return sum(block.count * end[block.categories[0]] for block in blocks)

    def _kappa(self) -> float | None:
        """Return the weighted kappa, to one decimal, of pairs enough that none can be solved."""
        split = {tuple(key.split(":")): number for key, number in self.counts.items()}
        pairs = {(int(key[1]), int(key[2])): number for key, number in split.items() if key[0] == PAIR}
        kappa = weighted_kappa(pairs) if sum(pairs.values()) >= limit("fewest_pairs") else None
        return None if kappa is None else round(kappa, 1)
