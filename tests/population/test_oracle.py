"""DuckDB's SQL, made of the same conditions another way, says of everyone what the Polars columns say."""

from __future__ import annotations

import os

import polars as pl
import pytest

from population.compiled import compiled
from population.facts import facts_of
from population.screened import screened
from rules.ruleset import Overlay, local, national
from tests.population.oracle import outcomes
from tests.population.people import random_people, tables_of
from tests.spec.people import ON

PEOPLE = int(os.environ.get("RETTHJEM_ORACLE", "4000"))


@pytest.fixture(scope="module")
def facts():
    return facts_of(tables_of(random_people(PEOPLE, seed=21)), ON, national().limits)


@pytest.fixture(scope="module")
def by_columns(facts):
    return screened(facts, compiled(national())).select(f"rule.{rule.id}" for rule in national().rules)


def differing(one: pl.DataFrame, other: pl.DataFrame) -> dict[str, int]:
    assert one.columns == other.columns
    counts = {name: int((one[name].cast(pl.String) != other[name]).sum()) for name in one.columns}
    return {name: count for name, count in counts.items() if count}


def test_sql_over_levels_as_rows_says_of_every_rule_what_the_columns_say(facts, by_columns, tmp_path):
    assert facts.height == PEOPLE
    assert differing(by_columns, outcomes(facts, national(), tmp_path)) == {}


def test_every_rule_has_each_outcome_for_someone(by_columns):
    for name in by_columns.columns:
        assert set(by_columns[name].cast(pl.String)) == {"fired", "not_fired", "cannot_tell"}, name


def test_sql_of_another_limit_differs_in_the_rules_that_compare_with_it(facts, by_columns, tmp_path):
    changed = local(Overlay("another", thresholds={"polypharmacy": national().limits["polypharmacy"] + 1}))
    assert set(differing(by_columns, outcomes(facts, changed, tmp_path))) == {
        "rule.medication_review",
        "rule.screening_indicated",
    }
