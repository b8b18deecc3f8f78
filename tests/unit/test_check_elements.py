"""The elements of any epikrise: found where they are, missed where they are dropped, and never taken for granted."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from careplans.check import check_elements
from careplans.check.cues import compiled
from careplans.check.layout import kind_of, layout_of
from careplans.completeness import completeness
from careplans.epikrise import OpenProblem, plan_section
from careplans.epikrise_text import epikrise_text
from engine.errors import RuleSetError
from engine.texts import Texts
from rules.case import Case, Encounter
from tests.unit.test_careplans_epikrise import complete_case, complete_section
from tests.unit.test_careplans_example import ROOT, example_case, plan_of, shared_decision_assessment

STATES = {"p": "present", "u": "unclear", "a": "absent"}
TEXTS = tomllib.loads((ROOT / "tests/data/epikrise_texts.toml").read_text("utf-8"))["texts"]
each_written_language = pytest.mark.parametrize("language", ["nb", "nn"])

# A complete epikrise as its parts: leaving one out leaves exactly one element out.
COMPLETE = {
    "nb": {
        "problem_at_admission": "Innlagt 16.11.2026 etter fall hjemme, med lårhalsbrudd på høyre side.",
        "other_problems": "I tillegg ble det påvist nyoppdaget atrieflimmer.",
        "open_problems": "Årsaken til fallet er ikke sikkert avklart; langtids-EKG er rekvirert.",
        "function": "Før innleggelsen gikk hun ute uten hjelpemiddel. "
        "Nå går hun med rullator og trenger hjelp til dusj. Det forventes at hun går uten rullator innen tre måneder.",
        "follow_up_plan": "Plan\n- Fastlege: Hb og kreatinin om 2 uker.\n"
        "- Ortopedisk poliklinikk: kontroll av røntgen 7. januar.",
    },
    "nn": {
        "problem_at_admission": "Innlagd 16.11.2026 etter fall heime, med lårhalsbrot på høgre side.",
        "other_problems": "I tillegg vart det påvist nyoppdaga atrieflimmer.",
        "open_problems": "Årsaka til fallet er ikkje sikkert avklart; langtids-EKG er tinga.",
        "function": "Før innlegginga gjekk ho ute utan hjelpemiddel. No går ho med rullator og treng hjelp til dusj. "
        "Det er venta at ho går utan rullator innan tre månader.",
        "follow_up_plan": "Plan\n- Fastlege: Hb og kreatinin om 2 veker.\n"
        "- Ortopedisk poliklinikk: kontroll av røntgen 7. januar.",
    },
}  # fmt: skip


def states(text: str) -> dict[str, str]:
    """How each element stands in a text."""
    return {reading.id: reading.state for reading in check_elements(text)}


def to_write(text: str, element: str) -> tuple[str, ...]:
    """What is to be written for one element."""
    return next(reading.write for reading in check_elements(text) if reading.id == element)


def own_texts(language: str) -> Texts:
    """The words of the plan in one language."""
    return Texts.load(language, *(ROOT / package / "texts" for package in ("engine", "rules", "careplans")))


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_each_text_written_for_the_purpose_is_read_as_its_writer_meant_it(number: int) -> None:
    case = TEXTS[number]
    assert list(states(case["text"]).values()) == [STATES[letter] for letter in case["expected"]], case.get("why")


def test_half_of_the_thirty_texts_are_complete_and_both_languages_are_there() -> None:
    complete = [case for case in TEXTS if set(case["expected"]) == {"p"}]
    assert (len(TEXTS), len(complete)) == (30, 15)
    assert {case["lang"] for case in complete} == {case["lang"] for case in TEXTS} == {"nb", "nn"}
    assert all(case["why"] for case in TEXTS if case not in complete)


@each_written_language
def test_a_complete_epikrise_has_every_element(language: str) -> None:
    assert set(states("\n".join(COMPLETE[language].values())).values()) == {"present"}


@each_written_language
@pytest.mark.parametrize("dropped", COMPLETE["nb"])
def test_dropping_one_element_is_found_and_leaves_the_others(language: str, dropped: str) -> None:
    kept = "\n".join(part for element, part in COMPLETE[language].items() if element != dropped)
    found = states(kept)
    assert found.pop(dropped) == "absent"
    assert set(found.values()) == {"present"}


@pytest.mark.parametrize(
    "words",
    [
        "videre oppfølging hos fastlege", "Videre oppfølging hos fastlege.", "Plan: videre oppfølging hos fastlege",
        "Følges videre av fastlegen.", "Vidare oppfølging hos fastlegen.",
        "Vidare plan: oppfølging hos fastlege ved behov",
    ],
)  # fmt: skip
def test_further_follow_up_by_the_gp_is_unclear_having_neither_what_nor_when(words: str) -> None:
    assert states(words)["follow_up_plan"] == "unclear"
    assert to_write(words, "follow_up_plan") == ("follow_up_plan.what", "follow_up_plan.when")


@pytest.mark.parametrize(
    ("words", "lacking"),
    [
        ("Plan: Fastlege tar blodprøver.", ("when",)),
        ("Plan: Blodprøver om to uker.", ("who",)),
        ("Plan: Fastlege ser pasienten til oppfølging om to uker.", ("what",)),
        ("Plan: Kommunen tek over medisinar og vekt kvar dag.", ("who",)),
        ("Plan: Fastlege, kontroll av Hb 14 dager etter utskrivning.", ("when",)),
        ("Plan: Time ved geriatrisk poliklinikk er ikke avtalt.", ("when",)),
    ],
)
def test_what_a_line_of_follow_up_lacks_is_named(words: str, lacking: tuple[str, ...]) -> None:
    assert states(words)["follow_up_plan"] == "unclear"
    assert to_write(words, "follow_up_plan") == tuple(f"follow_up_plan.{part}" for part in lacking)


def test_one_line_without_a_time_makes_a_plan_unclear_and_is_the_one_shown() -> None:
    text = "Plan\n- Fastlege: Hb om 2 uker\n- Fysioterapeut: gangtrening"
    reading = check_elements(text)[3]
    shown = [text[words.start : words.end] for words in reading.rests_on if words.shows == "incomplete"]
    assert (reading.state, shown) == ("unclear", ["Fysioterapeut: gangtrening"])


def test_days_after_a_discharge_count_when_the_text_dates_it() -> None:
    line = "Plan: Fastlege, kontroll av Hb 14 dager etter utskrivning."
    assert states(f"Utskrevet 23.11.2026.\n{line}")["follow_up_plan"] == "present"


@pytest.mark.parametrize(
    "words",
    [
        "Ikke behov for oppfølging.", "Det er ikke behov for videre kontroller.", "Ingen videre oppfølging planlagt.",
        "Pasienten trenger ikke oppfølging.", "Videre kontroll er ikke nødvendig.", "Ikkje trong for vidare kontroll.",
        "Inga vidare oppfølging.", "Ho treng ikkje oppfølging.", "Utan behov for oppfølging.",
    ],
)  # fmt: skip
def test_that_no_follow_up_is_needed_is_no_plan(words: str) -> None:
    assert states(f"Plan: {words}")["follow_up_plan"] == "absent"
    assert to_write(f"Plan: {words}", "follow_up_plan") == ("follow_up_plan.none",)


@pytest.mark.parametrize(
    ("words", "element", "state"),
    [
        ("Det ble ikke påvist hjerteinfarkt under oppholdet.", "other_problems", "absent"),
        ("Det ble ikke funnet andre problemer.", "other_problems", "present"),
        ("Ingen nye problemstillinger.", "other_problems", "present"),
        ("Ikke alle problemstillinger er avklart.", "open_problems", "unclear"),
        ("Alt er avklart.", "open_problems", "present"),
        ("Ingen uavklara problem.", "open_problems", "present"),
        ("Funksjonsnivået er ikke vurdert.", "function", "absent"),
        ("Forventet utskrivning er 4. desember, går da hjem.", "function", "absent"),
        ("Ble ikke innlagt for dette.", "problem_at_admission", "absent"),
        ("Tidligere innlagt med pneumoni.", "problem_at_admission", "absent"),
        ("Innlagt 16.11.", "problem_at_admission", "unclear"),
        ("Årsak til innleggelse: se innkomstjournal", "problem_at_admission", "unclear"),
        ("Årsak til innleggelse: fall av ukjent årsak", "problem_at_admission", "present"),
        ("Årsak til innleggelse: ukjent", "problem_at_admission", "absent"),
    ],
)
def test_a_denial_is_read_for_what_it_says(words: str, element: str, state: str) -> None:
    assert states(words)[element] == state


@pytest.mark.parametrize("text", ["Hei.", "Pasienten er i god form.", "12345", "Lorem ipsum dolor sit amet."])
def test_nothing_passes_by_default(text: str) -> None:
    assert set(states(text).values()) == {"absent"}


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_every_span_lies_within_the_text_and_holds_words(number: int) -> None:
    text = TEXTS[number]["text"]
    spans = [words for reading in check_elements(text) for words in reading.rests_on]
    assert all(0 <= words.start < words.end <= len(text) and text[words.start : words.end].strip() for words in spans)


def test_windows_line_ends_change_no_verdict() -> None:
    text = "\n".join(COMPLETE["nb"].values())
    assert states(text.replace("\n", "\r\n")) == states(text)


@each_written_language
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"main_problem": None},
        {"main_problem": "S72.0"},
        {"main_problem": "S72.0", "other_problems": None},
        {"main_problem": None, "other_problems": None},
        {"open_problems": (OpenProblem("wishes", "treating_doctor"), OpenProblem("falls", "ward_nurse"))},
        {"open_problems": (OpenProblem("delirium", "ward_nurse"),)},
        {"other_problems": None},
        {"other_problems": ()},
        {"open_problems": ()},
        {"follow_up": ()},
        {"function": {"before": None, "now": None, "expected": None}},
        {"function": {"before": "Gikk ute.", "now": "Går inne.", "expected": None}},
    ],
)
def test_our_own_section_is_read_as_its_structure_says(language: str, change: dict[str, object]) -> None:
    section = replace(complete_section(), **change)  # type: ignore[arg-type] # each is a field of the section
    structured = {element.id: element.state for element in completeness(section)}
    assert states(epikrise_text(section, own_texts(language))) == structured


@each_written_language
@pytest.mark.parametrize("case", [Case(), replace(complete_case(), encounter=Encounter())], ids=["unknown", "undated"])
def test_our_own_section_of_a_patient_little_is_known_of_too(language: str, case: Case) -> None:
    section = plan_section(case, plan_of(case=case))
    structured = {element.id: element.state for element in completeness(section)}
    assert states(epikrise_text(section, own_texts(language))) == structured


@each_written_language
def test_our_own_section_with_a_choice_that_waits_too(language: str) -> None:
    section = plan_section(example_case(), plan_of(assessment=shared_decision_assessment()))
    structured = {element.id: element.state for element in completeness(section)}
    assert states(epikrise_text(section, own_texts(language))) == structured


def test_a_heading_is_known_by_its_words_whatever_the_case_and_colon() -> None:
    assert (kind_of("VIDERE OPPFØLGING"), kind_of("Funksjonsnivå:"), kind_of("Hilsen")) == ("plan", "function", None)


def test_a_stop_in_an_abbreviation_or_a_date_ends_no_sentence() -> None:
    text = "Kontroll ca. 3. desember kl. 10.30 hos dr. Hansen. Ny time senere."
    assert [unit.text for unit in layout_of(text).units] == [text[:-16], "Ny time senere."]


def test_a_phrase_that_points_to_a_list_nobody_wrote_says_so() -> None:
    with pytest.raises(RuleSetError, match="there is no list nowhere"):
        compiled(["til <nowhere>"], {})


def agreement(name: str) -> tuple[int, int, int]:
    """How many verdicts there are, how many agree with the writer, and how many are kinder than the writer's."""
    cases = tomllib.loads((ROOT / "tests/data" / name).read_text("utf-8"))["texts"]
    pairs = [pair for case in cases for pair in zip(states(case["text"]).values(), case["expected"], strict=True)]
    kindness = list(STATES.values())
    kinder = sum(kindness.index(found) < kindness.index(STATES[meant]) for found, meant in pairs)
    return len(pairs), sum(found == STATES[meant] for found, meant in pairs), kinder


