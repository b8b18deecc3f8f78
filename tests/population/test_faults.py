"""What is wrong with a row is said by its place, and what is set aside is unknown, never no."""

from __future__ import annotations

from random import Random

import polars as pl
import pytest

from population.run import checked
from population.runners import local
from tests.population.extracts import asked, extract_of, quietly, screened_to, written
from tests.population.people import random_people
from tests.population.test_extract import in_order

PATIENT = {"person": "p", "birth_date": "1940-01-01", "services_known": None, "stays_known": None}
FAULTY = [
    ("patients", {"birth_date": "1850-01-01"}, "birth_date", "before_1900", "value"),
    ("patients", {"birth_date": "1940-02-30"}, "birth_date", "not_a_day", "value"),
    ("patients", {"birth_date": "30.01.1940"}, "birth_date", "not_a_day", "value"),
    ("patients", {"birth_date": "30.01."}, "birth_date", "year_missing", "value"),
    ("patients", {"birth_date": "0000-01-30"}, "birth_date", "year_missing", "value"),
    ("patients", {"birth_date": "2027-01-30"}, "birth_date", "after_the_day", "value"),
    ("patients", {"sex": "x"}, "sex", "unknown_choice", "value"),
    ("patients", {"municipality": "1601"}, "municipality", "municipality_not_valid", "value"),
    ("patients", {"diagnoses_known": "perhaps"}, "diagnoses_known", "unknown_choice", "value"),
    ("diagnoses", {"code": "whatever"}, "code", "unknown_code", "row"),
    ("diagnoses", {"code": " "}, "code", "missing", "row"),
    ("diagnoses", {"code": "I10", "main": "x"}, "main", "unknown_choice", "row"),
    ("diagnoses", {"code": "I10", "person": None}, "person", "missing", "row"),
    ("diagnoses", {"code": "I10", "person": "nobody"}, "person", "unknown_person", "row"),
    ("prescriptions", {"atc": "C07"}, "atc", "unknown_code", "value"),
    ("prescriptions", {"atc": "C07AB02", "use": "x"}, "use", "unknown_choice", "value"),
    ("prescriptions", {"atc": "C07AB02", "dose": "NaN"}, "dose", "not_a_number", "value"),
    ("prescriptions", {"atc": "C07AB02", "dose": "inf"}, "dose", "out_of_range", "value"),
    ("prescriptions", {"atc": "C07AB02", "dose": "-2"}, "dose", "out_of_range", "value"),
    ("prescriptions", {"atc": "C07AB02", "from": "2026-02-01", "to": "2026-01-01"}, "to", "end_before_start", "row"),
    ("services", {"service": "home_nursing", "from": "1853-01-01"}, "from", "before_1900", "row"),
    ("services", {"service": "home_nursing", "from": "0000-05-01"}, "from", "year_missing", "row"),
    ("services", {"service": "taxi"}, "service", "unknown_choice", "row"),
    ("answers", {"item": "four_at", "value": "13"}, "value", "out_of_range", "row"),
    ("answers", {"item": "four_at", "value": "x"}, "value", "not_a_number", "row"),
    ("answers", {"item": "four_at", "value": "NaN"}, "value", "not_a_number", "row"),
    ("answers", {"item": "living_alone", "value": "maybe"}, "value", "unknown_choice", "row"),
    ("answers", {"item": "residence", "value": "abroad"}, "value", "unknown_choice", "row"),
    ("answers", {"item": "shoe_size", "value": "42"}, "item", "unknown_item", "row"),
    ("answers", {"item": "badl_help", "member": "fly", "value": "no"}, "member", "unknown_choice", "row"),
    ("answers", {"item": "badl_help", "member": None, "value": "yes"}, "value", "member_missing", "row"),
    ("stays", {"admitted": "2026-03-01", "discharged": "2026-02-01"}, "discharged", "end_before_start", "row"),
    ("stays", {"admitted": "yesterday"}, "admitted", "not_a_day", "row"),
]


def faults(folder, **tables):
    """Return what is wrong with an extract, as column, kind, what is set aside and rows."""
    found = checked(asked(written(folder / "in", **{"patients": [PATIENT], **tables})), local(1), quietly)
    return [
        tuple(line) for line in found.faults.select("table", "column", "kind", "aside", "rows", "first").iter_rows()
    ]


@pytest.mark.parametrize(("table", "row", "column", "kind", "aside"), FAULTY)
def test_a_fault_is_told_by_its_file_its_column_and_its_row(tmp_path, table, row, column, kind, aside):
    told = faults(tmp_path, **{table: [{**(PATIENT if table == "patients" else {"person": "p"}), **row}]})
    assert told == [(table, column, kind, aside, 1, [2])]


