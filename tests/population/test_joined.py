"""Parquet files put end to end are one Parquet file, which others read as Polars does."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest

from population.joined import UnlikeError, join

COUNTS = (70, 0, 130, 1)


def rows_of(count, *, seed):
    numbers = pl.Series("person", range(seed, seed + count), dtype=pl.Int64)
    words = pl.Enum(["none", "A", "B"])
    return pl.DataFrame({"person": numbers}).with_columns(
        ward=pl.when(numbers % 3 > 0).then(pl.format("ward {}", numbers % 7)),
        points=pl.when(numbers % 5 > 0).then(numbers / 10),
        pathway=pl.lit("A").cast(words),
        known=numbers % 2 == 0,
    )


def files_of(folder, counts, **how):
    """Write files with so many rows each, and return them and all the rows."""
    paths, rows = [], []
    for place, count in enumerate(counts):
        rows.append(rows_of(count, seed=place * 1000))
        paths.append(folder / f"{place}.parquet")
        rows[-1].write_parquet(paths[-1], **how)
    return paths, pl.concat(rows)


@pytest.mark.parametrize(
    "how",
    [
        {"statistics": False},
        {"statistics": "full"},
        {"row_group_size": 25},
        {"compression": "uncompressed", "data_page_size": 64},
        {"row_group_size": 1},
    ],
)
def test_files_put_end_to_end_hold_the_rows_of_each_in_order(tmp_path, how):
    paths, rows = files_of(tmp_path, COUNTS, **how)
    whole = tmp_path / "whole.parquet"
    join(paths, whole)
    assert pl.read_parquet(whole).equals(rows)
    assert pl.scan_parquet(whole).slice(60, 100).collect().equals(rows.slice(60, 100))
    assert pl.scan_parquet(whole).filter(person=2100).collect().equals(rows.filter(person=2100))


@pytest.mark.parametrize("size", [25, 1000])
def test_a_reader_that_did_not_write_them_reads_the_same(tmp_path, size):
    paths, rows = files_of(tmp_path, COUNTS, row_group_size=size)
    whole = tmp_path / "whole.parquet"
    join(paths, whole)
    read = duckdb.read_parquet(str(whole)).project("person, ward, points, known").order("person").fetchall()
    assert read == rows.select("person", "ward", "points", "known").rows()


def test_one_file_alone_stays_as_it_was(tmp_path):
    paths, _ = files_of(tmp_path, (200,), row_group_size=25)
    whole = tmp_path / "whole.parquet"
    join(paths, whole)
    assert whole.read_bytes() == paths[0].read_bytes()


def test_files_of_other_columns_are_not_put_together(tmp_path):
    paths, _ = files_of(tmp_path, (10, 10))
    rows_of(10, seed=0).drop("ward").write_parquet(paths[1])
    with pytest.raises(UnlikeError):
        join(paths, tmp_path / "whole.parquet")


@pytest.mark.parametrize("empty", [0, 1, 2])
def test_of_a_file_without_rows_the_columns_do_not_matter(tmp_path, empty):
    counts = [40, 40, 40]
    counts[empty] = 0
    paths, rows = files_of(tmp_path, counts)
    rows_of(0, seed=0).cast({"person": pl.String}).write_parquet(paths[empty])
    join(paths, tmp_path / "whole.parquet")
    assert pl.read_parquet(tmp_path / "whole.parquet").equals(rows)
