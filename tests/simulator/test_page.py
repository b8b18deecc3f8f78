"""The simulator's page: who may open it, what it shows and refuses, and that one simulation runs at a time."""

from __future__ import annotations

import re
from html import unescape

import pytest

from api.simulating import page as simulator
from api.simulating.asked import REPLICATIONS, asked
from population.simulator.policy import BOUNDS, CAPACITIES, READY, ready
from population.simulator.results import simulate
from tests.ward.signed_in import hospital

PATH = "/styring/simulator"
SHORT = {"first": "cfs-4", "second": "cfs-5", "weeks": "13"}


@pytest.fixture(scope="module")
def analyst(tmp_path_factory):
    with hospital(tmp_path_factory.mktemp("simulator")) as served:
        yield served.browser("eskil")


@pytest.fixture
def nothing_kept():
    simulator.ANSWERS.kept.clear()


def text_of(page) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.text)).split())


def test_the_form_alone_runs_nothing(analyst, nothing_kept):
    page = analyst.get(PATH)
    assert page.status_code == 200
    assert "Resultat" not in text_of(page)
    assert not simulator.ANSWERS.kept


def test_two_policies_are_shown_with_intervals_charts_tables_and_assumptions(analyst):
    page = analyst.get(PATH, params=SHORT)
    said = text_of(page)
    assert page.status_code == 200
    assert re.search(r"Henvist til geriatrisk vurdering i uken \d+,\d \(\d+,\d til \d+,\d\)", said)
    assert "Forskjell" in said
    assert "CFS 4" in said
    assert page.text.count('class="queue-chart"') == 2
    assert said.count("Uke 13 ") == 2
    assert "må bekreftes" in said
    assert "style=" not in page.text


def test_the_numbers_of_the_page_are_those_of_the_simulation(analyst):
    question = asked(SHORT)
    result = simulator.ANSWERS.of(question)
    found = result.interval("referrals.cga")
    assert found is not None
    shown = f"{found.mean:.1f} ({found.low:.1f} til {found.high:.1f})".replace(".", ",")
    assert shown in text_of(analyst.get(PATH, params=SHORT))
    assert (result.runs.weeks, result.runs.replications) == (13, REPLICATIONS[13])


def test_where_nobody_gets_through_the_wait_cannot_be_said_and_a_growing_queue_is_warned_of(analyst):
    page = analyst.get(PATH, params={**SHORT, "first-cga_places": "0", "second": "none"})
    said = text_of(page)
    assert "Dager i kø før geriatrisk vurdering, for dem som slapp til kan ikke regnes: for få slapp til" in said
    assert "Ventetidene er for dem som slapp til" in said
    assert said.count("En kø som vokser til siste uke") == 3, "by each chart, and among what is taken for granted"


def test_kroner_of_a_year_are_said_of_whole_years_alone(analyst):
    quarter, year = (text_of(analyst.get(PATH, params={**SHORT, "weeks": weeks})) for weeks in ("13", "52"))
    assert "Det samme på 52 uker" not in quarter
    assert "Det samme på 52 uker, i kroner" in year


def test_a_capacity_of_its_own_is_used_and_named(analyst):
    page = analyst.get(PATH, params={**SHORT, "first": "cfs-5", "first-cga_places": "30", "first-bed_delay": "1,5"})
    said = text_of(page)
    assert "Plasser til geriatrisk vurdering i uken: 30, Dager før en ledig korttidsplass er i bruk: 1,5" in said
    assert "Ingen henvises annerledes." in said
    assert asked({**SHORT, "first-cga_places": "30"}).tried()[0].capacity.cga_places == 30


def test_one_policy_alone_has_no_difference(analyst):
    said = text_of(analyst.get(PATH, params={**SHORT, "second": "none"}))
    assert "Forskjell" not in said
    assert "Hvem får noe nytt" not in said


@pytest.mark.parametrize("written", ["-1", "abc", "2.5", "201", "1e3", "٣", "9" * 12, "nan"])
def test_a_number_that_cannot_be_is_told_beside_its_field_and_above(analyst, written, nothing_kept):
    page = analyst.get(PATH, params={**SHORT, "first-cga_places": written})
    assert page.status_code == 422
    assert text_of(page).count("Skriv et helt tall fra 0 til 200.") == 2
    assert 'aria-invalid="true"' in page.text
    assert not simulator.ANSWERS.kept


def test_a_choice_that_is_not_offered_is_the_usual_one():
    question = asked({"first": "<script>", "second": "x", "weeks": "100000"})
    assert set(question.names) <= set(READY)
    assert question.weeks in REPLICATIONS


def test_whatever_the_form_lets_through_a_policy_may_be():
    for name in CAPACITIES:
        for end in BOUNDS[name]:
            question = asked({"first": "cfs-5", "second": "none", f"first-{name}": str(end)})
            assert not question.wrong
            assert getattr(question.tried()[0].capacity, name) == end


def test_the_same_choices_are_simulated_once(analyst, nothing_kept, monkeypatch):
    runs = []

    def counted(*asks):
        runs.append(1)
        return simulate(*asks)

    monkeypatch.setattr(simulator, "simulate", counted)
    first, again = (analyst.get(PATH, params=SHORT).text for _ in range(2))
    assert len(runs) == 1
    assert re.sub(r'value="[^"]{20,}"', "", first) == re.sub(r'value="[^"]{20,}"', "", again)


def test_while_another_is_under_way_one_is_told_to_wait(analyst, monkeypatch):
    monkeypatch.setattr(simulator, "PATIENCE", 0.01)
    with simulator.ANSWERS.turn:
        page = analyst.get(PATH, params=SHORT)
    assert page.status_code == 503
    assert "opptatt" in text_of(page)


def test_results_are_let_go_when_there_are_many(monkeypatch, nothing_kept):
    monkeypatch.setattr(simulator, "KEPT", 2)
    monkeypatch.setattr(simulator, "simulate", lambda *_: None)
    for places in range(5):
        simulator.ANSWERS.of(asked({**SHORT, "first-cga_places": str(places)}))
    assert len(simulator.ANSWERS.kept) == 2
    simulator.ANSWERS.kept.clear()


@pytest.mark.parametrize(("language", "word"), [("nn", "Føresetnader"), ("en", "Assumptions")])
def test_the_page_is_in_the_reader_s_language(analyst, language, word):
    page = analyst.get(PATH, params=SHORT, headers={"Accept-Language": language})
    assert word in text_of(page)


def test_the_form_shows_each_policy_s_own_capacities(analyst):
    page = analyst.get(PATH, params={"first": "reception-unit", "second": "none", "first-cga_places": "x"})
    own = ready("reception-unit").capacity.reception_places
    assert re.search(rf'name="first-reception_places" value="" placeholder="{own}"', page.text)