def test_a_clean_extract_has_no_fault(tmp_path):
    day = {"from": "2026-01-01", "to": "2026-12-01"}
    assert not faults(
        tmp_path,
        patients=[{**PATIENT, "municipality": "5001", "sex": "female"}],
        diagnoses=[{"person": "p", "code": "I50.9", "main": "ja"}, {"person": "p", "code": "K77", "main": None}],
        prescriptions=[{"person": "p", "atc": "C07AB02", "dose": "47,5", "unit": "mg", **day}],
        services=[{"person": "p", "service": "home_nursing", **day}],
        answers=[{"person": "p", "item": "four_at", "value": "4", "on": "2026-11-01"}],
        stays=[{"person": "p", "admitted": "2026-11-20T14:30", "discharged": None}],
    )


def test_a_person_who_stands_twice_is_one_and_what_the_rows_differ_in_is_unknown(tmp_path):
    twice = [{**PATIENT, "sex": "female"}, {**PATIENT, "birth_date": "1950-01-01", "sex": "female"}]
    assert faults(tmp_path, patients=twice) == [("patients", "person", "twice", "value", 1, [3])]
    (row,) = screened_to(tmp_path / "out", tmp_path / "in").iter_rows(named=True)
    assert (row["age"], row["sex"]) == (None, "female")


def test_decisions_that_overlap_are_told_and_kept(tmp_path):
    rows = [
        {"person": "p", "service": service, "from": begun, "to": ended}
        for service, begun, ended in (
            ("home_nursing", "2026-01-01", "2026-12-31"),
            ("home_nursing", "2026-06-01", None),
            ("safety_alarm", "2026-06-01", None),
        )
    ]
    assert faults(tmp_path, services=rows) == [("services", "from", "overlapping", "nothing", 1, [3])]
    (row,) = screened_to(tmp_path / "out", tmp_path / "in").iter_rows(named=True)
    assert row["rule.unknown_to_municipality"] == "not_fired"


def test_answers_of_one_day_that_differ_are_unknown_also_where_an_older_one_stands(tmp_path):
    rows = [
        {"person": "p", "item": "cfs_clinician", "value": value, "on": day}
        for value, day in ((4, "2026-01-01"), (5, "2026-02-01"), (6, "2026-02-01"))
    ]
    assert faults(tmp_path, answers=rows) == [("answers", "value", "conflicting", "row", 2, [3, 4])]
    (row,) = screened_to(tmp_path / "out", tmp_path / "in").iter_rows(named=True)
    assert row["cfs_clinician"] is None


def test_twenty_rows_of_a_kind_are_named_and_all_are_counted(tmp_path):
    rows = [{"person": "p", "code": f"?{n}"} for n in range(50)]
    ((*_, count, first),) = faults(tmp_path, diagnoses=rows)
    assert (count, first) == (50, list(range(2, 22)))


SPOILERS = {
    "diagnoses": lambda row: {**row, "code": "?"},
    "prescriptions": lambda row: {**row, "from": "2026-02-01", "to": "2026-01-01"},
    # Without a clinician's CFS no guardrail looks at one, at the bedside too; so it stays.
    "answers": lambda row: row if row["item"] == "cfs_clinician" else {**row, "value": "?"},
}


def test_with_a_tenth_of_the_rows_rubbish_no_rule_says_the_opposite(tmp_path):
    draw = Random(4)
    clean = extract_of([case for case in random_people(150, seed=5) if all(map(in_order, case.medicines or ()))])
    dirty = {
        name: [SPOILERS[name](row) if name in SPOILERS and draw.random() < 0.1 else row for row in rows]
        for name, rows in clean.items()
    }
    dirty["diagnoses"] += [{"person": 10_000 + n, "code": "I10", "system": None, "main": None} for n in range(20)]
    before, after = (
        screened_to(tmp_path / f"{name} out", written(tmp_path / name, **rows))
        for name, rows in (("clean", clean), ("dirty", dirty))
    )
    assert before["person"].to_list() == after["person"].to_list()
    rules = [name for name in before.columns if name.startswith("rule.")]
    changed = 0
    for rule in rules:
        one, other = (frame[rule].cast(pl.String) for frame in (before, after))
        settled = (one != "cannot_tell") & (other != "cannot_tell")
        assert (one.filter(settled) == other.filter(settled)).all(), rule
        changed += int((one != other).sum())
    assert changed > 0


def test_a_list_that_lost_a_row_is_open_and_keeps_what_is_in_it(tmp_path):
    rows = [{"person": "p", "code": "I50.9"}, {"person": "p", "code": "?"}]
    written(tmp_path / "in", patients=[{**PATIENT, "diagnoses_known": "yes"}], diagnoses=rows)
    (row,) = screened_to(tmp_path / "out", tmp_path / "in").iter_rows(named=True)
    assert (row["charlson.low"], row["charlson.high"]) == (2, None)
