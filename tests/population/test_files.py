"""A file that cannot be read is an error that names it, its line, and what mends it; never what stands in it."""

from __future__ import annotations

import polars as pl
import pytest

from engine.errors import InputError
from population.opening import opened
from population.run import checked
from population.runners import local
from tests.population.extracts import asked, quietly, written

HEADER = "person;birth_date;sex\n"


def refusal(folder, files):
    """Return the place and the code that an extract of these files is refused with."""
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as refused:
        checked(asked(folder), local(1), quietly)
    return refused.value.where, refused.value.code


@pytest.mark.parametrize(
    ("content", "where", "code"),
    [
        (
            HEADER.encode() + "1;1940-01-01;female\nÅse;1940-01-01;female\n".encode("latin-1"),
            "line 3 patients.csv",
            "csv_not_utf8",
        ),
        ((HEADER + "1;1940-01-01;female\n").encode("utf-16"), "line 1 patients.csv", "csv_not_utf8"),
        (HEADER + "1;1940-01-01;female\n2;1940-01-01;female;x\n", "line 3 patients.csv", "csv_uneven"),
        ("person;born\n1;1940-01-01\n", "patients.csv #2", "column_unknown"),
        ("01014012345;1940-01-01\n", "patients.csv #1", "column_unknown"),
        ("birth_date\n1940-01-01\n", "patients.csv person", "column_missing"),
        ("person;person\n1;1\n", "patients.csv person", "column_twice"),
        ("", "patients.csv person", "column_missing"),
    ],
)
def test_a_csv_file_that_cannot_be_read_is_refused_at_its_line(tmp_path, content, where, code):
    assert refusal(tmp_path, {"patients.csv": content}) == (where, code)


@pytest.mark.parametrize("kept", [0, 10, 4000, -4])
def test_a_parquet_file_that_is_cut_off_is_refused(tmp_path, kept):
    pl.DataFrame({"person": range(10_000)}).write_parquet(tmp_path / "patients.parquet")
    cut = (tmp_path / "patients.parquet").read_bytes()[:kept]
    assert refusal(tmp_path, {"patients.parquet": cut}) == ("patients.parquet", "parquet_damaged")


def test_a_column_of_the_wrong_type_is_refused(tmp_path):
    pl.DataFrame({"person": [1.5]}).write_parquet(tmp_path / "patients.parquet")
    assert refusal(tmp_path, {}) == ("patients.parquet person", "column_type")


def test_a_table_that_is_there_twice_is_refused(tmp_path):
    pl.DataFrame({"person": [1]}).write_parquet(tmp_path / "patients.parquet")
    assert refusal(tmp_path, {"patients.csv": "person\n1\n"}) == ("patients.parquet", "table_twice")


def test_an_extract_without_patients_is_refused(tmp_path):
    assert refusal(tmp_path, {"stays.csv": "person;admitted\n"}) == ("EXTRACT", "extract_without_patients")


def test_a_byte_order_mark_and_blank_lines_are_no_fault(tmp_path):
    (tmp_path / "patients.csv").write_bytes("\ufeffperson;birth_date\n1;1940-01-01\n".encode())
    found = checked(asked(tmp_path), local(1), quietly)
    assert (found.people, found.faults.height) == (1, 0)


def test_a_file_is_known_by_what_it_holds(tmp_path):
    one = opened(written(tmp_path / "one", patients=[{"person": 1}]))["patients"].checksum
    other = opened(written(tmp_path / "other", patients=[{"person": 2}]))["patients"].checksum
    assert one != other
