"""The rules in the app: all of them in words, found by a search, with figures that point to nobody."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import select

from api.demo import fill
from api.people.demo_issuer import people
from api.record import rule_use
from api.record.record import Record
from api.record.rule_use import FEWEST, Counted, Use, UseOfRules, rounded
from api.screening import Screening, texts_in
from api.storage.tables import assessment, event
from api.ward.rules.view import chapters, facts_of, rule_page
from rules.ruleset import Overlay, local, national
from tests.storage.databases import cluster, database, engine, open_engine, postgresql, sqlite
from tests.ward.demo_house import browser, filled_service

__all__ = ["cluster", "database", "engine", "open_engine", "postgresql", "sqlite"]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEXTS = texts_in("nb")


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with filled_service(tmp_path_factory.mktemp("rules")) as service:
        yield service


@pytest.fixture(scope="module")
def client(service):
    with browser(service, "eskil") as client:
        yield client


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_figures_are_those_of_the_stored_assessments_and_decisions_on_both_databases(engine):
    record = Record.start(Screening(synthetic_only=True), engine, "demo")
    try:
        fill(record)
        counted = UseOfRules().of(engine, now=NOW, patience=30)
        with engine.connect() as connection:
            outcomes = connection.execute(select(assessment.c.outcome)).scalars()
            suggested = Counter(each["rule"] for text in outcomes for each in json.loads(text)["findings"])
            bodies = connection.execute(select(event.c.body).where(event.c.kind == "decided")).scalars()
            verdicts = Counter((body["rule"], body["verdict"]) for body in map(json.loads, bodies))
    finally:
        record.writer.close()
    assert counted
    assert suggested.keys() == counted.rules.keys()
    for rule, use in counted.rules.items():
        for shown, true in (
            (use.suggested, suggested[rule]),
            (use.accepted, verdicts[rule, "accepted"]),
            (use.overridden, verdicts[rule, "overridden"]),
        ):
            assert (shown is None) == (true < FEWEST)
            assert shown is None or (shown % 5, abs(shown - true) <= 2) == (0, True)


def test_a_count_under_five_is_never_said_and_a_reason_only_where_five_gave_it(service):
    counted = service.record.use.of(service.record.engine, now=NOW, patience=30)
    shown = [number for use in counted.rules.values() for number in (use.suggested, use.accepted, use.overridden)]
    assert None in shown
    assert all(number is None or (number >= FEWEST and number % 5 == 0) for number in shown)
    reasons = [times for use in counted.rules.values() for _, times in use.reasons]
    assert reasons
    assert min(reasons) >= FEWEST


def test_one_more_than_was_counted_is_not_seen():
    assert [rounded(count) for count in (0, 4, 5, 7, 8, 57, 58, 60, 62)] == [None, None, 5, 5, 10, 55, 60, 60, 60]
    assert Use() == Use(None, None, None)


def test_who_asks_while_it_is_counted_gets_the_older_figures_and_nobody_counts_twice(service, monkeypatch):
    asked = []

    def never(engine, now, answer):
        asked.append(answer)

    use = UseOfRules()
    first = use.of(service.record.engine, now=NOW, patience=30)
    monkeypatch.setattr(rule_use, "_count", never)
    later = NOW + timedelta(hours=25)
    assert use.of(service.record.engine, now=NOW + timedelta(hours=23)) is first
    assert use.of(service.record.engine, now=later, patience=0.01) is first
    assert use.of(service.record.engine, now=later, patience=0.01) is first
    assert len(asked) == 1
    newer = Counted(later, {"nutrition": Use(9, 5, 0)})
    asked[0].set_result(newer)
    assert use.of(service.record.engine, now=later) is newer
    assert UseOfRules().of(service.record.engine, now=NOW, patience=0.01) is None


def test_a_count_that_failed_is_tried_again_and_the_older_one_stands(service, monkeypatch):
    use = UseOfRules()
    first = use.of(service.record.engine, now=NOW, patience=30)

    def fails(engine, now, answer):
        answer.set_exception(OSError())

    monkeypatch.setattr(rule_use, "_count", fails)
    assert use.of(service.record.engine, now=NOW + timedelta(days=2)) is first
    monkeypatch.undo()
    again = use.of(service.record.engine, now=NOW + timedelta(days=2), patience=30)
    assert again
    assert first
    assert again.at > first.at


@pytest.mark.parametrize("who", [id for id, each in people().items() if each.role != "system"])
def test_everyone_who_is_signed_in_may_read_the_rules(service, who):
    with browser(service, who) as client:
        assert client.get("/rules").status_code == 200
        assert client.get("/rules/delirium").status_code == 200


def test_nobody_else_may(service):
    with browser(service) as client:
        assert client.get("/rules", follow_redirects=False).status_code in {303, 401}


def test_the_overview_has_every_rule_once_with_a_link(client):
    linked = re.findall(r'<h3><a href="/rules/(\w+)"', client.get("/rules").text)
    assert linked == [rule.id for rule in national().rules]


@pytest.mark.parametrize("rule", [rule.id for rule in national().rules])
def test_a_rules_page_says_when_it_holds_what_it_suggests_its_limits_sources_and_review(client, rule):
    page = words_of(client.get(f"/rules/{rule}").text)
    written = next(each for each in national().rules if each.id == rule)
    view = rule_page(written, national(), TEXTS, counted=None)
    said = view.view["said"]
    for part in (said.title, said.when[1:], said.suggests, said.review[1:], *(fact.words for fact in view.facts)):
        assert " ".join(part.split()) in page
    for limit in said.limits:
        assert limit.words in page
    for _, reference in view.view["sources"]:
        assert reference in page


def test_a_rule_that_builds_on_others_shows_the_facts_they_ask_for():
    facts = {fact.id for fact in facts_of("coordinator", national(), TEXTS)}
    assert {"can_coordinate", "need_after_discharge", "cfs_level", "bidiagnoses"} <= facts
    computed = {fact.id for fact in facts_of("coordinator", national(), TEXTS) if not fact.asked}
    assert computed == {"cfs_level", "bidiagnoses", "chronic_groups", "spict_count", "regular_medicines"}


def test_a_limit_to_be_confirmed_and_one_that_is_set_locally_are_marked():
    ruleset = local(Overlay("Fjordane", {"polypharmacy": 6}))
    rows = {row.said.id: row for chapter in chapters(ruleset, TEXTS, counted=None) for row in chapter.rules}
    assert rows["medication_review"].local
    assert not rows["nutrition"].local
    assert rows["high_user"].confirm
    assert not rows["nutrition"].confirm


def test_the_search_finds_every_word_in_any_order_and_says_where_there_is_nothing(client):
    ids = re.findall(r'<h3><a href="/rules/(\w+)"', client.get("/rules", params={"q": "DELIRIUM 4at"}).text)
    assert ids
    assert "delirium" in ids
    assert "nutrition" not in ids
    assert "Ingen regel har alle ordene" in client.get("/rules", params={"q": "enhjørning"}).text
    assert "<script>" not in client.get("/rules", params={"q": "<script>"}).text


@pytest.mark.parametrize(("language", "title"), [("nn", "Reglane"), ("en", "The rules")])
def test_the_rules_are_read_in_the_language_one_has_chosen(service, language, title):
    with browser(service, "henrik", language) as client:
        assert f"<h1>{title}</h1>" in client.get("/rules").text
        assert f'<html lang="{language}">' in client.get("/rules/cga_team").text


def test_a_rule_that_is_not_there_is_not_found(client):
    assert client.get("/rules/none").status_code == 404
    assert client.get("/rules/complex_needs").status_code == 404
