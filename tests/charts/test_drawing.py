"""Where a chart's points are placed: a gap stays a gap, and what is higher stands higher."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.charts.drawing import Point, drawn

VALUES = st.lists(
    st.none() | st.integers(0, 1_000_000).map(lambda thousandths: thousandths / 1_000), min_size=1, max_size=40
)


def of(values):
    return drawn([Point(str(place), value) for place, value in enumerate(values)])


def test_a_series_of_which_nothing_may_be_shown_has_no_chart():
    assert of([None, None]) is None


def test_a_hidden_point_breaks_the_line():
    assert of([1, 2, None, 3]).line.count("M") == 2


@pytest.mark.parametrize(
    ("highest", "levels"), [(37, (0, 10, 20, 30, 40)), (0.8, (0, 0.2, 0.4, 0.6, 0.8)), (0, (0, 0.25, 0.5, 0.75, 1))]
)
def test_the_scale_is_of_round_numbers_from_nothing_to_the_highest(highest, levels):
    assert tuple(level for _, level in of([highest]).levels) == levels


def test_a_share_has_no_scale_beyond_the_whole():
    chart = drawn([Point("a", 0.9, 0.6, 0.4, 1.0)], most=1.0)
    assert chart
    assert chart.levels[-1][1] <= 1.0


@given(VALUES)
def test_what_is_higher_stands_higher_and_all_is_inside_the_frame(values):
    chart = of(values)
    shown = [value for value in values if value is not None]
    assert (chart is None) == (not shown)
    if chart:
        by_value = sorted(zip(shown, (dot.y for dot in chart.dots), strict=True))
        assert [y for _, y in by_value] == sorted((y for _, y in by_value), reverse=True)
        assert all(chart.left <= dot.x <= chart.right and 0 <= dot.y <= chart.floor for dot in chart.dots)
