"""The whole store is looked through: the log, the numbering of events, the rule sets, and what followed from them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from api.record.codec import event_to_text
from api.record.record import Record
from api.screening import Screening
from api.storage import replay, rule_sets
from api.storage import verify as module
from api.storage.engine import make_engine
from api.storage.tables import access, assessment, event, rule_set
from api.storage.verify import Fault, Verified, verify
from careplans.course.events import Died
from engine.rules import Kept
from rules.ruleset import Overlay, national
from tests.storage.databases import Database
from tests.storage.ward import open_ward, screen

DIED = event_to_text(Died(date(2026, 11, 22)))
LOCAL = Screening(Overlay("sto", {"cfs_frail": 4}, {}, {}))
"""Rules that differ from the national ones, so that a replay under the wrong ones is found."""


@pytest.fixture
def ward(database: Database) -> Iterator[Record]:
    """Give the record over a database of each kind, with one screening of each example."""
    record = open_ward(make_engine(database.url))
    for number in range(4):
        screen(record, number)
    yield record
    record.close()


def by_hand(engine: Engine, table: Any, *where: Any, **values: object) -> None:
    """Change rows as someone with the database in hand would, past the triggers."""
    on = f" ON {table.name}" if engine.dialect.name == "postgresql" else ""
    with engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER IF EXISTS {table.name}_no_update{on}"))
        connection.execute(table.update().where(*where).values(values))


def first(engine: Engine, column: Any) -> Any:
    with engine.connect() as connection:
        return connection.scalars(select(column).order_by(column)).first()


def codes(verified: Verified) -> set[str]:
    return {fault.code for fault in verified.faults}


def test_what_the_record_stores_is_as_it_was_written(ward):
    told: list[int] = []
    verified = verify(ward.engine, tell=told.append)
    assert (verified.faults, verified.more_faults, verified.persons) == ([], 0, 4)
    assert verified.assessments == {"same": 4}
    assert verified.log.lines >= 4
    assert told == []


def test_each_assessment_is_replayed_under_its_own_rule_set(ward):
    second = Record.start(LOCAL, ward.engine, "STO")
    for number in range(4, 8):
        screen(second, number)
    second.writer.close()
    assert verify(ward.engine).assessments == {"same": 8}
    with ward.engine.connect() as connection:
        ids = set(connection.scalars(select(rule_set.c.id)))
    assert ids == {ward.rule_set, second.rule_set}
    by_hand(ward.engine, assessment, rule_set=ward.rule_set)
    differing = verify(ward.engine)
    assert codes(differing) == {"assessment_differs"}
    assert differing.assessments["same"] == 4, "the other four were not made with these rules"


def test_a_changed_answer_or_outcome_is_told_by_its_assessment_and_not_by_what_it_says(ward):
    row = first(ward.engine, assessment.c.inputs)
    case = json.loads(row)
    case["answers"] = {"age": 85}
    by_hand(ward.engine, assessment, inputs=json.dumps(case))
    verified = verify(ward.engine)
    assert verified.assessments["differs"] >= 3
    assert first(ward.engine, assessment.c.id) in {fault.id for fault in verified.faults}
    assert all(set(fault.id) <= set("0123456789abcdef") for fault in verified.faults)


@pytest.mark.parametrize("broken", [{"inputs": "{"}, {"inputs": "[]"}, {"outcome": "{}"}, {"outcome": "[]"}])
def test_what_is_no_longer_a_case_or_a_result_differs(ward, broken):
    by_hand(ward.engine, assessment, **broken)
    assert verify(ward.engine).assessments == {"differs": 4}


def no_finding(outcome: Any) -> None:
    outcome["findings"].pop()


def other_strength(outcome: Any) -> None:
    outcome["findings"][0]["strength"] = "other"


def other_score(outcome: Any) -> None:
    outcome["scores"]["cfs"]["low"] = 1


def more_said(outcome: Any) -> None:
    outcome["more"] = 1


def other_words(outcome: Any) -> None:
    outcome["findings"][0]["text"] = "other words"


def less_said(outcome: Any) -> None:
    del outcome["joint"], outcome["scores"]["hfrs"]


def disagreed(outcome: Any) -> None:
    outcome["errors"] = [{"rule": "cga_team", "text": ""}]


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (no_finding, "differs"),
        (other_strength, "differs"),
        (other_score, "differs"),
        (more_said, "differs"),
        (other_words, "same"),
        (less_said, "same"),
        (disagreed, "engines_disagreed"),
    ],
)
def test_all_that_was_stored_but_its_words_must_follow_again(ward, change, verdict):
    with ward.engine.connect() as connection:
        row = connection.execute(select(assessment.c.id, assessment.c.outcome)).all()[0]
    outcome = json.loads(row.outcome)
    change(outcome)
    by_hand(ward.engine, assessment, assessment.c.id == row.id, outcome=json.dumps(outcome))
    verified = verify(ward.engine)
    assert verified.assessments == Counter({"same": 3}) + Counter({verdict: 1})
    assert verified.faults == ([Fault("assessment_differs", row.id)] if verdict == "differs" else [])


def made_with(engine: Engine, digest: str, **tables: str) -> None:
    """Have every assessment made with a rule set that names other tables behind its scores."""
    ruleset = replace(national(), kept=Kept(digest, {**national().tables, **tables}))
    with engine.begin() as connection:
        id = rule_sets.keep_rule_set(connection, ruleset, None)
        rows = connection.execute(select(assessment.c.id, assessment.c.outcome)).all()
    for row in rows:
        outcome = row.outcome.replace(national().digest, digest)
        by_hand(engine, assessment, assessment.c.id == row.id, rule_set=id, outcome=outcome)


def test_scores_of_other_tables_are_counted_apart_and_never_as_the_same(ward):
    made_with(ward.engine, "sha256:other-norgep", **{"norgep_atc.csv": "sha256:other"})
    verified = verify(ward.engine)
    assert (verified.assessments, verified.faults) == ({"other_tables": 4}, [])


def test_a_source_that_was_renamed_hinders_no_replay(ward):
    made_with(ward.engine, "sha256:other-sources", sources="sha256:other")
    assert verify(ward.engine).assessments == {"same": 4}


def test_many_assessments_are_read_a_few_at_a_time_and_told_of(ward, monkeypatch):
    monkeypatch.setattr(replay, "AT_A_TIME", 3)
    monkeypatch.setattr(module, "AT_A_TIME", 2)
    monkeypatch.setattr(module, "PERSONS_AT_A_TIME", 3)
    told: list[int] = []
    verified = verify(ward.engine, tell=told.append)
    assert (verified.assessments, verified.persons, told) == ({"same": 4}, 4, [2, 4])


def test_no_more_faults_are_kept_than_a_person_reads(ward, monkeypatch):
    monkeypatch.setattr(module, "MOST_TOLD", 3)
    by_hand(ward.engine, assessment, outcome="{}")
    verified = verify(ward.engine)
    assert (len(verified.faults), verified.more_faults) == (3, 1)


def no_findings(outcome: Any) -> None:
    del outcome["findings"]


def no_cfs(outcome: Any) -> None:
    del outcome["scores"]["cfs"]


def error_of_no_rule(outcome: Any) -> None:
    outcome["errors"] = [{"rule": "x"}]


def error_and_other_score(outcome: Any) -> None:
    disagreed(outcome)
    other_score(outcome)


@pytest.mark.parametrize("change", [no_findings, no_cfs, error_of_no_rule, error_and_other_score])
def test_what_every_assessment_says_must_be_there_and_no_error_excuses_the_rest(ward, change):
    outcome = json.loads(first(ward.engine, assessment.c.outcome))
    change(outcome)
    by_hand(ward.engine, assessment, outcome=json.dumps(outcome))
    assert verify(ward.engine).assessments == {"differs": 4}


@pytest.mark.parametrize("body", ["{", '{"kind": "moved"}', '{"kind": "nothing"}', '{"kind": "died"}'])
def test_an_event_that_cannot_be_read_is_told(ward, body):
    id = first(ward.engine, event.c.id)
    by_hand(ward.engine, event, event.c.id == id, body=body)
    assert Fault("event_unreadable", id) in verify(ward.engine).faults


def deleted(engine: Engine, table: Any, where: Any) -> None:
    """Delete rows as someone with the database in hand would, past the triggers."""
    on = f" ON {table.name}" if engine.dialect.name == "postgresql" else ""
    with engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER IF EXISTS {table.name}_no_delete{on}"))
        connection.execute(table.delete().where(where))


def test_an_assessment_that_is_gone_is_told_by_the_event_that_names_it(ward):
    id = first(ward.engine, assessment.c.id)
    deleted(ward.engine, assessment, assessment.c.id == id)
    assert verify(ward.engine).faults == [Fault("assessment_missing", id)]


def test_an_assessment_that_no_event_names_is_told(ward):
    id = first(ward.engine, assessment.c.id)
    told = event.c.kind == "screened", event.c.body.contains(id)
    by_hand(ward.engine, event, *told, kind="died", body=DIED)
    assert verify(ward.engine).faults == [Fault("assessment_untold", id)]


def test_a_missing_event_is_told_by_the_patient(ward):
    with ward.engine.begin() as connection:
        row = connection.execute(select(event.c.id, event.c.person).order_by(event.c.person)).first()
        assert row is not None
        on = " ON event" if ward.engine.dialect.name == "postgresql" else ""
        connection.execute(text(f"DROP TRIGGER event_no_delete{on}"))
        connection.execute(event.delete().where(event.c.id == row.id))
    assert Fault("events_missing", row.person) in verify(ward.engine).faults


def test_a_rule_set_that_was_changed_is_told(ward):
    changed = first(ward.engine, rule_set.c.snapshot).replace('"value":5', '"value":6', 1)
    by_hand(ward.engine, rule_set, snapshot=changed)
    assert Fault("rule_set_changed", ward.rule_set) in verify(ward.engine).faults


def test_a_changed_line_of_the_log_and_one_that_was_cut_off_are_told(ward):
    head = verify(ward.engine).log.head
    assert verify(ward.engine, head=head).faults == []
    assert codes(verify(ward.engine, head="f" * 64)) == {"log_cut_off"}
    by_hand(ward.engine, access, by="someone else")
    assert codes(verify(ward.engine)) == {"line_changed"}
