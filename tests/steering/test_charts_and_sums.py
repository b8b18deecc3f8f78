"""Control charts, agreement and what reports make of counts, against examples that others have published."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from population.steering.agreement import weighted_kappa
from population.steering.control import Counted, p_chart, xmr_chart
from population.steering.figures import figure
from population.steering.rows import Block, Row
from population.steering.samdata import (
    beds,
    long_stayers,
    mean_days,
    middle,
    per_inhabitants,
    percent_more,
    read_inhabitants,
    share,
)


def rated(first: str, second: str) -> Counter[tuple[int, int]]:
    return Counter((int(a), int(b)) for a, b in zip(first, second, strict=True))


def test_kappa_is_what_scikit_learns_own_tests_have() -> None:
    pairs = rated("0" * 46 + "1" * 44 + "2" * 10, "0" * 50 + "1" * 40 + "2" * 10)
    assert weighted_kappa(pairs) == pytest.approx(0.9412, abs=5e-5)
    assert weighted_kappa(pairs, power=2) == pytest.approx(0.9541, abs=5e-5)


def test_kappa_of_two_levels_is_cohens_without_weights() -> None:
    """The well-known example of 50 applications: 20 both yes, 15 both no, 5 and 10 apart; kappa 0.40."""
    assert weighted_kappa({(1, 1): 20, (0, 0): 15, (1, 0): 5, (0, 1): 10}) == pytest.approx(0.40)


def test_kappa_is_not_known_where_everybody_was_given_the_same() -> None:
    assert weighted_kappa({(5, 5): 40}) is None
    assert weighted_kappa({}) is None


@given(st.dictionaries(st.tuples(st.integers(1, 9), st.integers(1, 9)), st.integers(1, 20), min_size=1))
def test_kappa_is_the_same_whoever_is_called_first_and_at_most_one(pairs: dict[tuple[int, int], int]) -> None:
    kappa = weighted_kappa(pairs)
    turned = weighted_kappa({(b, a): count for (a, b), count in pairs.items()})
    assert kappa == turned == pytest.approx(kappa)
    assert kappa is None or kappa <= 1
    if kappa is not None and all(a == b for a, b in pairs):
        assert kappa == 1


def test_a_p_charts_limits_are_three_sigma_of_each_points_own_number() -> None:
    chart = p_chart([Counted(20, 100), Counted(40, 200), None, *[Counted(20, 100)] * 6])
    assert chart.centre == pytest.approx(0.2)
    assert [point.upper for point in chart.points[:4]] == [
        pytest.approx(0.32), pytest.approx(0.2 + 3 * (0.16 / 200) ** 0.5), None, pytest.approx(0.32),
    ]  # fmt: skip
    assert all(not point.signals for point in chart.points)


def test_a_share_beyond_its_limit_says_so_and_limits_stay_between_none_and_all() -> None:
    chart = p_chart([*[Counted(10, 100)] * 10, Counted(60, 100), Counted(0, 4)])
    assert chart.points[10].signals == ("above",)
    assert chart.points[11].lower == 0


def test_an_xmr_charts_limits_are_those_of_the_moving_range() -> None:
    chart = xmr_chart([10, 12, 11, 13, 13, 11, 12, 10])
    spread = (2 + 1 + 2 + 0 + 2 + 1 + 2) / 7
    assert chart.centre == 11.5
    assert chart.points[0].lower == pytest.approx(11.5 - 2.66 * spread)
    assert chart.points[0].upper == pytest.approx(11.5 + 2.66 * spread)


def test_seven_points_have_neither_centre_limits_nor_signals_and_eight_have() -> None:
    shares = [*[Counted(50, 100)] * 6, Counted(99, 100)]
    values: list[float | None] = [10, 11, 10, 11, 10, 11, 90]
    for chart in (p_chart(shares), xmr_chart(values)):
        assert chart.centre is None
        assert all((point.lower, point.upper, point.signals) == (None, None, ()) for point in chart.points)
        assert all(point.value is not None for point in chart.points)
    for chart in (p_chart([*shares, Counted(50, 100)]), xmr_chart([*values, 10])):
        assert chart.centre is not None
        assert all(point.lower is not None for point in chart.points)
    assert p_chart([*shares, Counted(50, 100)]).points[6].signals


def test_single_values_with_gaps_between_them_have_limits_from_seven_ranges() -> None:
    assert xmr_chart([10, 11, 10, 11, None, 10, 11, 10, 11]).centre is None
    assert xmr_chart([10, 11, 10, 11, None, 10, 11, 10, 11, 10]).centre == pytest.approx(94 / 9)


def test_a_step_larger_than_chance_gives_is_a_jump_and_a_gap_ends_a_range() -> None:
    steady: list[float | None] = [10, 11] * 10
    chart = xmr_chart([*steady, 40])
    assert "jump" in chart.points[-1].signals
    assert "above" in chart.points[-1].signals
    assert "jump" not in xmr_chart([*steady, None, 40]).points[-1].signals


def test_eight_in_a_row_on_one_side_are_a_shift_and_seven_are_not() -> None:
    def shifted(number: int) -> list[bool]:
        low: list[Counted | None] = [Counted(50, 100)] * number
        return ["shift" in point.signals for point in p_chart([*low, *[Counted(54, 100), Counted(53, 100)] * 2]).points]

    assert shifted(8) == [True] * 8 + [False] * 4
    assert shifted(7) == [False] * 11


@given(st.lists(st.one_of(st.none(), st.integers(0, 50)), max_size=12))
def test_a_chart_has_a_point_or_a_gap_for_each_value(values: list[int | None]) -> None:
    chart = xmr_chart(values)
    assert [point.value for point in chart.points] == values
    assert all(point.lower is None or point.upper is None or point.lower <= point.upper for point in chart.points)
    shares = p_chart([None if value is None else Counted(value, 50) for value in values])
    assert [point.value is None for point in shares.points] == [value is None for value in values]


def test_what_reports_have_printed_is_counted_right() -> None:
    assert percent_more(18.0, 14.5) == pytest.approx(24.1, abs=0.05), "a report printed 26"
    assert percent_more(4.0, 2.7) == pytest.approx(48, abs=0.2)
    assert beds(10_100) == pytest.approx(27.7, abs=0.05)


WAITED = Row(
    (),
    (Block(("none",), 40), Block(("days_1_7",), 30), Block(("days_8_49", "days_50"), 10)),
    unsure=4,
    total=310,
)


def test_a_row_of_days_tells_its_mean_its_middle_and_its_long_stayers() -> None:
    assert mean_days(WAITED) == 3.9
    assert long_stayers(WAITED) == 10
    assert middle(WAITED) == ("none",)
    assert share(figure("days_after_ready"), WAITED) == 0.5


def test_long_stayers_are_not_told_where_they_are_told_with_others() -> None:
    row = Row((), (Block(("none",), 40), Block(("days_1_7", "days_8_49", "days_50"), 10)))
    assert long_stayers(row) is None
    assert mean_days(row) is None


def test_stays_per_inhabitants_lack_until_the_hospital_gives_a_file(tmp_path: Path) -> None:
    file = tmp_path / "inhabitants.csv"
    file.write_text(
        "municipality,year,inhabitants,source\n4601,2024,9000,SSB\n4601,2025,10000,SSB\n4602,2025,5000,SSB\n"
    )
    given_by_hospital = read_inhabitants(file)
    assert given_by_hospital["4601"].year == 2025
    both, unknown = (Row(parts, (Block(("stay",), 60),)) for parts in (("4601", "4602"), ("4602", "")))
    assert per_inhabitants(both, given_by_hospital) == 4
    assert per_inhabitants(both, {}) is None
    assert per_inhabitants(unknown, given_by_hospital) is None
