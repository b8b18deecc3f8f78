"""What other programs get wrong of the same people, and ours must not."""

from __future__ import annotations

from datetime import date
from itertools import combinations, product

import pytest

from rules.scores.comorbidity import hfrs_weights
from rules.times import age_on
from tests.population.extracts import screened_to, written
from tests.spec.people import ON

OLD = date(1940, 1, 1)


def found(folder, patients, **tables):
    """Screen people, and return each by what they are called."""
    rows = [{"birth_date": OLD, **row} for row in patients]
    written(folder / "in", patients=rows, **tables)
    return {row["person"]: row for row in screened_to(folder / "out", folder / "in").iter_rows(named=True)}


def with_codes(folder, *lists):
    """Screen one person for each list of codes, and return them in that order."""
    people = [{"person": f"p{n}", "diagnoses_known": True} for n in range(len(lists))]
    rows = [{"person": f"p{n}", "code": code} for n, codes in enumerate(lists) for code in codes]
    rows = rows or [{"person": "nobody", "code": "I10"}]
    everyone = found(folder, people, diagnoses=rows)
    return [everyone[f"p{n}"] for n in range(len(lists))]


def test_ages_are_right_in_every_month_of_birth(tmp_path):
    born = {f"{m:02}-{d:02}": date(1950, m, d) for m, d in product(range(1, 13), (1, 22, 23, 24, 28))}
    everyone = found(tmp_path, [{"person": name, "birth_date": day} for name, day in born.items()])
    assert {name: row["age"] for name, row in everyone.items()} == {name: age_on(day, ON) for name, day in born.items()}


def test_a_frailty_risk_score_of_five_is_five_and_not_a_little_less(tmp_path):
    weights = hfrs_weights()
    by_weight = {weight: code for code, weight in weights.items()}
    five = next(codes for codes in combinations(by_weight.values(), 4) if _sums_badly(weights, codes))
    (row,) = with_codes(tmp_path, five)
    assert (row["hfrs.low"], row["hfrs.high"]) == (5.0, 5.0)


def _sums_badly(weights, codes):
    """Return whether weights are five, and as floats are not."""
    return sum(weights[c] for c in codes) == 50 and sum(weights[c] / 10 for c in codes) != 5.0


def test_two_codes_of_one_three_character_code_count_once(tmp_path):
    once, twice = with_codes(tmp_path, ["F05.0"], ["F05.0", "F05.8", "F050"])
    assert once["hfrs.low"] == twice["hfrs.low"] == hfrs_weights()["F05"] / 10


def test_a_code_counts_the_same_with_its_dot_and_without(tmp_path):
    dotted, bare, small = with_codes(tmp_path, ["I50.9", "F05.9"], ["I509", "F059"], ["i50.9", " F05.9 "])
    for name in ("charlson.low", "hfrs.low", "chronic_groups.low"):
        assert dotted[name] == bare[name] == small[name] > 0, name


def test_people_without_a_diagnosis_are_there_with_nothing_or_with_anything(tmp_path):
    rows = [{"person": "none", "diagnoses_known": "yes"}, {"person": "unsaid", "diagnoses_known": None}]
    everyone = found(tmp_path, rows, diagnoses=[{"person": "other", "code": "I10"}])
    assert [(row["charlson.low"], row["charlson.high"]) for row in everyone.values()].count((0, None)) == 1
    assert (everyone["none"]["hfrs.low"], everyone["none"]["hfrs.high"]) == (0, 0)


def test_aids_weighs_four_in_the_weights_of_2011_and_six_in_those_of_1987(tmp_path):
    (row,) = with_codes(tmp_path, ["B24"])
    assert (row["charlson.low"], row["charlson_1987.low"]) == (4, 6)


def test_the_frailty_risk_score_is_not_said_of_those_too_young_for_it(tmp_path):
    everyone = found(
        tmp_path,
        [{"person": "young", "birth_date": date(1990, 1, 1)}, {"person": "old"}],
        diagnoses=[{"person": "young", "code": "F05.9"}, {"person": "old", "code": "F05.9"}],
    )
    assert (everyone["young"]["hfrs.low"], everyone["old"]["hfrs.low"]) == (None, 3.2)


@pytest.mark.parametrize(("given", "kept"), [("7,5", 7.5), ("7.5", 7.5)])
def test_a_dose_is_read_with_a_comma_as_with_a_point(tmp_path, given, kept):
    line = {"person": "p", "use": "regular", "unit": "mg", "atc": "N05BA04"}
    one, other = (
        found(tmp_path / name, [{"person": "p"}], prescriptions=[{**line, "dose": dose}])["p"]
        for name, dose in (("given", given), ("kept", kept))
    )
    assert one == other
