"""Random numbers that are the same everywhere: each a function of the seed, of whom it is about and of what for."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import polars as pl

WORD = pl.UInt64
ROUNDS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
LAST = 31
STEP = 0x9E3779B97F4A7C15
FRACTION = 1 << 53
"""The numbers of splitmix64 (Steele, Lea, Flood 2014), whose products overflow on purpose."""


@dataclass(frozen=True, slots=True)
class Draws:
    """What is drawn for people; `who` is the column that tells them apart."""

    seed: int
    who: str = "person"

    def number(self, what: str) -> pl.Expr:
        """Return a whole number of 64 bits."""
        salt = int.from_bytes(blake2b(f"{self.seed} {what}".encode(), digest_size=8).digest(), "little")
        mixed = pl.col(self.who).cast(WORD) * pl.lit(STEP, WORD) + pl.lit(salt, WORD)
        for shift, factor in ROUNDS:
            mixed = (mixed ^ (mixed // (1 << shift))) * pl.lit(factor, WORD)
        return mixed ^ (mixed // (1 << LAST))

    def share(self, what: str) -> pl.Expr:
        """Return a number from 0 on, under 1, each as likely."""
        return (self.number(what) // (1 << 11)).cast(pl.Float64) / FRACTION

    def happens(self, what: str, chance: float | pl.Expr) -> pl.Expr:
        """Return whether what has this chance happens."""
        return self.share(what) < chance

    def below(self, what: str, end: int) -> pl.Expr:
        """Return a whole number from 0 on, under the end, each as likely."""
        return (self.share(what) * end).cast(pl.Int32)

    def one_of(self, what: str, choices: list[str] | tuple[str, ...]) -> pl.Expr:
        """Return one of the choices, each as likely."""
        return pl.lit(pl.Series(choices)).gather(self.below(what, len(choices)).cast(pl.UInt32))

    def about_zero(self, what: str) -> pl.Expr:
        """Return a number about 0, bell-shaped, seldom over 3."""
        return sum((self.share(f"{what} {n}") for n in range(3)), pl.lit(0.0)) * 2 - 3
