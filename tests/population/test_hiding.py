"""Small counts are hidden, and none can be solved from what is shown beside it."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from population.hiding import FEWEST, Hidden, Table, among, enough, with_hidden

MOST = 12
"""Counts are drawn under this, so that everything that could be hidden can be tried."""


def drawn(random: Random, rows: int) -> list[tuple[int, int, int, int]]:
    """Return rows in which the narrow counts are among the wide ones."""
    found = []
    for _ in range(rows):
        a, b = random.choice((0, random.randrange(4), random.randrange(MOST))), random.randrange(8)
        c = random.randint(0, a + b)
        found.append((a, b, c, random.randint(0, a + b - c)))
    return found


def columns_that_fit(table: Table, place: int, values: range) -> list[tuple[int, ...]]:
    """Return every way to fill in what is hidden of a column so that it comes to its total."""
    shown = [row[place] for row in table.rows]
    filled = product(*([each] if each is not None else values for each in shown))
    total = table.totals[place]
    return [each for each in filled if total is None or sum(each) == total]


def rows_that_fit(row: Hidden, values: range) -> list[tuple[int, ...]]:
    """Return every way to fill in what is hidden of a row so that the narrow counts are among the wide ones."""
    filled = product(*([each] if each is not None else values for each in row))
    return [(a, b, c, d) for a, b, c, d in filled if c + d <= a + b]


@pytest.mark.parametrize("seed", range(200))
def test_nothing_that_is_hidden_can_be_solved_from_a_total(seed):
    rows = drawn(Random(seed), rows=3)
    table = with_hidden(rows)
    for place in range(4):
        fits = columns_that_fit(table, place, range(2 * MOST))
        assert tuple(row[place] for row in rows) in fits
        hidden = [row for row, counts in enumerate(table.rows) if counts[place] is None]
        assert all(len({each[row] for each in fits}) >= FEWEST for row in hidden), (rows, table, place)


@pytest.mark.parametrize("seed", range(200))
def test_nor_by_one_who_takes_all_that_is_hidden_to_be_small(seed):
    table = with_hidden(drawn(Random(seed), rows=3))
    for place in range(4):
        fits = columns_that_fit(table, place, range(FEWEST))
        hidden = [row for row, counts in enumerate(table.rows) if counts[place] is None]
        if fits:
            assert all(len({each[row] for each in fits}) == FEWEST for row in hidden), (table, place)


@pytest.mark.parametrize("seed", range(100))
def test_nor_from_the_counts_beside_it(seed):
    table = with_hidden(drawn(Random(seed), rows=4))
    for row in (*table.rows, table.totals):
        fits = rows_that_fit(row, range(FEWEST))
        for place in (each for each in range(4) if row[each] is None):
            assert {each[place] for each in fits} == set(range(FEWEST)), (row, place)


@pytest.mark.parametrize("seed", range(60))
def test_no_count_under_five_is_shown(seed):
    table = with_hidden(drawn(Random(seed), rows=30))
    shown = [each for row in (*table.rows, table.totals) for each in row if each is not None]
    assert all(each >= FEWEST for each in shown)


@pytest.mark.parametrize("seed", range(100))
def test_nor_from_a_part_of_the_whole(seed):
    random = Random(seed)
    (a, b, c, d), *_ = drawn(random, rows=1)
    shown = (enough(a), enough(b), None, None)
    row = (*shown[:2], *among(shown, (c, d)))
    fits = rows_that_fit(row, range(FEWEST))
    for place in (each for each in range(4) if row[each] is None):
        assert {each[place] for each in fits} == set(range(FEWEST)), (row, place)


def test_what_is_large_is_shown_as_it_is():
    rows = [(100, 40, 30, 60), (90, 30, 20, 50)]
    table = with_hidden(rows)
    assert table.rows == tuple(rows)
    assert table.totals == (190, 70, 50, 110)


def test_one_small_count_takes_the_smallest_beside_it_along():
    table = with_hidden([(100, 40, 30, 60), (90, 30, 3, 50), (80, 20, 9, 40)])
    assert [row[2] for row in table.rows] == [30, None, None]
    assert table.totals[2] == 42


def test_where_too_little_is_left_the_total_goes_too():
    assert with_hidden([(3, 2, 1, 1)]).totals == (None, None, None, None)
    assert with_hidden([(4, 20, 8, 9), (4, 30, 9, 9)]).totals[0] is None
