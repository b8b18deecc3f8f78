"""Chance, by seeded numbers alone: who arrives when, who needs a bed, how long it is used.

Nothing here depends on the policy but how many arrive, so that two policies are tried on the same patients.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from population.simulator.policy import MONTHS, Arrivals

WEEK = 7.0
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
YEAR = sum(MONTH_DAYS)
MONTH_OF_DAY = tuple(month for month in range(MONTHS) for _ in range(MONTH_DAYS[month]))


@dataclass(frozen=True, slots=True)
class Arrival:
    """Someone who is admitted: when, which of the stays it is, and what is drawn for afterwards."""

    at: float
    stay: int
    bed_share: float
    bed_part: float


def arrivals(arriving: Arrivals, stays: int, days: float, *, before: float, seed: str) -> Iterator[Arrival]:
    """Yield who arrives in so many days; the year begins `before` days after the first.

    The times are a Poisson process whose rate is the month's, by thinning (Lewis, Shedler 1979).
    """
    times, who, beds, parts = map(_numbers, (f"{seed} {what}" for what in ("times", "who", "beds", "parts")))
    season = _even(arriving.season)
    most = arriving.per_week / WEEK * max(season)
    at = times.expovariate(most)
    while at < days:
        if times.random() * max(season) < season[MONTH_OF_DAY[int(at - before) % YEAR]]:
            yield Arrival(at, int(who.random() * stays), beds.random(), parts.expovariate(1.0))
        at += times.expovariate(most)


def _numbers(seed: str) -> Random:
    return Random(seed)  # noqa: S311 # a seed is to give the same numbers again; nothing is hidden by them


def _even(season: tuple[float, ...]) -> tuple[float, ...]:
    """Return the months' parts so that a year has as many as the rate says."""
    mean = sum(part * days for part, days in zip(season, MONTH_DAYS, strict=True)) / YEAR
    return tuple(part / mean for part in season)
