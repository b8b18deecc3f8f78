"""The medicine scores over columns: a row for each of the people, and right however long a list is."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from population.medicines import atc_table, medicine_scores
from population.norgep import Condition, _both
from rules.case import Medicine
from rules.scores.medicines import counted_lines, fall_risk_medicines, lines_on
from rules.scores.norgep import AT_HOME, IN_NURSING_HOME, check
from tests.population.people import TYPES

ON, COURSE_DAYS = date(2026, 11, 23), 28
ENDS = ("low", "high")
ATC = (None, "N02BE01", "n02be01", "N05BA01", "N05CF01", "N06AB04", "N02AA01", "N05AH03", "C07AB02", "B01AA03")
NOT_BEGUN = Medicine(name="", atc="N05BA01", use="regular", start=date(2027, 1, 1))
MIXED = [
    Medicine(name="", atc="N02BE01", use="regular"),
    Medicine(name="", atc="n02be01", use="as_needed"),
    Medicine(name="", atc="N05BA01", use=None),
    Medicine(name="", atc="N05BA01", use="regular", stop=date(2026, 12, 1)),
    Medicine(name="", atc="N05BA01", use="regular", start=date(2026, 11, 20), stop=date(2026, 11, 30)),
    Medicine(name="", atc="N06AB04", use="regular"),
    Medicine(name="", atc="N02AA01", use="as_needed"),
    NOT_BEGUN,
]
UNCODED = Medicine(name="", atc=None, use="regular")


def scored(*lists: list[Medicine]) -> list[dict[str, int]]:
    rows = [
        (person, ATC.index(each.atc), each.use, each.start, each.stop, each.dose, each.unit)
        for person, listed in enumerate(lists)
        for each in listed
    ]
    columns = ("person", "atc", "use", "from", "to", "dose", "unit")
    lines = pl.DataFrame(rows, {name: TYPES[name] for name in columns}, orient="row")
    codes = atc_table(pl.Series(ATC, dtype=pl.String))
    return medicine_scores(lines, codes, ON, people=len(lists), course_days=COURSE_DAYS).rows(named=True)


def at_the_bedside(listed: list[Medicine]) -> dict[str, float | None]:
    lines = lines_on(listed, ON, COURSE_DAYS)
    found = {
        "regular_medicines": counted_lines(lines, "regular"),
        "as_needed_medicines": counted_lines(lines, "as_needed"),
        "fall_risk_medicines": fall_risk_medicines(lines),
    }
    counts = {name: (each.low, each.high) for name, each in found.items()}
    hits = {name: check(lines, name) for name in (AT_HOME, IN_NURSING_HOME)}
    counts |= {name: (len(each.hits), len(each.hits) + each.undecided) for name, each in hits.items()}
    return {f"{name}.{end}": number for name, ends in counts.items() for end, number in zip(ENDS, ends, strict=True)}


def test_each_of_the_people_has_a_row_in_order_and_one_without_a_current_line_has_nothing():
    first, none, not_begun, last = scored([MIXED[5]], [], [NOT_BEGUN], MIXED)
    assert set(none.values()) == set(not_begun.values()) == {0}
    assert first == at_the_bedside([MIXED[5]])
    assert last == at_the_bedside(MIXED)


def test_nobody_has_no_row_and_people_without_any_line_have_nothing():
    assert scored() == []
    assert [set(each.values()) for each in scored([], [])] == [{0}, {0}]


@pytest.mark.parametrize("lines", [1, 2, 600, 70_000])
def test_each_of_so_many_lines_without_a_code_counts_and_nobody_elses_numbers_change(lines):
    longest, other = scored([UNCODED] * lines, MIXED)
    assert longest["regular_medicines.low"] == longest["regular_medicines.high"] == lines
    assert longest["as_needed_medicines.high"] == longest["fall_risk_medicines.low"] == 0
    assert other == at_the_bedside(MIXED)


def test_one_substance_on_every_line_counts_once_beside_lines_without_a_code():
    (found,) = scored([*[MIXED[0]] * 300, *[UNCODED] * 3])
    assert found["regular_medicines.low"] == found["regular_medicines.high"] == 4


def test_of_a_criterion_with_two_conditions_both_must_hold():
    unclear = Condition(np.array([False, False]), np.array([True, False]))
    held = Condition(np.array([True, True]))
    both = _both(_both(None, held), unclear)
    assert (both.holds.tolist(), np.asarray(both.unclear).tolist()) == ([False, False], [True, False])
