"""Facts that are read in a way of their own for speed say the same as the plain way."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from population import patterns
from population.compiled import compiled
from population.facts import _age, facts_of
from population.leaves import OPEN, UNKNOWN
from population.patterns import packed, parts_of
from rules.case import Case
from rules.ruleset import national
from rules.times import age_on
from tests.population.people import random_people, tables_of
from tests.spec.people import ON

PARTS = parts_of(compiled(national()))


def ages(born, on):
    return [each.to_list() for each in _age(pl.Series(born, dtype=pl.Date), on)]


@pytest.mark.parametrize("on", [ON, date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2025, 2, 28)])
def test_ages_are_those_of_the_bedside_for_every_day_of_birth_about_a_birthday(on):
    last = [on.replace(year=year, day=28) for year in range(1901, on.year)]
    born = [day + timedelta(days=days) for day in last for days in range(-6, 4)]
    assert ages(born, on) == [[age_on(day, on) for day in born]] * 2


def test_an_age_is_unknown_where_the_day_of_birth_is_or_cannot_be_one():
    assert ages([None, date(1850, 1, 1), ON + timedelta(days=1)], ON) == [[UNKNOWN] * 3, [OPEN] * 3]


@pytest.mark.parametrize("cases", [[], [Case()], [Case()] * 3, random_people(1, seed=4), random_people(300, seed=4)])
def test_what_is_the_same_of_everyone_is_packed_as_if_it_were_read_of_each(cases, monkeypatch):
    facts = facts_of(tables_of(cases), ON, national().limits)
    short = packed(facts, PARTS)
    monkeypatch.setattr(patterns, "_is_alike", lambda _: False)
    assert short.equals(packed(facts, PARTS))


def test_a_fact_that_is_null_of_someone_is_not_the_same_of_everyone():
    assert [patterns._is_alike(pl.Series(each)) for each in ([1, 1], [None, 1], [1, 2], [None])] == [
        True,
        False,
        False,
        False,
    ]
