"""The people that columns and bedside are compared on stand on both sides of every line that is drawn."""

from __future__ import annotations

import polars as pl
import pytest

from engine.conditions import Compare
from population.compiled import FAILS, HOLDS, Leaf, compiled
from population.facts import facts_of
from population.leaves import state
from rules.ruleset import national
from rules.scores.norgep import MILLIGRAMS
from tests.population.people import EVERY, random_people, tables_of
from tests.spec.people import ON

PEOPLE = 4_000
RULES = compiled(national())
LEAVES = {str(leaf.condition): leaf.condition for leaf in RULES.leaves if isinstance(leaf.condition, Leaf)}
AT_LIMITS = sorted(
    {(each.item, national().limits[each.limit.name]) for each in LEAVES.values() if isinstance(each, Compare)}
)

OPEN_BOTH_WAYS = {"bidiagnoses", "cfs_tree_distance", "norgep_hits", "regular_medicines", "spict_count"}
"""What may be known to lie between two numbers."""


@pytest.fixture(scope="module")
def cases():
    return random_people(PEOPLE, seed=9)


@pytest.fixture(scope="module")
def facts(cases):
    return facts_of(tables_of(cases), ON, national().limits)


@pytest.mark.parametrize("leaf", LEAVES)
def test_every_comparison_holds_fails_and_is_unknown_for_someone(facts, leaf):
    found = set(facts.select(state(LEAVES[leaf], national(), 0)).to_series())
    # Whether a clinician has scored is known of everyone, and so is how far apart the two are where nobody has.
    assert found >= ({HOLDS, FAILS} if "clinician_ratings" in leaf else {0, HOLDS, FAILS})


@pytest.mark.parametrize(("item", "limit"), AT_LIMITS)
def test_someone_is_at_each_limit_and_someone_just_below_it(facts, item, limit):
    low, high = pl.col(f"{item}.low"), pl.col(f"{item}.high")
    for exactly in (limit, limit - 1):
        assert facts.filter((low == exactly) & (high == exactly)).height
    if item in OPEN_BOTH_WAYS:
        assert facts.filter((low < limit) & (high == limit)).height
        assert facts.filter((low == limit) & (high > limit)).height


@pytest.mark.parametrize("criterion", [each for each in EVERY if each.over_mg is not None], ids=str)
def test_someone_takes_exactly_the_dose_of_a_criterion_and_someone_a_little_more(cases, criterion):
    sums, units = set(), set()
    for case in cases:
        lines = [line for line in case.medicines or () if line.atc == criterion.groups[0].prefixes[0] and line.dose]
        if lines and all((line.unit or "").lower() in MILLIGRAMS for line in lines):
            sums.add(sum(line.dose * MILLIGRAMS[line.unit.lower()] for line in lines))
            units |= {line.unit for line in lines}
    assert criterion.over_mg in sums
    assert any(criterion.over_mg < each <= criterion.over_mg + 0.11 for each in sums)
    assert units > {"mg", "g", "µg", "mcg"}


def test_some_have_a_birthday_on_the_day_some_the_day_before_and_some_the_day_after(cases):
    born = {case.patient.birth_date for case in cases if case.patient.birth_date}
    for age in (65, 70, 75, 80):
        days = {(birth - ON.replace(year=ON.year - age)).days for birth in born}
        assert days >= {-1, 0, 1}
    assert any((birth.month, birth.day) == (2, 29) for birth in born)


def test_some_medicines_begin_and_end_on_the_day_and_some_last_as_long_as_a_course(cases):
    lines = [line for case in cases for line in case.medicines or ()]
    for end in ("start", "stop"):
        assert {(day - ON).days for line in lines if (day := getattr(line, end))} >= {-1, 0, 1}
    course = national().limits["course_days"]
    lasting = {(line.stop - line.start).days + 1 for line in lines if line.start and line.stop}
    assert lasting >= {course - 1, course, course + 1}
    assert any(line.stop and not line.start for line in lines)
