"""Rows by person, added up: the same as a group-by says, and nothing for whoever has no row."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from population.by_person import by_person, looked_up, places_among

PEOPLE = 6
ROWS = st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, 2**32 - 1) | st.integers(0, 3)))


NEAR = st.sampled_from([0, 2**53, 2**63 - 2, 2**63, 2**64 - 8])
KEYS = st.lists(st.builds(lambda base, more: base + more, NEAR, st.integers(0, 7)))
"""Keys that lie close together, also where a float cannot tell them apart; negative persons go by those from 2**63."""


@given(ROWS)
def test_rows_by_person_add_up_to_what_a_group_by_says_and_to_nothing_where_there_is_none(rows):
    schema = {"person": pl.UInt32, "number": pl.UInt32}
    table = pl.DataFrame(rows, schema, orient="row").sort("person", maintain_order=True)
    grouped = table.group_by("person").agg(
        pl.col("number").bitwise_or().alias("united"),
        pl.col("number").n_unique().cast(pl.Int32).alias("distinct"),
        pl.col("number").cast(pl.UInt64).sum().alias("summed"),
    )
    everyone = pl.DataFrame({"person": pl.Series(range(PEOPLE), dtype=pl.UInt32)})
    expected = everyone.join(grouped, on="person", how="left", maintain_order="left").fill_null(0)
    lists = by_person(table["person"], PEOPLE)
    assert lists.united(table["number"]).to_list() == expected["united"].to_list()
    assert lists.distinct(table["number"]).to_list() == expected["distinct"].to_list()
    assert lists.summed(table["number"].cast(pl.UInt64)).to_list() == expected["summed"].to_list()
    assert sorted(zip(lists.persons, lists.rows, strict=True)) == sorted(table["person"].value_counts().rows())


@given(KEYS, st.sets(st.builds(lambda base, more: base + more, NEAR, st.integers(0, 7))))
def test_a_row_is_the_persons_whose_key_it_has_and_nobody_elses(keys, people):
    given_keys, known = (pl.Series(sorted(each), dtype=pl.UInt64) for each in (keys, people))
    places = {key: place for place, key in enumerate(known)}
    assert places_among(given_keys, known).to_list() == [places.get(key) for key in given_keys]


@given(st.sampled_from([2**31 - 1, 2**32 - 2]), st.lists(st.integers(0, 3), min_size=3, max_size=3))
def test_numbers_are_told_apart_however_large_they_are(largest, others):
    numbers = pl.Series([largest, 0, *others], dtype=pl.UInt32)
    assert by_person(pl.Series([0, 0, 1, 1, 1]), 2).distinct(numbers).to_list() == [2, len(set(others))]


def test_what_is_not_in_a_table_is_not_looked_up_as_its_last_row():
    table = pl.DataFrame({"marks": pl.Series([1, 2, 4], dtype=pl.UInt64)})
    assert looked_up(table, pl.Series([2, 0, 1], dtype=pl.UInt32))["marks"].to_list() == [4, 1, 2]
    assert looked_up(table, pl.Series([], dtype=pl.UInt32))["marks"].to_list() == []
    with pytest.raises(IndexError):
        looked_up(table, pl.Series([3], dtype=pl.UInt32))
