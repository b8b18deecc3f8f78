"""The language check: what orders, promises or decides for the municipality is found, and describing is left alone."""

from __future__ import annotations

import tomllib

import pytest

from careplans.check.cues import words_of
from careplans.check.language import check_language, groups
from careplans.epikrise import plan_section
from careplans.epikrise_text import epikrise_text
from engine.texts import Texts
from tests.unit.test_careplans_epikrise import complete_section
from tests.unit.test_careplans_example import ROOT, example_case, plan_of, shared_decision_assessment

WRITTEN = ("nb", "nn")
PHRASES = tomllib.loads((ROOT / "tests/data/language_phrases.toml").read_text("utf-8"))
UNSEEN = tomllib.loads((ROOT / "tests/data/language_unseen.toml").read_text("utf-8"))
NAMES_WHAT_IT_FINDS = ("language_check.category.", "language_check.none")
HELD_OUT = tomllib.loads((ROOT / "tests/data/language_held_out.toml").read_text("utf-8"))
each_written_language = pytest.mark.parametrize("language", WRITTEN)


def figures(phrases: dict[str, list[str]]) -> dict[str, int]:
    """How many phrases were missed and how many raised a false alarm, in each language."""
    missed = {f"missed_{lang}": sum(not check_language(p) for p in phrases[f"{lang}_flagged"]) for lang in WRITTEN}
    return missed | {
        f"false_{lang}": sum(bool(check_language(p)) for p in phrases[f"{lang}_harmless"]) for lang in WRITTEN
    }


def shipped(language: str) -> Texts:
    """Every text that a plan, a rule or a page may say."""
    return Texts.load(language, *(ROOT / package / "texts" for package in ("rules", "careplans")))


def test_there_are_at_least_forty_phrases_of_each_sort() -> None:
    assert sum(len(PHRASES[f"{lang}_flagged"]) for lang in WRITTEN) >= 40
    assert sum(len(PHRASES[f"{lang}_harmless"]) for lang in WRITTEN) >= 40


def test_no_phrase_written_against_is_missed_and_none_raises_a_false_alarm(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = figures(PHRASES)
    with capsys.disabled():
        print(f"\nlanguage check, {sum(map(len, PHRASES.values()))} phrases: {found}")
    assert set(found.values()) == {0}


def test_the_held_out_phrases_give_the_figures_of_the_decision_page(capsys: pytest.CaptureFixture[str]) -> None:
    found = figures(HELD_OUT)
    with capsys.disabled():
        print(f"\nlanguage check, {sum(map(len, HELD_OUT.values()))} held-out phrases: {found}")
    assert found == {"missed_nb": 0, "missed_nn": 0, "false_nb": 0, "false_nn": 0}


def test_the_phrases_meant_to_be_hard_give_the_figures_of_the_decision_page(capsys: pytest.CaptureFixture[str]) -> None:
    found = figures(UNSEEN)
    with capsys.disabled():
        print(f"\nlanguage check, {sum(map(len, UNSEEN.values()))} hard phrases: {found}")
    assert found == {"missed_nb": 5, "missed_nn": 3, "false_nb": 0, "false_nn": 0}


@pytest.mark.parametrize("kept_apart", [HELD_OUT, UNSEEN], ids=["held_out", "unseen"])
def test_no_phrase_kept_apart_is_in_the_working_set(kept_apart: dict[str, list[str]]) -> None:
    working = {phrase for phrases in PHRASES.values() for phrase in phrases}
    assert working.isdisjoint(phrase for phrases in kept_apart.values() for phrase in phrases)


@pytest.mark.parametrize(
    ("words", "category"),
    [
        ("Søkt sykehjemsplass.", "orders_place"),
        ("Vil få hjemmesykepleie hver dag.", "promises_service"),
        ("Har krav på praktisk bistand.", "decides_for_municipality"),
        ("Pasienten skal ha korttidsopphold.", "orders_place"),
        ("Ho vil få heimesjukepleie kvar dag.", "promises_service"),
        ("Kommunen må skaffe plass.", "decides_for_municipality"),
    ],
)
def test_each_phrase_of_the_specification_has_its_category(words: str, category: str) -> None:
    assert [remark.category for remark in check_language(words)] == [category]


def test_what_makes_one_clause_harmless_does_not_cover_the_next() -> None:
    text = "Har hatt trygghetsalarm fra før, og vil få sykehjemsplass."
    assert [text[remark.start : remark.end] for remark in check_language(text)] == ["vil få sykehjemsplass"]


def test_a_remark_points_to_the_words_it_is_about() -> None:
    text = "Går med rullator.\r\nHar krav på praktisk bistand."
    remark = check_language(text)[0]
    assert text[remark.start : remark.end] == "Har krav på"


@pytest.mark.parametrize("group", groups())
def test_every_group_says_its_source_and_has_a_neutral_wording_in_each_language(group: str) -> None:
    assert words_of("language", "groups", group, "source")
    for language in ("nb", "nn", "en"):
        words = Texts.load(language, ROOT / "careplans" / "texts")
        assert words(f"language_check.instead.{group}")
        assert words(f"language_check.category.{words_of('language', 'groups', group, 'category')}")


@each_written_language
@pytest.mark.parametrize("group", groups())
def test_a_neutral_wording_is_neutral(language: str, group: str) -> None:
    assert check_language(shipped(language)(f"language_check.instead.{group}")) == ()


@each_written_language
def test_no_text_we_ship_orders_a_place_or_promises_a_service(language: str) -> None:
    texts = shipped(language)
    said = [key for key in texts.keys() if not key.startswith(NAMES_WHAT_IT_FINDS)]  # noqa: SIM118 # Texts is no mapping
    assert {key: texts.unfilled(key) for key in said if check_language(texts.unfilled(key))} == {}


@each_written_language
@pytest.mark.parametrize(
    "section",
    [complete_section(), plan_section(example_case(), plan_of(assessment=shared_decision_assessment()))],
    ids=["complete", "undecided"],
)
def test_our_own_section_raises_no_remark(language: str, section: object) -> None:
    words = Texts.load(language, *(ROOT / package / "texts" for package in ("engine", "rules", "careplans")))
    assert check_language(epikrise_text(section, words)) == ()  # type: ignore[arg-type]
