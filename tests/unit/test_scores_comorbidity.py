"""Comorbidity scores: hand-worked patients, suppression, distinct codes, and what is open upwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from rules.assess import assess
from rules.case import Diagnosis
from rules.knowledge import rows
from rules.ruleset import national
from tests.spec.people import ON, icpc, main, person
from tests.unit.profiles import diagnosis_lists

SUMS = ("bidiagnoses", "charlson", "charlson_1987", "chronic_groups", "hfrs")


def scores(*codes: str | Diagnosis, age: int = 80) -> Any:
    return assess(person(age=age, diagnoses=codes), ON, national()).scores


def values(*codes: str | Diagnosis, age: int = 80) -> dict[str, float | None]:
    return {score: scores(*codes, age=age)[score].value for score in (*SUMS, "charlson_age_adjusted")}


def test_the_contracts_example_patient_worked_by_hand():
    """S72.0 main; heart failure 2/1, lung 1/1, diabetes 0/1, kidney 1/2; HFRS S72 1.4 and N18 1.4."""
    assert values(main("S72.0"), "I50.9", "J44.9", "E11.9", "N18.3", age=81) == {
        "bidiagnoses": 4,
        "charlson": 4,
        "charlson_1987": 5,
        "charlson_age_adjusted": 9,
        "chronic_groups": 4,
        "hfrs": 2.8,
    }


def test_a_patient_with_dementia_and_metastases_worked_by_hand():
    """Breast cancer is suppressed by metastases 6/6; dementia 2/1; HFRS F00 7.1."""
    assert values(main("C50.9"), "C78.0", "F00.1", age=76) == {
        "bidiagnoses": 2,
        "charlson": 8,
        "charlson_1987": 7,
        "charlson_age_adjusted": 10,
        "chronic_groups": 2,
        "hfrs": 7.1,
    }


@pytest.mark.parametrize(("mild", "severe"), [("E11.9", "E11.2"), ("K74.6", "I85.0"), ("C18.9", "C78.7")])
def test_severe_suppresses_mild_in_either_order(mild, severe):
    assert scores(mild, severe)["charlson"].value == scores(severe)["charlson"].value
    assert scores(severe, mild)["charlson_1987"].value == scores(severe)["charlson_1987"].value


def test_a_code_counts_with_and_without_its_dot_and_in_small_letters():
    assert values("I50.9") == values("I509") == values("i50.9")


def test_a_code_counts_once_however_often_it_stands():
    assert values("I50.9", "I50.9", "F00.1", "F00.1") == values("I50.9", "F00.1")


def test_the_frailty_score_is_exact_where_tenths_add_up_to_a_limit():
    assert scores("G30.1", "E55.9")["hfrs"].value == 5.0
    assert scores("F00.1", "G30.1", "S00.0", "S01.0", "R50.9")["hfrs"].value == pytest.approx(15.5)


def test_the_frailty_score_of_someone_whose_age_is_unknown_is_not_certain():
    found = assess(person(diagnoses=["F00.1"]), ON, national()).scores["hfrs"]
    assert (found.value, found.low) == (None, 7.1)


def test_every_weight_has_one_decimal():
    assert all(
        float(row["weight"]) * 10 == pytest.approx(round(float(row["weight"]) * 10))
        for row in rows("hfrs_icd10_weights")
    )


def test_every_charlson_code_belongs_to_a_category_and_every_suppressor_exists():
    categories = {row["category"]: row["suppressed_by"] for row in rows("charlson_categories")}
    assert {row["category"] for row in rows("charlson_quan2005_icd10")} == set(categories)
    assert {each for each in categories.values() if each} <= set(categories)


@pytest.mark.parametrize(
    ("age", "points"), [(49, 0), (50, 1), (59, 1), (60, 2), (69, 2), (70, 3), (79, 3), (80, 4), (99, 4)]
)
def test_a_decade_from_50_gives_a_point_and_80_the_most(age, points):
    assert scores(age=age)["charlson_age_adjusted"].value == points


def test_a_code_outside_icd10_leaves_the_upper_end_open():
    found = scores(main("S72.0"), icpc("K77"))
    assert [found[score].high for score in SUMS] == [None] * len(SUMS)


@given(diagnosis_lists())
def test_the_place_in_the_list_does_not_matter(diagnoses: tuple[Diagnosis, ...]):
    here, there = (
        assess(replace(person(age=80), diagnoses=each), ON, national()).scores for each in (diagnoses, diagnoses[::-1])
    )
    for score in SUMS:
        assert (here[score].low, here[score].high) == (there[score].low, there[score].high)


@pytest.mark.parametrize(
    ("codes", "band"),
    [((), "low"), (("R31", "L03"), "intermediate"), (("F00", "G81", "G30"), "high")],
)
def test_the_hfrs_band_is_low_under_five_and_high_over_fifteen(codes, band):
    case = person(age=81, diagnoses=list(codes))
    assert assess(case, ON, national()).scores["hfrs"].band == band
