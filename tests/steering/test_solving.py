"""Nobody can solve a small count, however much is shown: every hospital there could be is tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, product

import pytest

from population.steering import figures as definitions
from population.steering import parting
from tests.steering.hospitals import MONTHS, Hospital, Kind, every_hospital, only, quantities, solved

MET, NOT, LACKING = (("screened", "met"),), (("screened", "not"),), (("screened", "lacking"),)
FRAIL, NOT_FRAIL = (*MET, ("frail", "met")), (*MET, ("frail", "not"))
TO_TEAM, NOT_TO_TEAM = (*FRAIL, ("track_frail", "cga_team")), (*FRAIL, ("track_frail", "other"))
WHAT, TWO, THREE = (MET, NOT), ("4601", "4602"), ("A", "B", "C")
CHAIN = (FRAIL, NOT_FRAIL, NOT)
EVERY = (*CHAIN, (*MET, ("frail", "lacking")), LACKING)
Whats = Sequence[tuple[tuple[str, str], ...]]


@pytest.fixture(autouse=True)
def _all_figures_again() -> Iterator[None]:
    yield
    definitions.figures.cache_clear()


def in_wards(wards: Sequence[str], whats: Whats) -> list[Kind]:
    return [Kind(MONTHS[0], ward, "4601", what) for ward, what in product(wards, whats)]


def months_before(number: int, whats: Whats) -> Iterator[Hospital]:
    """Yield months of which everybody knows all but whether those of January were from the one place or the other."""
    known: Hospital = {Kind(month, "A", where, what): 2 for month, where, what in product(MONTHS[1:number], TWO, whats)}
    for shares in product(range(3), repeat=len(whats)):
        counts = zip(whats, shares, strict=True)
        january = {Kind(MONTHS[0], "A", TWO[0], what): share for what, share in counts}
        yield {**known, **january, **{elsewhere(kind): 2 - share for kind, share in january.items()}}


def elsewhere(kind: Kind) -> Kind:
    return replace(kind, municipality=TWO[1])


def after(befores: Iterable[Hospital], kinds: Sequence[Kind], most: int) -> Iterator[Hospital]:
    return chain.from_iterable(every_hospital(kinds, most, before) for before in befores)


@pytest.mark.parametrize(
    ("figures", "fewest", "kinds", "most"),
    [
        pytest.param(["stays", "screened"], 2, in_wards(THREE, WHAT), 9, id="three wards"),
        pytest.param(["stays", "screened"], 3, in_wards("AB", WHAT), 16, id="two wards and fewer than three hidden"),
        pytest.param(["stays", "screened"], 3, in_wards(THREE, WHAT), 10, id="three wards and fewer than three hidden"),
        pytest.param(["stays", "screened"], 2, in_wards(THREE, (MET, NOT, LACKING)), 6, id="some unknown"),
        pytest.param(["stays", "screened", "frail"], 2, in_wards("A", EVERY), 11, id="a share with some unknown"),
        pytest.param(["stays", "screened", "frail"], 2, in_wards("AB", CHAIN), 9, id="a share of a share, two wards"),
        pytest.param(["stays", "screened", "frail"], 2, in_wards(THREE, CHAIN), 6, id="a share of a share"),
    ],
)
def test_a_month_tells_no_small_count(
    monkeypatch: pytest.MonkeyPatch, figures: list[str], fewest: int, kinds: list[Kind], most: int
) -> None:
    only(monkeypatch, figures, fewest)
    assert solved(every_hospital(kinds, most, {}), fewest) == {}


def test_a_hidden_month_is_not_the_tertial_less_the_other_three(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, ["stays", "screened"], 2)
    kinds = [Kind(MONTHS[3], "A", where, what) for where, what in product(TWO, WHAT)]
    assert solved(after(months_before(3, WHAT), kinds, 7), 2) == {}


def test_wards_by_month_and_municipalities_by_tertial_tell_no_small_count_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    only(monkeypatch, ["stays", "screened"], 2)
    kinds = [Kind(MONTHS[3], ward, where, what) for ward, where, what in product("AB", TWO, WHAT)]
    assert solved(after(months_before(3, WHAT), kinds, 4), 2) == {}


def test_a_figure_by_tertial_tells_nothing_of_the_months_that_its_rows_are_shown_by(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    only(monkeypatch, ["stays", "screened", "frail", "track_frail"], 2)
    whats = (TO_TEAM, NOT_TO_TEAM, (*FRAIL, ("track_frail", "lacking")), NOT_FRAIL, NOT)
    known: Hospital = {Kind(month, "A", "4601", what): 2 for month, what in product(MONTHS[:2], CHAIN)}
    kinds = [Kind(MONTHS[2], "A", "4601", what) for what in CHAIN]
    kinds += [Kind(MONTHS[3], "A", "4601", what) for what in whats]
    assert solved(every_hospital(kinds, 6, known), 2) == {}


def test_two_figures_of_the_same_stays_tell_no_small_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, ["stays", "screened", "days_after_ready"], 2)
    waited = ((("days_after_ready", "none"),), (("days_after_ready", "days_1_7"),))
    kinds = in_wards("AB", [(*what, *days) for what, days in product(WHAT, waited)])
    assert solved(every_hospital(kinds, 7, {}), 2) == {}


def test_the_attack_solves_what_is_only_left_blank(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table with its small numbers blank and its total exact, as many reports have it."""
    only(monkeypatch, ["stays", "screened"], 2)
    found = solved(every_hospital(in_wards(THREE, WHAT), 7, {}), 2, show=blanked)
    assert found


def blanked(hospital: Hospital) -> object:
    return tuple(
        (name, number if number >= 2 or name[0] == "all" else None)
        for name, number in sorted(quantities(hospital).items())
        if name[0] in ("all", "ward") and name[3] == "screened"
    )


def test_the_attack_solves_parts_that_are_finer_than_what_they_are_of(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, ["stays", "screened", "frail"], 2)
    monkeypatch.setattr(parting, "keeps_whole", lambda *_: True)
    monkeypatch.setattr(parting.Parting, "_above", lambda *_: ())
    large = dict.fromkeys(in_wards("AB", (FRAIL, NOT_FRAIL)), 2)
    assert solved(every_hospital(in_wards("AB", [NOT]), 6, large), 2)
