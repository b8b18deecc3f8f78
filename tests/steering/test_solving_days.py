"""Days in all, told of parts and wholes, leave nobody able to solve a small count: every small hospital is tried."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, product

import pytest

from population.steering import figures as definitions
from population.steering import parting
from population.steering.counting import TOTAL, Cell
from population.steering.disclosure import Published, published
from population.steering.rows import Counted
from tests.steering.hospitals import HOSPITAL, MONTHS, only

FIGURE, BANDS = "days_after_ready", ("none", "days_1_7", "days_8_49")
START, END, MOST_DAYS = 4, 3, 24
"""In the small hospitals the long stays are of four days and more, and they have 24 in all at most."""


@dataclass(frozen=True, slots=True)
class Place:
    """The stays of a ward or a municipality in a month by band, and their days in all."""

    counts: tuple[int, int, int]
    days: int


@dataclass(frozen=True, slots=True)
class Where:
    """A place of the hospital in a month."""

    month: date
    ward: str
    municipality: str


Known = Mapping[Where, Place]


def shown_of(hospital: Known) -> Published:
    """Return what is shown of a hospital."""
    wards = sorted({where.ward for where in hospital})
    municipalities = sorted({where.municipality for where in hospital})
    cells = chain.from_iterable(_cells(where, place) for where, place in hospital.items())
    return published(list(cells), {HOSPITAL: {"ward": wards, "municipality": municipalities}})


def _cells(where: Where, place: Place) -> Iterator[Cell]:
    counted = [*zip(BANDS, place.counts, strict=True), (TOTAL, place.days)]
    for breakdown, part in (("all", ""), ("ward", where.ward), ("municipality", where.municipality)):
        yield Cell(where.month, HOSPITAL, breakdown, part, "stays", "stay", sum(place.counts))
        yield from (Cell(where.month, HOSPITAL, breakdown, part, FIGURE, *each) for each in counted if each[1])


def days_in(hospital: Known) -> int:
    """Return the days of all places."""
    return sum(place.days for place in hospital.values())


def solved(hospitals: Iterable[Known], fewest: int) -> Mapping[tuple[Where, str], int]:
    """Return the counts under the fewest that are the same in every hospital of which the very same is shown.

    Hospitals that are shown alike are left out where all have nearly as many days as were tried: more would be too.
    """
    alike: dict[Published, dict[tuple[Where, str], set[int]]] = defaultdict(lambda: defaultdict(set))
    least: dict[Published, int] = {}
    for hospital in hospitals:
        shown = shown_of(hospital)
        least[shown] = min(days_in(hospital), least.get(shown, MOST_DAYS))
        for where, place in hospital.items():
            for band, number in zip(BANDS, place.counts, strict=True):
                alike[shown][where, band].add(number)
    return {
        name: min(numbers)
        for shown, possible in alike.items()
        for name, numbers in possible.items()
        if least[shown] <= MOST_DAYS - START and len(numbers) == 1 and min(numbers) < fewest
    }


def places(none: int, waited: Sequence[int]) -> tuple[Place, ...]:
    """Return every place with so many who did not wait, and one of these numbers who did."""
    return tuple(
        Place((none, number - long, long), days)
        for number in waited
        for long in range(number + 1)
        for days in range(number - long + START * long, MOST_DAYS + 1)
        if long or days <= END * number
    )


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let three bands, days rounded to two and counts from two on be all there is."""
    only(monkeypatch, ["stays", FIGURE], 2)
    monkeypatch.setitem(definitions.table()["limits"], "round_days_to", 2)
    row = {"tree": ["none", ["days_1_7", "days_8_49"]], "starts": [0, 1, START]}
    rows = [each | row if each["id"] == FIGURE else each for each in definitions.table()["figure"]]
    monkeypatch.setitem(definitions.table(), "figure", rows)
    definitions.figures.cache_clear()
    yield
    definitions.figures.cache_clear()


def in_wards(wards: str, waited: Sequence[int]) -> Iterator[Known]:
    every = places(2, waited)
    for held in product(every, repeat=len(wards)):
        hospital = {Where(MONTHS[0], ward, "4601"): place for ward, place in zip(wards, held, strict=True)}
        if days_in(hospital) <= MOST_DAYS:
            yield hospital


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("wards", "waited"), [("AB", (2, 3)), ("AB", (3, 4)), ("ABC", (2,))])
def test_days_in_all_of_wards_tell_no_small_count(wards: str, waited: Sequence[int]) -> None:
    assert solved(in_wards(wards, waited), 2) == {}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("mended", ["days_stand", "_most"])
def test_the_attack_solves_days_in_all_without_either_of_what_hides_them(
    monkeypatch: pytest.MonkeyPatch, mended: str
) -> None:
    monkeypatch.setattr(*{
        "days_stand": (parting, "days_stand", lambda *_: True),
        "_most": (Counted, "_most", lambda *_: 1000),
    }[mended])  # fmt: skip
    assert solved(in_wards("AB", (3, 4)), 2)


def test_a_ward_that_hides_its_days_in_all_hides_those_of_the_others() -> None:
    """Five who waited a day each were solved from 200 days in the hospital and 200 in the other ward."""
    wards = {"A": Place((10, 5, 0), 5), "B": Place((10, 6, 6), 195)}
    told = shown_of({Where(MONTHS[0], ward, "4601"): place for ward, place in wards.items()})
    whole = told.of(HOSPITAL, FIGURE)[0].rows[0]
    parts = told.of(HOSPITAL, FIGURE, "ward")[0].rows
    assert whole.total == 200
    assert [row.n for row in parts] == [15, 22]
    assert [row.total for row in parts] == [None, None]


def test_wards_that_tell_what_the_hospital_tells_show_their_days_in_all() -> None:
    wards = {ward: Place((10, 12, 12), 400) for ward in "AB"}
    told = shown_of({Where(MONTHS[0], ward, "4601"): place for ward, place in wards.items()})
    assert [row.total for row in told.of(HOSPITAL, FIGURE, "ward")[0].rows] == [400, 400]


@pytest.mark.parametrize(("january", "shown"), [(400, True), (108, False)])
def test_a_month_that_hides_its_days_in_all_hides_those_of_the_tertials_parts(january: int, shown: bool) -> None:
    days = dict.fromkeys(MONTHS, 400) | {MONTHS[0]: january}
    places = product(days.items(), ("4601", "4602"))
    told = shown_of({Where(month, "A", where): Place((10, 12, 12), number) for (month, number), where in places})
    assert [each.rows[0].total is not None for each in told.of(HOSPITAL, FIGURE)] == [shown, True, True, True]
    by_municipality = told.of(HOSPITAL, FIGURE, "municipality")[0].rows
    assert len(by_municipality) == 2
    assert [row.total is not None for row in by_municipality] == [shown, shown]
