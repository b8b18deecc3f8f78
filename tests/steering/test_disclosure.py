"""What is shown: no number under five, sums that agree, and the same again when more months are closed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from population.steering.book import Book
from population.steering.counting import TOTAL, Cell, cells
from population.steering.cuts import coarse, cut, halved
from population.steering.disclosure import Block, Published, Row, Table, published
from population.steering.facts import Interval, StayFacts, TwoRaters
from population.steering.figures import Tree, figure, figures, leaves, limit
from population.steering.rows import Counted, Level
from rules.times import OSLO
from tests.steering.hospitals import HOSPITAL, MONTHS

FEWEST = limit("fewest")
PLACES = {HOSPITAL: {"ward": ("A", "B", "C", "D"), "municipality": ("4601", "4602")}}
STEPS = ("municipal_notice", "HPH1", "HPH2", "HPH3", "HPH4")


def stays_of(seed: int, a_month: int) -> Iterator[StayFacts]:
    """Yield made-up stays of a tertial, some facts of each unknown."""
    by = random.Random(seed)
    for month, number in product(MONTHS, range(a_month)):
        admitted = datetime(month.year, month.month, by.randint(1, 20), by.randint(0, 23), tzinfo=OSLO)
        yield replace(
            _stay(by, admitted), stay=f"{month}-{number}", discharged=admitted + timedelta(days=by.randint(1, 7))
        )


def _stay(by: random.Random, admitted: datetime) -> StayFacts:
    cfs = by.randint(1, 9)
    screened = by.random() < 0.8
    return StayFacts(
        "stay", "person", HOSPITAL, admitted,
        ward=by.choice("AABBCD"),
        municipality=by.choice(["4601", "4601", "4602", None]),
        arrival=by.choice(["acute", "elective", None]),
        age=by.randint(65, 99),
        sex=by.choice(["female", "male"]),
        eligible=by.choice([True, True, True, None]),
        screened=admitted + timedelta(hours=by.randint(0, 60)) if screened else None,
        cfs=Interval(cfs, by.randint(cfs, 9)) if screened else None,
        tracks=(by.choice(["standard", "prevention", "cga_team"]),) if screened else (),
        pathway=by.choice(["A", "B", "C", None]) if screened else None,
        raters=TwoRaters(cfs, by.randint(1, 9)) if by.random() < 0.2 else None,
        clocks={step: by.choice(["kept", "late", "open"]) for step in STEPS} if by.random() < 0.6 else {},
        days_after_ready=by.choice([0, 0, 1, 4, 9, 51, None]),
        readmitted=by.choice([True, False, False, None]),
    )  # fmt: skip


def cells_in(seed: int, a_month: int) -> tuple[Cell, ...]:
    held = tuple(stays_of(seed, a_month))
    return tuple(cell for month in MONTHS for cell in cells(held, month))


@pytest.fixture(scope="module")
def shown() -> Published:
    return published(cells_in(1, 150), PLACES)


sizes = st.integers(1, 60)
seeds = st.integers(0, 10_000)


@settings(max_examples=25)
@given(seeds, sizes)
def test_no_number_under_five_is_ever_shown(seed: int, a_month: int) -> None:
    for table in published(cells_in(seed, a_month), PLACES).tables:
        for row in table.rows:
            assert all(block.count >= FEWEST for block in row.blocks)
            assert row.lacking is None or row.lacking >= FEWEST
            assert (row.lacking is None) or row.unsure == 0


@settings(max_examples=25)
@given(seeds, sizes)
def test_what_was_shown_of_the_first_months_is_shown_again_when_more_are_closed(seed: int, a_month: int) -> None:
    every = cells_in(seed, a_month)
    before = published([cell for cell in every if cell.month < MONTHS[2]], PLACES).tables
    assert set(before) <= set(published(every, PLACES).tables)


@settings(max_examples=25)
@given(seeds, sizes)
def test_the_parts_of_a_period_add_up_to_the_whole_that_is_shown_of_it(seed: int, a_month: int) -> None:
    told = published(cells_in(seed, a_month), PLACES)
    for table in told.tables:
        if table.breakdown == "all" or not table.rows:
            continue
        whole = [each for each in told.of(HOSPITAL, table.figure) if set(each.covers) <= set(table.covers)]
        for block in coarse(figure(table.figure).tree):
            assert _number(table, block) >= sum(_number(each, block) for each in whole)
        assert sum(_everybody(row) for row in table.rows) == sum(_everybody(each.rows[0]) for each in whole)


def _number(table: Table, categories: tuple[str, ...]) -> int:
    """Return how many of a table were in categories, with those who lack it where they are counted with them."""
    return sum(row.count(*categories) or 0 for row in table.rows)


def _everybody(row: Row) -> int:
    return row.n + (row.lacking or 0)


def test_a_large_hospital_sees_its_figures_by_every_breakdown(shown: Published) -> None:
    told = {(table.figure, table.breakdown) for table in shown.tables if table.rows}
    wanted = {("stays", "ward"), ("screened", "ward"), ("screened", "municipality"), ("screened", "arrival")}
    assert wanted <= told
    assert {("screened", breakdown) for breakdown in ("hour", "weekday", "age", "sex")} <= told
    assert {(name, "all") for name in ("frail", "pathway", "planned", "adherence", "readmitted", "agreement")} <= told


def test_a_figure_that_is_too_small_is_named_and_has_no_rows(shown: Published) -> None:
    tables = shown.of(HOSPITAL, next(name for name in figures() if name.startswith("decided")))
    assert [table.rows for table in tables] == [()]


def test_without_a_list_of_parts_no_ward_is_told_of() -> None:
    told = published(cells_in(1, 150))
    assert not [table for table in told.tables if table.breakdown in ("ward", "municipality")]
    assert [table for table in told.tables if table.breakdown == "age"]


def test_kappa_is_told_of_twenty_pairs_and_of_the_whole_hospital_alone(shown: Published) -> None:
    assert shown.of(HOSPITAL, "agreement")[0].rows[0].kappa is not None
    few = published(cells_in(1, 15), PLACES).of(HOSPITAL, "agreement")
    assert all(row.kappa is None for table in few for row in table.rows)


def test_a_months_figures_are_shown_though_its_tertial_is_not_over() -> None:
    first = published([cell for cell in cells_in(1, 60) if cell.month == MONTHS[0]], PLACES)
    assert {table.months for table in first.tables} == {1}
    assert first.of(HOSPITAL, "screened")[0].rows


@given(st.lists(st.integers(0, 70), min_size=10, max_size=60))
def test_days_in_all_leave_open_how_many_waited_so_long(days: list[int]) -> None:
    """Every way to put the stays of a block into its bands that could have the same days in all is counted."""
    waited = figure("days_after_ready")
    counted = Counted(waited, len(days), _banded(days))
    level = Level(True, FEWEST - 1)
    groups = cut(waited.tree, lambda branches: counted.holds(coarse(branches), level))
    if len(groups) == 1:
        return
    row = counted.row((), groups, level)
    if row.total is None:
        return
    for block in (block for block in row.blocks if len(block.categories) > 1):
        possible = [bands for bands in _ways(block) if _could_be(bands, row, block)]
        for category in block.categories:
            assert len({bands[category] for bands in possible}) > 1


def _banded(days: list[int]) -> Counter[str]:
    waited = figure("days_after_ready")
    starts = dict(zip(waited.categories, waited.starts, strict=True))
    found = Counter(max((start, name) for name, start in starts.items() if start <= each)[1] for each in days)
    return found + Counter({TOTAL: sum(days)})


def _ways(block: Block) -> Iterator[Counter[str]]:
    """Yield the ways that the tree would also have left closed: in one branch or another there are too few."""
    for counts in product(range(block.count + 1), repeat=len(block.categories)):
        if sum(counts) == block.count:
            bands = Counter(dict(zip(block.categories, counts, strict=True)))
            branches = _branches(figure("days_after_ready").tree, block.categories)
            if any(sum(bands[name] for name in leaves(branch)) < FEWEST for branch in branches):
                yield bands


def _branches(tree: Tree, categories: tuple[str, ...]) -> tuple[Tree, ...]:
    """Return the branches under which a block was left closed."""
    assert isinstance(tree, tuple)
    if leaves(tree) == categories:
        return tree
    return next(_branches(branch, categories) for branch in tree if set(categories) <= set(leaves(branch)))


def _could_be(bands: Counter[str], row: Row, block: Block) -> bool:
    """Whether the days in all, which are rounded, could be those of such bands and of the other blocks."""
    waited = figure("days_after_ready")
    start = dict(zip(waited.categories, waited.starts, strict=True))
    end = dict(zip(waited.categories, (*(each - 1 for each in waited.starts[1:]), 10_000), strict=True))
    others = [each for each in row.blocks if each != block]
    least = sum(n * start[name] for name, n in bands.items()) + sum(b.count * start[b.categories[0]] for b in others)
    most = sum(n * end[name] for name, n in bands.items()) + sum(b.count * end[b.categories[-1]] for b in others)
    return row.total is not None and least <= row.total + 4 and most >= row.total - 5


def test_parts_are_halves_of_halves_and_the_last_stands_with_everybody_else() -> None:
    assert halved(("a", "b", "c", "d", "")) == (("a", "b"), ("c", ("d", "")))
    assert halved(("a", "")) == ("a", "")
    assert halved(("",)) == ""


def test_parts_that_are_not_listed_are_counted_as_everybody_else() -> None:
    book = Book((), {"ward": ("A", "B")})
    assert book.parts("ward") == ("A", "B", "")
    assert book.parts("municipality") == ("",)
    assert book.parts("sex") == ("female", "male", "")
