"""The form on paper: everything that the screen asks, with a box for not knowing, on two pages in three languages."""

from __future__ import annotations

import io
import re
from datetime import date
from html import unescape

import pikepdf
import pytest

from api.v1.languages import LANGUAGES, texts_of
from api.ward.form.questions import groups as on_screen
from api.ward.paper.form import ON_THE_LABEL, groups, paper_html, paper_pdf
from forms.questionnaire import FROM_THE_PATIENT
from rules.knowledge import ITEMS
from rules.ruleset import national
from tests.ward.demo_house import browser, filled_service

PRINTED = date(2026, 11, 22)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with filled_service(tmp_path_factory.mktemp("paper")) as service:
        yield service


def html(language: str) -> str:
    return paper_html(national(), texts_of(language), printed=PRINTED)


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_item_is_asked_for_once_but_for_what_the_label_says(language):
    asked = [question.id for group in groups(texts_of(language)) for question in group.questions]
    lists = {item.id for item in ITEMS.values() if item.kind == "list"}
    assert sorted(asked) == sorted(ITEMS.keys() - FROM_THE_PATIENT - ON_THE_LABEL - lists)
    page = words_of(html(language))
    for item in asked:
        assert " ".join(texts_of(language)(f"question.{item}").split()) in page


def test_the_questions_stand_as_on_the_screen_and_unknown_is_the_same_word():
    t = texts_of("nb")
    on_paper = [(group.title, question.id) for group in groups(t) for question in group.questions]
    shown = [(t(f"screen.group.{group.id}"), item) for group in on_screen(age_known=True) for item in group.items]
    assert on_paper == [each for each in shown if each in on_paper]
    for language in LANGUAGES:
        assert texts_of(language)("paper.unknown") == texts_of(language)("screen.unknown").lower()


def test_the_blank_form_lies_at_the_door(service):
    with browser(service, None) as anyone:
        page = anyone.get("/signin", headers={"Accept": "text/html", "Accept-Language": "nn"})
        link = re.search(r'href="(/paper/blank[^"]*)"', page.text)
        assert link
        blank = anyone.get(unescape(link[1]))
        assert blank.status_code == 200
        assert blank.headers["content-language"] == "nn"
        assert texts_of("nn")("paper.title") in unescape(blank.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_does_not_know_has_a_box_for_it_at_every_question(language):
    unknown = texts_of(language)("paper.unknown")
    for question in re.split(r'<div class="question ', unescape(html(language)))[1:]:
        kind = question.partition('"')[0].split()[0]
        codes = len(re.findall(r'class="what"', question))
        known = question.count(f"</span> {unknown}<") if kind != "set" else question.count("</span> ?<")
        assert known == {"text": 0, "set": codes}.get(kind, 1), question[:200]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_ticked_and_each_cfs_level_has_our_short_label_and_the_scale_its_owner(language):
    page, t = html(language), texts_of(language)
    assert "checked" not in page
    assert re.findall(r'class="level">(\d)', page) == list("123456789")
    for level in range(1, 10):
        assert t(f"cfs.{level}") in page
    assert t("cfs.attribution") in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_top_says_from_when_and_there_is_room_for_label_time_and_signature(language):
    page, t = words_of(html(language)), texts_of(language)
    assert page.index(t("paper.before")) < page.index(texts_of(language)("question.residence"))
    for key in ("paper.label", "paper.filled_in", "paper.signature", "paper.time", "paper.type_in"):
        assert t(key) in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_two_tagged_a4_pages(language):
    made = paper_pdf(national(), texts_of(language), printed=PRINTED)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) == 2
        assert {tuple(round(float(side)) for side in page.MediaBox[2:]) for page in pdf.pages} == {(595, 842)}
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith(language)
    assert made == paper_pdf(national(), texts_of(language), printed=PRINTED)


def test_the_page_prints_it_in_each_language_and_leads_to_where_it_is_typed_in(service):
    with browser(service, "ingrid") as client:
        page = client.get("/paper").text
        for language in LANGUAGES:
            link = f"/paper/form?language={language}"
            assert link in page
            assert client.get(link).headers["content-type"] == "application/pdf"
            assert "text/html" in client.get(f"{link}&as=html").headers["content-type"]
        assert "/find" in page


def test_the_form_holds_the_policy_of_every_page_and_nothing_of_anyone(service):
    with browser(service, "ingrid") as client:
        shown = client.get("/paper/form?language=nb&as=html")
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert not re.search(r"<style|style=|<script", shown.text)


@pytest.mark.parametrize(("who", "status"), [("henrik", 200), ("tariq", 200), ("eskil", 403), ("marte", 403)])
def test_whoever_may_screen_may_print_it(service, who, status):
    with browser(service, who) as client:
        assert client.get("/paper").status_code == status
        assert client.get("/paper/form?as=html").status_code == status
