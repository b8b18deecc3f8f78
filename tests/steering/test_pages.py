"""The pages of the figures: what is published and nothing finer, a chart beside its table, to who may see it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import Service
from api.demo.past import remember
from api.steering.closing import Closing, close
from population.steering.figures import figures, limit
from tests.ward.demo_house import browser, filled_service

NUMBER = re.compile(r"<td(?: colspan=\"\d+\")?>(\d+) *<")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give the demo with its past, its months closed."""
    folder: Path = tmp_path_factory.mktemp("figures")
    with filled_service(folder) as made:
        made.record.writer.run(partial(remember, made.record))
        close(Closing.of(made.record, now=datetime.now(UTC)))
        yield made


@pytest.fixture(scope="module")
def analyst(service: Service) -> Iterator[TestClient]:
    with browser(service, "eskil") as client:
        yield client


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_all_figures_stand_by_chapter_with_the_newest_of_each(analyst):
    page = analyst.get("/styring")
    assert page.status_code == 200
    assert page.text.count('<section class="steering-chapter"') >= 6
    assert 'href="/styring/screened"' in page.text
    assert "45 dager etter at den er slutt" in words_of(page.text)


@pytest.mark.parametrize("figure", sorted(figures()))
def test_each_figure_has_its_page_with_its_definition_and_who_is_not_in_it(analyst, figure):
    page = analyst.get(f"/styring/{figure}")
    assert page.status_code == 200
    said = words_of(page.text)
    assert "Enhet:" in said
    assert "Kilde:" in said
    assert "Ikke med" in said


@pytest.mark.parametrize(
    ("figure", "breakdown"), [(each.id, way) for each in figures().values() for way in each.breakdowns]
)
def test_no_page_shows_a_count_that_is_under_the_fewest(analyst, figure, breakdown):
    for path in (f"/styring/{figure}", f"/styring/{figure}?by={breakdown}"):
        page = analyst.get(path)
        assert page.status_code == 200
        counts = [int(number) for number in NUMBER.findall(page.text)]
        assert all(number >= limit("fewest") for number in counts if number), path


def test_a_chart_has_the_same_numbers_in_the_table_beside_it(analyst):
    page = analyst.get("/styring/screened").text
    dots = page.count('class="chart-dot"') + page.count('class="chart-signal"')
    assert dots >= 7
    assert dots == len(re.findall(r"<td><strong>\d+ %</strong>", page))
    assert 'role="img"' in page
    assert "<desc>" in page
    assert "style=" not in page


def test_a_period_where_nothing_may_be_shown_is_said_to_be_hidden_and_is_a_gap(analyst):
    page = analyst.get("/styring/hours_to_screening").text
    rows = page.count('<th scope="row">')
    hidden = page.count("vises ikke</td>")
    assert 0 < hidden < rows
    assert rows - hidden == page.count('class="chart-dot"') + page.count('class="chart-signal"')


def test_a_part_leads_to_itself_over_time_and_a_period_can_be_chosen(analyst):
    page = analyst.get("/styring/stays?by=ward").text
    assert '<option value="' in page
    leads = re.search(r'href="(/styring/stays\?by=ward&amp;part=[^"]+)"', page)
    assert leads
    over_time = analyst.get(unescape(leads[1]))
    assert over_time.status_code == 200
    assert 'class="chart"' in over_time.text


def test_a_part_that_was_told_with_others_meanwhile_has_a_gap_and_no_shorter_axis(analyst):
    page = analyst.get("/styring/epikrise?by=ward&part=GER2").text
    months = re.findall(r'<th scope="row">([^<]+)</th>', page)
    shown = analyst.get("/styring/epikrise").text
    assert months == re.findall(r'<th scope="row">([^<]+)</th>', shown)[: len(months)], "each month to the newest"
    assert "vises ikke</td>" in page


def test_a_share_says_of_what(analyst):
    said = words_of(analyst.get("/styring").text)
    assert "sendt samme dag av" in said
    assert re.search(r"uten slike døgn av \d+", said)


@pytest.mark.parametrize("period", ["", "none", "9999-12-31"])
def test_a_period_that_there_is_not_asks_for_the_newest(analyst, period):
    odd = analyst.get("/styring/stays", params={"by": "ward", "period": period})
    assert odd.status_code == 200
    assert odd.text == analyst.get("/styring/stays?by=ward").text


@pytest.mark.parametrize(
    "path",
    [
        "/styring/none",
        "/styring/stays?by=none",
        "/styring/frail?by=hour",
        "/styring/stays?by=ward&part=none",
        "/styring.csv?figure=none",
    ],
)
def test_a_figure_or_a_breakdown_that_there_is_not_is_not_found(analyst, path):
    assert analyst.get(path).status_code == 404


@pytest.mark.parametrize("person", ["ingrid", "amina", "solveig", "tariq", "marte", "lena", "henrik"])
def test_nobody_but_an_analyst_sees_figures(service, person):
    with browser(service, person) as client:
        for path in ("/styring", "/styring/stays", "/styring.csv"):
            assert client.get(path).status_code == 403
        assert 'href="/styring"' not in client.get("/rules").text


def test_another_hospitals_figures_are_refused_as_those_of_one_that_there_is_not(analyst):
    for path in ("/styring", "/styring/stays", "/styring.csv"):
        assert analyst.get(path, params={"hospital": "elsewhere"}).status_code == 403


def test_the_file_holds_what_the_pages_do_and_nothing_under_the_fewest(analyst):
    answer = analyst.get("/styring.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert {row["Tall"] for row in rows} >= {"stays", "screened", "readmitted"}
    assert all(int(row["Antall"]) >= limit("fewest") for row in rows if row["Antall"])
    one = analyst.get("/styring.csv?figure=screened").content.decode("utf-8-sig")
    assert {row["Tall"] for row in csv.DictReader(io.StringIO(one), delimiter=";")} == {"screened"}


@pytest.mark.parametrize("language", ["nn", "en"])
def test_the_pages_are_in_every_language(service, language):
    with browser(service, "eskil", language) as client:
        for path in ("/styring", "/styring/adherence", "/styring/days_after_ready?by=municipality"):
            page = client.get(path)
            assert page.status_code == 200
            assert f'<html lang="{language}">' in page.text


def test_before_any_month_is_closed_the_page_says_when_one_will_be(tmp_path):
    with filled_service(tmp_path) as made, browser(made, "eskil") as client:
        page = client.get("/styring")
        assert page.status_code == 200
        assert "45 dager etter at den er slutt" in words_of(page.text)
        assert client.get("/styring/stays").status_code == 200
