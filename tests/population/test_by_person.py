"""Rows by person, added up: the same as a group-by says, and nothing for whoever has no row."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from population.by_person import by_person

PEOPLE = 6
ROWS = st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, 2**32 - 1) | st.integers(0, 3)))


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
