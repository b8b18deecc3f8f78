"""Charlson and the Hospital Frailty Risk Score against two public implementations, but for their known defect."""

from __future__ import annotations

import random

import pytest

from rules.case import Diagnosis
from rules.knowledge import rows
from rules.scores.comorbidity import charlson, coded, hfrs_tenths

PEOPLE = 5_000
AIDS = ("B20", "B21", "B22", "B24")


@pytest.fixture(scope="module")
def people():
    dice = random.Random(2026)
    stems = [row["code_prefix_nodot"] for row in rows("charlson_quan2005_icd10")]
    stems += [row["icd10_3char"] for row in rows("hfrs_icd10_weights")]

    def code():
        stem = dice.choice(stems)
        return f"{stem}{dice.randint(0, 9)}"[:5] if dice.random() < 0.6 else stem

    return {person: [code() for _ in range(dice.randint(1, 9))] for person in range(PEOPLE)}


@pytest.fixture(scope="module")
def frame(people):
    pandas = pytest.importorskip("pandas", reason="the comparison extra is installed where CI=true")
    return pandas.DataFrame(
        [(person, code, 80) for person, codes in people.items() for code in codes], columns=["id", "code", "age"]
    )


def ours(people, weights):
    found = {person: coded([Diagnosis(code) for code in codes]) for person, codes in people.items()}
    if weights is None:
        return {person: int(hfrs_tenths(codes).low) for person, codes in found.items()}
    return {person: int(charlson(codes, weights).low) for person, codes in found.items()}


def without_aids(people, scores):
    """comorbidipy gives AIDS/HIV 2 points with the 2011 weights; Quan 2011, table 2, gives 4."""
    return {person: score for person, score in scores.items() if not any(c.startswith(AIDS) for c in people[person])}


@pytest.fixture(scope="module")
def comorbidipy():
    common = pytest.importorskip("pandas.core.common", reason="the comparison extra is installed where CI=true")
    common.SettingWithCopyWarning = Warning  # the name it imports has left pandas
    return pytest.importorskip("comorbidipy")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("theirs", "weights"), [("charlson", "weight_1987"), ("quan", "weight_quan2011")])
def test_charlson_agrees_with_comorbidipy_but_for_its_aids_weight(comorbidipy, frame, people, theirs, weights):
    scored = comorbidipy.comorbidity(frame.copy(), age=None, weighting=theirs).set_index("id")["comorbidity_score"]
    expected = {person: int(score) for person, score in scored.items()}
    found = ours(people, weights)
    if theirs == "quan":
        assert {found[person] - expected[person] for person in people} == {0, 2}
        expected, found = without_aids(people, expected), without_aids(people, found)
    assert found == expected


@pytest.mark.filterwarnings("ignore")
def test_hfrs_agrees_with_comorbidipy(comorbidipy, frame, people):
    scored = comorbidipy.hfrs(frame[["id", "code"]].copy()).set_index("id")["hfrs"]
    assert ours(people, None) == {person: round(score * 10) for person, score in scored.items()}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("theirs", "weights"), [("charlson", "weight_1987"), ("quan", "weight_quan2011"), (None, None)]
)
def test_charlson_and_hfrs_agree_with_pycomorb(frame, people, theirs, weights):
    pycomorb = pytest.importorskip("pycomorb", reason="the comparison extra is installed where CI=true")
    polars = pytest.importorskip("polars")
    table = polars.from_pandas(frame)
    if theirs is None:
        scored, column, factor = pycomorb.comorbidity("hfrs", table), "HFRS Score", 10
    else:
        scored = pycomorb.comorbidity("charlson", table, implementation="quan", weights=theirs)
        column, factor = "Charlson Comorbidity Index", 1
    expected = {person: round(score * factor) for person, score in zip(scored["id"], scored[column], strict=True)}
    assert ours(people, weights) == expected


def test_charlson_by_hand():
    def scored(*codes):
        return int(charlson(coded([Diagnosis(code) for code in codes]), "weight_quan2011").low)

    assert scored() == 0
    assert scored("I50.9") == 2
    assert scored("I50.9", "I50.1") == 2
    assert scored("E11.9", "E11.2") == 1
    assert scored("K70.3", "K72.9") == 4
    assert scored("C50.9", "C78.0") == 6
    assert scored("F00.1", "G81.9", "B20") == 2 + 2 + 4


def test_hfrs_by_hand_in_whole_tenths():
    def tenths(*codes):
        return int(hfrs_tenths(coded([Diagnosis(code) for code in codes])).low)

    assert tenths("F05.0", "F05.8") == 32
    assert tenths("F00.1", "G81.0", "S72.0") == 71 + 44 + 14
    assert tenths("R31", "L03.1") == 50
    assert tenths("I10") == 0
