"""An extract says of everyone what the bedside says of the same case, whatever its files look like."""

from __future__ import annotations

import polars as pl
import pytest

from tests.population.bedside import told
from tests.population.extracts import extract_of, screened_to
from tests.population.people import random_people

FORMATS = ("parquet", "comma", "semicolon")


def wrote(folder, rows, form):
    for name, table in rows.items():
        frame = pl.DataFrame(table, infer_schema_length=None)
        if form == "parquet":
            frame.write_parquet(folder / f"{name}.parquet")
        else:
            frame.write_csv(folder / f"{name}.csv", separator={"comma": ",", "semicolon": ";"}[form])


def in_order(line):
    return not (line.start and line.stop) or line.start <= line.stop


@pytest.mark.parametrize("form", FORMATS)
def test_an_extract_says_of_everyone_what_the_bedside_says_of_the_same_case(tmp_path, form):
    cases = [case for case in random_people(400, seed=8) if all(map(in_order, case.medicines or ()))]
    (tmp_path / "in").mkdir()
    wrote(tmp_path / "in", extract_of(cases), form)
    found = {int(row["person"]): row for row in screened_to(tmp_path / "out", tmp_path / "in").iter_rows(named=True)}
    assert len(found) == len(cases)
    for person, case in enumerate(cases):
        expected = told(case)
        assert {name: found[person][name] for name in expected} == expected
