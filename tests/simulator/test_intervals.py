"""The interval that replications make together."""

from __future__ import annotations

from random import Random

import pytest

from population.simulator.intervals import differences, interval, quantile, within

TABLE = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 9: 2.262, 19: 2.093, 30: 2.042, 99: 1.984}
"""Student's t for 95 per cent, as tables print it."""


@pytest.mark.parametrize(("freedom", "printed"), TABLE.items())
def test_the_quantile_is_that_of_the_tables(freedom, printed):
    assert round(quantile(freedom), 3) == printed
    assert within(quantile(freedom), freedom) == pytest.approx(0.95)


def test_an_interval_misses_the_mean_one_time_in_twenty():
    draw = Random(1)
    found = [interval([draw.gauss(3, 2) for _ in range(5)]) for _ in range(2000)]
    held = sum(each is not None and each.low <= 3 <= each.high for each in found) / len(found)
    assert 0.94 <= held <= 0.96


def test_one_replication_has_no_interval_and_what_was_not_there_is_not_counted():
    assert interval([1.0]) is None
    assert interval([1.0, None]) is None
    found = interval([1.0, None, 3.0])
    assert found is not None
    assert (found.mean, found.of) == (2.0, 2)


def test_a_difference_is_taken_replication_by_replication():
    assert differences([3.0, None, 5.0], [1.0, 1.0, None]) == [2.0, None, None]
