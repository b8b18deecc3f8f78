"""The page to sign: every rule whole on a sheet of paper, in three languages, with what is in force."""

from __future__ import annotations

import io
import re
import subprocess
from datetime import date
from functools import cache
from html import unescape

import pikepdf
import pytest

from api.cli import main
from api.rule_page import rendered
from api.screening import texts_in
from engine.rules import RuleSet
from rules.ruleset import RULES, Overlay, local, national
from rules.spec_cases import spec_cases

PRINTED = date(2026, 11, 22)
A4 = (595, 842)
TAG = re.compile(r"<(style).*?</\1>|<[^>]+>", re.DOTALL)
SOURCES = re.compile(r'<div class="sources">.*?</div>', re.DOTALL)
# Short words of bokmål that are no words of English.
BOKMAAL = re.compile(r"(?<![\w-])(ikke|og|eller|ingen|av|på|til|fra|det|som|gjelder|år|nei|minst|kjent)(?![\w-])")

each_language = pytest.mark.parametrize("language", ["nb", "nn", "en"])


@cache
def html(language: str) -> str:
    """The page as HTML, without the sources, whose titles are names."""
    return SOURCES.sub("", rendered(".html", national(), texts_in(language), printed=PRINTED).decode())


def words(language: str, page: str | None = None) -> str:
    """What is read on the page."""
    return " ".join(unescape(TAG.sub(" ", page or html(language))).split())


@cache
def pdf(language: str) -> bytes:
    """The page as PDF, rendered once."""
    return rendered(".pdf", national(), texts_in(language), printed=PRINTED)


@cache
def sheets(language: str) -> list[str]:
    """The words of each sheet of paper."""
    read = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(read, input=pdf(language), capture_output=True, check=True).stdout.decode().split("\f")[:-1]


@each_language
def test_every_rule_has_its_block_with_its_words_and_a_place_to_sign(language):
    texts, page = texts_in(language), html(language)
    ids = re.findall(r'<article class="rule" id="(\w+)">', page)
    assert ids == [rule.id for rule in RULES]
    assert [rule for rule in ids if texts(f"suggest.{rule}") not in words(language)] == []
    assert page.count(texts("sheet.read_and_approved")) == page.count(texts("review.not_checked")) == len(RULES)


@each_language
def test_every_case_is_told(language):
    assert html(language).count("<li>") == len(spec_cases()) + len(RULES)  # the overview lists each rule too


@each_language
def test_no_rule_is_split_over_two_sheets(language):
    texts = texts_in(language)
    split = {
        number: sheet
        for number, sheet in enumerate(sheets(language)[1:], start=2)
        if len(re.findall(rf"(?m)^ *({'|'.join(rule.id for rule in RULES)})$", sheet))
        != sheet.count(texts("sheet.read_and_approved"))
    }
    assert split == {}


@each_language
def test_each_sheet_carries_its_number_and_the_rule_set(language):
    texts, found = texts_in(language), sheets(language)
    digest = national().digest.removeprefix("sha256:")[:12]
    for number, sheet in enumerate(found, start=1):
        assert f"{texts('plan.page_word')} {number} {texts('plan.page_of')} {len(found)}" in sheet
        assert f"{national().version} · {digest}" in sheet
    assert national().digest in found[0]


@each_language
def test_the_pdf_is_a_tagged_a4_in_its_language(language):
    with pikepdf.open(io.BytesIO(pdf(language))) as opened:
        assert opened.Root.MarkInfo.Marked
        assert str(opened.Root.Lang) == language
        assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in opened.pages} == {A4}
        assert texts_in(language)("sheet.title") in str(opened.docinfo["/Title"])


def test_no_bokmaal_stands_in_the_english_page():
    assert BOKMAAL.findall(words("en")) == []


def test_a_local_limit_is_shown_with_its_number_and_its_mark():
    page = words("nb", page_of(local(Overlay("Orkland", thresholds={"polypharmacy": 6}))))
    assert "Minst 6 faste legemidler: mange satt lokalt" in page
    assert "Lokale grenser Orkland" in page
    assert "satt lokalt" not in words("nb")


def test_a_recalled_limit_keeps_its_mark():
    assert html("nb").count('<span class="mark">må bekreftes</span>') == 4  # two rules, in overview and limit


def page_of(ruleset: RuleSet) -> str:
    """The page of a rule set in bokmål."""
    return rendered(".html", ruleset, texts_in("nb"), printed=PRINTED).decode()


def test_the_command_line_writes_the_page_in_the_language_asked_for(tmp_path):
    out = tmp_path / "rules.html"
    assert main(["rules", "page", "-o", str(out), "--lang", "en"]) == 0
    assert "Read and approved" in out.read_text("utf-8")


@pytest.mark.parametrize(("asked", "said"), [((), "-o"), (("-o", "rules.txt"), ".html, .pdf")])
def test_a_page_without_a_place_or_of_another_kind_is_refused_with_the_remedy(asked, said, capsys):
    assert main(["rules", "page", *asked]) == 2
    assert said in capsys.readouterr().err
