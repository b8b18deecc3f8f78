"""Small hospitals as counts of stays by ward, municipality, month and what became of them; and those who look."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise

import pytest

from population.steering import figures as definitions
from population.steering.counting import Cell
from population.steering.disclosure import Published, published

HOSPITAL = "Lillevik"
MONTHS = tuple(date(2026, month, 1) for month in (1, 2, 3, 4))


@dataclass(frozen=True, slots=True)
class Kind:
    """Stays that are alike: in which month, ward and municipality, and each figure's category where it has one."""

    month: date
    ward: str
    municipality: str
    categories: tuple[tuple[str, str], ...]

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield the breakdowns and parts that they are counted in."""
        yield from (("all", ""), ("ward", self.ward), ("municipality", self.municipality))


Hospital = Mapping[Kind, int]
Show = Callable[[Hospital], object]


def cells_of(hospital: Hospital) -> tuple[Cell, ...]:
    """Return what is stored of a hospital."""
    counted: Counter[tuple[date, str, str, str, str]] = Counter()
    for kind, number in hospital.items():
        for breakdown, part in kind.places():
            for figure, category in (("stays", "stay"), *kind.categories):
                name, _, days = category.partition(":")
                counted[kind.month, breakdown, part, figure, name] += number * int(days or 1)
    return tuple(
        Cell(month, HOSPITAL, breakdown, part, figure, category, number)
        for (month, breakdown, part, figure, category), number in counted.items()
        if number
    )


def shown_of(hospital: Hospital) -> Published:
    """Return what is shown of a hospital."""
    wards = sorted({kind.ward for kind in hospital})
    municipalities = sorted({kind.municipality for kind in hospital})
    return published(cells_of(hospital), {HOSPITAL: {"ward": wards, "municipality": municipalities}})


def spread(number: int, over: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to put a number of stays into so many kinds."""
    for bars in combinations(range(number + over - 1), over - 1):
        edges = (-1, *bars, number + over - 1)
        yield tuple(right - left - 1 for left, right in pairwise(edges))


def every_hospital(kinds: Sequence[Kind], most: int, beside: Hospital) -> Iterator[Hospital]:
    """Yield every hospital with at most so many stays of the kinds, and others that everybody knows of."""
    for number in range(most + 1):
        for counts in spread(number, len(kinds)):
            yield {**beside, **dict(zip(kinds, counts, strict=True))}


def quantities(hospital: Hospital) -> Counter[tuple[str, ...]]:
    """Return every count that somebody could be after: of each figure, and of all figures at once, by part and period.

    Municipalities by month are left out: who knows the other months has them without being shown anything.
    """
    found: Counter[tuple[str, ...]] = Counter()
    for kind, number in hospital.items():
        for breakdown, part in kind.places():
            for figure, category in (("stays", "stay"), *kind.categories, ("both", str(kind.categories))):
                if breakdown != "municipality":
                    found[breakdown, part, str(kind.month), figure, category] += number
                found[breakdown, part, "tertial", figure, category] += number
    return found


def solved(hospitals: Iterable[Hospital], fewest: int, show: Show = shown_of) -> Mapping[tuple[str, ...], int]:
    """Return the counts under the fewest that are the same in every hospital of which the very same is shown.

    That is what somebody finds who knows all that is shown and just how it was made, and tries every hospital there is.
    The hospitals with most stays are only tried: of what is shown of them, larger ones would be possible too.
    """
    alike: dict[object, dict[tuple[str, ...], set[int]]] = {}
    size: dict[object, int] = {}
    for hospital in hospitals:
        shown, held = show(hospital), quantities(hospital)
        size[shown] = min(sum(hospital.values()), size.get(shown, 1000))
        possible = alike.setdefault(shown, defaultdict(set))
        for name in held:
            possible[name].add(held[name])
    largest = max(size.values()) - 2 * (fewest - 1)
    return {
        name: min(values)
        for shown, possible in alike.items()
        for name, values in possible.items()
        if size[shown] <= largest and len(values) == 1 and min(values) < fewest
    }


def only(monkeypatch: pytest.MonkeyPatch, figures: Sequence[str], fewest: int) -> None:
    """Let there be these figures alone, and another number be the fewest that is shown."""
    rows = [row for row in definitions.table()["figure"] if row["id"] in figures]
    monkeypatch.setitem(definitions.table(), "figure", rows)
    monkeypatch.setitem(definitions.table()["limits"], "fewest", fewest)
    definitions.figures.cache_clear()