def test_the_second_set_is_read_as_its_writer_meant_it() -> None:
    assert agreement("epikrise_second.toml") == (40, 40, 0)


def test_what_a_later_reader_wrote_is_read_as_that_reader_meant_it() -> None:
    assert agreement("epikrise_later.toml") == (30, 30, 0)


@pytest.mark.parametrize(
    "text",
    [
        "Plan: Fastlege: Hb om 2 uker.\n\n- Fysioterapeut: gangtrening",
        "Plan\n\nOppfølging: Fastlege: Hb om 2 uker.\n\nGangtrening ved fysioterapeut",
    ],
)
def test_what_goes_on_with_a_plan_is_read_with_it(text: str) -> None:
    assert states(text)["follow_up_plan"] == "unclear"


@pytest.mark.parametrize("words", ["Hun har også datter i Oslo.", "Ho har òg heimesjukepleie.", "Har også hund."])
def test_what_someone_also_has_is_no_problem_unless_it_is_a_disease(words: str) -> None:
    assert states(words)["other_problems"] == "absent"


def test_the_held_out_epikriser_give_the_figures_of_the_decision_page(capsys: pytest.CaptureFixture[str]) -> None:
    found = agreement("epikrise_held_out.toml")
    with capsys.disabled():
        print(f"\nelements, held-out: {found[0]} verdicts, {found[1]} agree, {found[2]} kinder than the writer")
    assert found == (40, 33, 0)
