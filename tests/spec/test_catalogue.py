"""The catalogue is current in every language, holds every rule, and says each case in words."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from engine.texts import Texts
from rules.case import Case
from rules.case_words import known_in_words, known_of
from rules.ruleset import RULES
from rules.spec_cases import spec_cases
from tests.spec.cases import RULE_CASES, SCORE_CASES, WHOLE_CASES
from tests.spec.catalogue import PAGES, stale, texts_of
from tests.spec.catalogue_page import catalogue
from tests.spec.catalogue_words import shipped
from tests.spec.people import ON, as_needed, course, dosed, icpc, main, older, person, uncoded

KNOWN_FROM = {"patient", "answers", "diagnoses", "medicines"}
# Short words of bokmål that are no words of English.
BOKMAAL = re.compile(r"(?<![\w-])(ikke|og|eller|ingen|av|på|til|fra|det|som|gjelder|år|nei|minst|kjent)(?![\w-])")

CASES = [
    *(each.case for each in RULE_CASES),
    *(each.case for each in SCORE_CASES),
    *(each.case for each in WHOLE_CASES),
]

each_language = pytest.mark.parametrize("language", PAGES)


@pytest.fixture(name="texts")
def texts_in_the_language(language: str) -> Texts:
    return texts_of(language)


def test_no_generated_file_is_stale():
    assert stale() == [], "run ./dev docs and commit what it writes"


@each_language
def test_every_rule_stands_in_the_catalogue(texts):
    page = catalogue(texts)
    assert [rule.id for rule in RULES if f'<a id="{rule.id}"></a>{texts(f"rule.{rule.id}")}' not in page] == []
    assert page.count(texts("review.not_checked")) == len(RULES)


def test_no_bokmaal_stands_in_the_english_catalogue():
    page, _, sources = catalogue(texts_of("en")).partition('<a id="kilde-')
    lines = [line for line in page.splitlines() if "Helsedirektoratet" not in line]
    assert sources
    assert [line for line in lines if BOKMAAL.search(line)] == []


def test_the_cases_that_are_shipped_are_those_of_the_specification():
    assert spec_cases() == tuple(map(shipped, RULE_CASES))


def test_a_case_knows_nothing_that_its_words_leave_out():
    left_out = [each.name for each in fields(Case) if each.name not in KNOWN_FROM]
    for case in CASES:
        assert {name: getattr(case, name) for name in left_out} == {name: getattr(Case(), name) for name in left_out}


@each_language
def test_every_case_has_words(texts):
    assert all(known_in_words(known_of(case, ON), texts) for case in CASES)


def told(case: Case, language: str = "en") -> str:
    return known_in_words(known_of(case, ON), texts_of(language))


def test_answers_are_told_by_their_labels_in_the_order_of_the_form():
    assert told(older(four_at=4, dementia_stage="mild"), "nb") == (
        "Alder: 80; Livslang funksjonsnedsettelse: nei; Grad av demens: mild; 4AT (delirium, 0–12): 4"
    )
    assert told(person()) == "nothing is known"


def test_a_set_says_whether_it_is_complete():
    label = texts_of("en")("item.badl_help")
    assert told(person(badl_help=["eat", "bathe"])) == f"{label}: only washing, eating"
    assert told(person(badl_help=[])) == f"{label}: none of these"
    assert told(person(badl_help={"eat": True, "walk": False})) == (
        f"{label}: eating, not walking indoors (the rest not known)"
    )


def test_medicines_are_told_by_use_with_dose_and_days():
    case = person(medicines=[dosed("N05BA04", 7.5), course("J01CA08", 7), as_needed("N02BE01"), uncoded()])
    assert told(case) == (
        "Regular medicines: 3 (N05BA04 (7.5 mg a day), J01CA08 (first day 3 days ago, last day in 3 days), "
        "one without a code); As-needed medicines: N02BE01"
    )


def test_diagnoses_are_told_with_the_main_one_and_another_system():
    assert told(person(diagnoses=[main("S72.0"), icpc("K77")])) == "Diagnoses: S72.0 (main diagnosis), K77 (ICPC-2)"
    assert told(person(diagnoses=[])) == "Diagnoses: none"
