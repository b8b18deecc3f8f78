"""The sheets beside the plan: complete in three languages, alike in form, and never making up what nobody said."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from careplans.check import check_language
from careplans.documents import NAMES, as_html, as_pdf, as_text, document_of
from careplans.documents.local import LONGEST_LINE, MOST_LINES, checklist_from
from careplans.documents.model import Document, Line
from engine.errors import InputError
from engine.texts import Texts
from rules.case import Case, Encounter
from tests.unit.test_careplans_example import ROOT, example_case, plan_of

MISSING = "ikke oppgitt – må fylles ut"
PRINTED = date(2026, 11, 20)
each_sheet = pytest.mark.parametrize("name", NAMES)
each_language = pytest.mark.parametrize("language", ["nb", "nn", "en"])


@cache
def texts(language: str = "nb") -> Texts:
    """The words of the plan."""
    return Texts.load(language, *(ROOT / package / "texts" for package in ("engine", "rules", "careplans")))


def sheet(name: str, language: str = "nb", *, case: Case | None = None, **options: Any) -> Document:
    """A sheet of the example, or of another case."""
    case = case or example_case()
    return document_of(name, case, plan_of(case=case), texts=texts(language), **options)


def lines(document: Document) -> list[Line]:
    """Every line of a sheet."""
    return [line for part in document.parts for line in part.lines]


def said(name: str, **options: Any) -> str:
    """A sheet as text."""
    case = options.get("case") or example_case()
    return as_text(sheet(name, **options), plan_of(case=case), texts())


@each_sheet
@each_language
def test_every_sheet_is_there_in_every_language(name: str, language: str) -> None:
    document = sheet(name, language)
    assert document.title
    assert document.parts
    assert all(part.heading and part.lines for part in document.parts)
    assert all(line.words for line in lines(document))


@each_sheet
def test_a_sheet_of_someone_nothing_is_known_of_is_still_whole(name: str) -> None:
    assert said(name, case=Case())


@each_sheet
@pytest.mark.parametrize("language", ["nb", "nn"])
def test_no_sheet_orders_a_place_or_promises_a_service(name: str, language: str) -> None:
    text = as_text(sheet(name, language), plan_of(), texts(language))
    assert [text[remark.start : remark.end] for remark in check_language(text)] == []


@each_sheet
def test_text_and_page_say_the_same(name: str) -> None:
    html = as_html(sheet(name), plan_of(), texts(), printed=PRINTED)
    assert html.count('class="tick"') == sum(line.tick for line in lines(sheet(name)))
    assert said(name).count("[ ]") == sum(line.tick for line in lines(sheet(name)))
    assert '<html lang="nb">' in html


def test_the_checklists_are_hph0_to_hph5_each_with_owner_and_day() -> None:
    document = sheet("checklists")
    named = [part.heading.split(" ")[0] for part in document.parts if part.heading.startswith("HPH")]
    assert named == ["HPH0", "HPH1", "HPH2", "HPH3", "HPH4", "HPH5"]
    assert "Primærkontakt, hjemmetjenesten – tor. 26. nov. 2026" in said("checklists")
    assert all(part.lead for part in document.parts)


def test_the_conversation_asks_for_each_topic_in_the_patients_own_words() -> None:
    for part in sheet("conversation").parts:
        told = [line for line in part.lines if line.tick]
        assert [(line.who, line.when) for line in told] == [("Behandlende lege", "")]
        assert told[0].words.startswith("Fortalt tilbake:")
        assert [line.words for line in part.lines if line.write] == ["Med pasientens egne ord:"]
    assert len(sheet("conversation").parts) == 6


def test_a_visit_of_the_plan_is_told_as_planned_and_not_as_an_appointment() -> None:
    assert "- Tredagersbesøk: planlagt tor. 26. nov. 2026. Tiden avtales." in said("conversation")


def test_what_matters_stands_in_the_patients_own_words() -> None:
    assert "«Komme hjem til hagen og klare trappa selv.»" in said("conversation")


def test_the_notice_has_its_three_contents_and_its_deadline() -> None:
    headings = [part.heading for part in sheet("notice").parts]
    assert headings == ["Status", "Forventet forløp", "Forventet utskrivningstidspunkt", "Sendt"]
    assert "man. 23. nov. 2026, forventet." in said("notice")
    assert "tir. 17. nov. 2026 kl. 14" in said("notice")


def test_a_notice_without_a_time_says_so_and_asks_why() -> None:
    case = replace(example_case(), encounter=Encounter())
    assert "- Ikke kjent." in said("notice", case=case)
    assert f"- Hvorfor det ikke er kjent: {MISSING}" in said("notice", case=case)


def test_a_notice_never_makes_up_a_course() -> None:
    assert f"Forløpet videre i sykehuset: {MISSING}" in said("notice")
    assert said("notice", case=Case()).count(MISSING) >= 8


def test_controls_are_those_the_plan_has_after_discharge_and_rows_to_write_in() -> None:
    planned, more, booked = sheet("controls").parts
    assert "Konsultasjon hos fastlege" in [line.words for line in planned.lines]
    assert all(re.search(r"\d{4}$", line.when) for line in planned.lines)
    assert (len(more.lines), booked.lines[0].when) == (4, "innen man. 23. nov. 2026")


def test_the_coordinator_letter_asks_for_an_assessment_and_leaves_the_answer_to_the_patient() -> None:
    text = said("coordinator")
    assert "Vi ber enheten vurdere behovet" in text
    assert "[ ] Ønsker det ikke nå" in text
    assert "Samtykker til at opplysningene" in text


def test_a_municipality_adds_its_own_lines_to_the_discharge_checklist() -> None:
    part = sheet("discharge", local=("Ring mottakstelefonen",)).parts[-1]
    assert (part.heading, part.lines) == ("Lokalt", (Line("Ring mottakstelefonen", tick=True),))
    assert "Lokalt" not in said("discharge")


def test_local_lines_are_read_as_they_are_written() -> None:
    assert checklist_from({"discharge": [" Ring mottaket "]}) == ("Ring mottaket",)
    assert checklist_from({}) == ()


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ({"dischrage": ["x"]}, "checklist_key_unknown"),
        ({"discharge": "x"}, "checklist_not_lines"),
        ({"discharge": [""]}, "checklist_not_lines"),
        ({"discharge": [7]}, "checklist_not_lines"),
        ({"discharge": ["to\nlinjer"]}, "checklist_not_lines"),
        ({"discharge": ["x" * (LONGEST_LINE + 1)]}, "checklist_not_lines"),
        ({"discharge": ["x"] * (MOST_LINES + 1)}, "checklist_not_lines"),
    ],
)
def test_a_mistake_in_the_local_checklist_is_found_at_start(table: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as refused:
        checklist_from(table)
    assert refused.value.code == code


@pytest.mark.parametrize("name", ["conversation", "discharge"])
def test_a_sheet_prints_the_same_bytes_twice(name: str) -> None:
    first, second = (as_pdf(sheet(name), plan_of(), texts(), printed=PRINTED) for _ in range(2))
    assert first[:5] == b"%PDF-"
    assert first == second
