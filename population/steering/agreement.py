"""How far two people who did not see each other's score agree: weighted kappa (Cohen, Psychol Bull 1968;70:213)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

PairCounts = Mapping[tuple[int, int], int]
"""How many patients were given each pair of scores: the first rater's, the second's."""


def weighted_kappa(pairs: PairCounts, *, power: int = 1) -> float | None:
    """Return kappa with weights by distance, linear or (`power` 2) quadratic; None where chance gives no disagreement.

    The length of the scale does not matter: it falls out of the ratio.
    """
    number = sum(pairs.values())
    first, second = _margins(pairs)
    seen = sum(count * abs(a - b) ** power for (a, b), count in pairs.items())
    by_chance = sum(m * n * abs(a - b) ** power for a, m in first.items() for b, n in second.items())
    return 1 - number * seen / by_chance if by_chance else None


def _margins(pairs: PairCounts) -> tuple[Counter[int], Counter[int]]:
    first: Counter[int] = Counter()
    second: Counter[int] = Counter()
    for (a, b), count in pairs.items():
        first[a] += count
        second[b] += count
    return first, second
