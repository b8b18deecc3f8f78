"""The report of a reading: in three languages, with the words of the text, and errors that never repeat them."""

from __future__ import annotations

import json

import pytest

from careplans.check import check_as_json, check_as_text, read_text
from careplans.check.source import LARGEST
from engine.errors import InputError
from engine.texts import Texts
from tests.unit.test_careplans_example import ROOT

TEXT = "Innlagt med fall. Søkt sykehjemsplass.\nVidere oppfølging hos fastlege."
each_language = pytest.mark.parametrize("language", ["nb", "nn", "en"])


def texts(language: str) -> Texts:
    """The words of the plan."""
    return Texts.load(language, *(ROOT / package / "texts" for package in ("engine", "rules", "careplans")))


def test_the_report_says_how_each_element_stands_what_it_rests_on_and_what_to_write() -> None:
    said = check_as_text(TEXT, texts("nb"))
    assert "4 av 5 elementer er uklare eller mangler." in said
    assert "«Videre oppfølging hos fastlege.» (tegn 40–70) – ufullstendig linje" in said
    assert "Skriv: når: en dato" in said
    assert "«Søkt sykehjemsplass» (tegn 19–37) – bestiller plass eller tjeneste" in said


@each_language
def test_the_report_is_there_in_every_language_without_a_gap(language: str) -> None:
    assert check_as_text(TEXT, texts(language)).count("\n") > 12


@each_language
def test_the_json_holds_places_words_and_advice(language: str) -> None:
    found = json.loads(json.dumps(check_as_json(TEXT, texts(language))))
    assert (found["schema"], found["complete"]) == ("retthjem/epikrise-check/1", False)
    plan = next(element for element in found["elements"] if element["id"] == "follow_up_plan")
    assert [TEXT[words["start"] : words["end"]] == words["words"] for words in plan["rests_on"]] == [True]
    assert plan["write"]
    assert found["language"][0]["instead"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "epikrise_empty"),
        (b" \n\t ", "epikrise_empty"),
        ("Innlagt på grunn av sår".encode("latin-1"), "not_utf8"),
        ("Innlagt".encode("utf-16"), "not_utf8"),
        ("Innlagt".encode("utf-16-le"), "not_utf8"),
        (b"Innlagt " * LARGEST, "epikrise_too_large"),
        (b'{"patient": {"name": "Innlagt"}}', "not_an_epikrise_text"),
        (b'[{"name": "Innlagt"}]', "not_an_epikrise_text"),
        (b'<?xml version="1.0"?>\n<MsgHead>Innlagt</MsgHead>', "not_an_epikrise_text"),
        (b"<MsgHead>Innlagt</MsgHead>\n", "not_an_epikrise_text"),
    ],
)
def test_what_cannot_be_read_is_refused_without_a_word_of_it(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_text(data)
    assert refused.value.code == code
    assert "Innlagt" not in str(refused.value)


@pytest.mark.parametrize("text", ["<navn> ble innlagt.", "[navn] ble innlagt.", "{navn} ble innlagt.", "< 1 døgn."])
def test_a_mark_at_the_beginning_makes_no_data_document(text: str) -> None:
    assert read_text(text.encode()) == text


def test_letters_written_as_two_characters_are_read_as_one() -> None:
    assert read_text("Na\u030a ga\u030ar hun".encode()) == "Nå går hun"


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert read_text("Innlagt".encode("utf-8-sig")) == "Innlagt"


def test_a_quote_cannot_send_control_characters_to_a_terminal() -> None:
    said = check_as_text("Innlagt med \x1b[31mfall\x07.", texts("nb"))
    assert "\x1b" not in said
    assert "\x07" not in said


def test_a_long_sentence_is_quoted_in_part() -> None:
    said = check_as_text("Innlagt med " + "fall og " * 60 + "slutt.", texts("nb"))
    assert max(map(len, said.splitlines())) < 260
