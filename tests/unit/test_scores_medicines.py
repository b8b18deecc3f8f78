"""Medicine scores: which criteria are met by which medicines, what carries a count, and the burden of treatment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules.assess import assess
from rules.assessment import ScoreResult
from rules.burden import Amount
from rules.case import Case, Medicine
from rules.ruleset import national
from rules.scores.norgep import criteria
from tests.spec.people import HARMLESS, ON, as_needed, dosed, person, uncoded
from tests.unit.profiles import medicines


def scores(case: Case) -> Any:
    return assess(case, ON, national()).scores


def hits(*lines: str | Medicine, residence: str = "home") -> ScoreResult:
    found: ScoreResult = scores(person(residence=residence, medicines=lines))["norgep_hits"]
    return found


def test_a_hit_names_its_criterion_and_its_medicines():
    (hit,) = hits("M01AE01", "C03CA01", "A10BA02").details
    assert (hit["list"], hit["item"], hit["medicines"]) == ("NORGEP", 27, ["M01AE01", "C03CA01"])


def test_the_reason_holds_the_residence_that_chose_the_list():
    assert hits("N05BA01", residence="care_home").because == {"residence": "care_home", "medicines": ["N05BA01"]}


def test_both_lists_leave_out_the_deprescribing_reviews():
    assert [len(criteria(name)) for name in ("NORGEP", "NORGEP-NH")] == [36, 26]


def test_grams_and_micrograms_are_doses_too():
    assert hits(dosed("N05BA04", 0.045, "g")).value == 1
    assert hits(dosed("N05BA04", 45000, "µg")).value == 1


def test_a_dose_in_an_unknown_unit_is_unknown():
    assert (hits(dosed("N05BA04", 3, "tabletter")).low, hits(dosed("N05BA04", 3, "tabletter")).high) == (0, 1)


def test_a_known_dose_over_the_limit_is_enough_whatever_the_other_line_holds():
    assert hits(dosed("N05BA04", 45), "N05BA04").value == 1


def test_only_current_medicines_hit():
    over = Medicine(atc="N05BA01", use="regular", stop=ON.replace(year=2025))
    assert hits(over).value == 0


def test_regular_medicines_are_carried_by_their_codes():
    found = scores(person(medicines=[*HARMLESS[:2], as_needed("N02AA01")]))["regular_medicines"]
    assert found.because == {"medicines": list(HARMLESS[:2])}


def test_a_medicine_without_a_code_is_carried_by_its_name():
    assert scores(person(medicines=[uncoded("Tran")]))["regular_medicines"].because == {
        "medicines": [{"name": "Tran", "use": "regular"}]
    }


def test_burden_is_an_interval_until_every_regular_medicine_has_its_doses():
    known = Medicine(atc="A10BA02", use="regular", doses_per_day=3)
    found = assess(person(medicines=[known, "C07AB02"]), ON, national()).burden
    assert found.doses_a_day == Amount(3, None)
    both = assess(person(medicines=[known, replace(known, atc="C07AB02", doses_per_day=1)]), ON, national()).burden
    assert both.doses_a_day == Amount(4, 4)
    assert both.times_a_day == Amount(3, 4)


@given(st.lists(medicines(), max_size=8), medicines())
def test_one_more_medicine_never_lowers_a_count(lines: list[Medicine], one_more: Medicine):
    before, after = (scores(replace(person(), medicines=tuple(each))) for each in (lines, [*lines, one_more]))
    for score in ("regular_medicines", "as_needed_medicines", "norgep_hits", "fall_risk_medicines"):
        assert after[score].low >= before[score].low
        assert after[score].high is None or after[score].high >= before[score].high


@given(st.lists(medicines(), max_size=8), st.randoms())
def test_the_order_of_the_list_does_not_matter(lines: list[Medicine], chance: Any):
    turned = list(lines)
    chance.shuffle(turned)
    here, there = (scores(replace(person(), medicines=tuple(each))) for each in (lines, turned))
    for score in ("regular_medicines", "as_needed_medicines", "norgep_hits", "fall_risk_medicines"):
        assert (here[score].low, here[score].high) == (there[score].low, there[score].high)
