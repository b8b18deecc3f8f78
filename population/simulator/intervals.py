"""What replications say together: a mean, and the interval that holds the mean of all with 95 per cent confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import atan, cos, pi, sin, sqrt
from statistics import fmean, stdev

CONFIDENCE = 0.95
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its interval; `of` is how many replications had the number."""

    mean: float
    low: float
    high: float
    of: int


def interval(values: Sequence[float | None]) -> Interval | None:
    """Return the interval by Student's t, None where fewer than two replications have a number."""
    known = [value for value in values if value is not None]
    if len(known) < FEWEST:
        return None
    mean = fmean(known)
    half = quantile(len(known) - 1) * stdev(known) / sqrt(len(known))
    return Interval(mean, mean - half, mean + half, len(known))


def differences(values: Sequence[float | None], against: Sequence[float | None]) -> list[float | None]:
    """Return replication by replication how much more the first has."""
    return [None if one is None or other is None else one - other for one, other in zip(values, against, strict=True)]


@cache
def quantile(freedom: int) -> float:
    """Return the t that holds the confidence between minus t and t, by halving."""
    low, high = 0.0, 100.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle, freedom) < CONFIDENCE else (low, middle)
    return high


def within(t: float, freedom: int) -> float:
    """Return how likely Student's t lies between minus t and t (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    angle = atan(t / sqrt(freedom))
    odd = freedom % 2
    term, total = (cos(angle) if odd else 1.0), 0.0
    for k in range(odd + 2, freedom + 1, 2):
        total += term
        term *= cos(angle) ** 2 * (k - 1) / k
    if odd:
        return 2 / pi * (angle + sin(angle) * total)
    return sin(angle) * total
