"""One definition, several executions: the columns say of a million people what the bedside says of each.

`RETTHJEM_PEOPLE=1000000 ./dev test tests/population/test_agreement.py` tries as many as it says; CI tries 4,000.
"""

from __future__ import annotations

import os

import polars as pl
import pytest

from population.compiled import compiled
from population.facts import facts_of
from population.outputs import _scores
from population.screened import screened
from rules.case import Case
from rules.ruleset import national
from tests.population.bedside import told
from tests.population.people import random_people, tables_of
from tests.spec.people import ON

PEOPLE = int(os.environ.get("RETTHJEM_PEOPLE", "4000" if os.environ.get("CI") == "true" else "600"))
AT_ONCE = 2_000


def by_columns(cases: list[Case]) -> pl.DataFrame:
    facts = facts_of(tables_of(cases), ON, national().limits)
    shown = facts.select(_scores(national().limits))
    return pl.concat([shown, screened(facts, compiled(national()))], how="horizontal")


@pytest.mark.parametrize("seed", range(-(-PEOPLE // AT_ONCE)))
def test_the_columns_say_of_everyone_what_the_bedside_says_of_each(seed):
    cases = random_people(min(AT_ONCE, PEOPLE), seed)
    for row, case in zip(by_columns(cases).iter_rows(named=True), cases, strict=True):
        expected = told(case)
        assert {name: row[name] for name in expected} == expected


def test_nobody_vanishes_and_no_outcome_is_null_where_nothing_is_known():
    found = by_columns([Case(), Case()])
    assert found.height == 2
    assert found.select(pl.col("^rule\\..*$").null_count()).sum_horizontal().to_list() == [0]
    assert {row["rule.cga_team"] for row in found.iter_rows(named=True)} == {"cannot_tell"}


def test_whoever_is_alike_in_a_later_bucket_is_told_the_same_without_being_settled_again(monkeypatch):
    cases = random_people(200, seed=5)
    facts = facts_of(tables_of(cases), ON, national().limits)
    rules = compiled(national())
    first = screened(facts, rules)
    assert screened(facts.reverse(), rules).equals(first.reverse())
    part = compiled(national())
    halves = pl.concat([screened(facts.head(120), part), screened(facts.tail(80), part)])
    assert halves.equals(first)
    monkeypatch.setattr("population.screened.MOST_KEPT", 0)
    none_kept = compiled(national())
    assert [screened(facts, none_kept).equals(first) for _ in range(2)] == [True, True]
    assert not none_kept.met


def test_a_bucket_without_people_has_no_rows():
    assert by_columns([]).height == 0
