"""Stored assessments made again under their own rule set, to show that what was said then still follows.

A snapshot holds rules and limits whole, but of each table behind the scores only a digest. Where a table or a question
has another content today, the scores would be today's and not the ones that were stored: such an assessment is counted
as not replayed, never as the same. The reference evaluator alone decides; where the two engines disagreed when it was
stored, what was held back cannot be known from one of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Row, select

from api.storage.engine import reading
from api.storage.rule_sets import kept
from api.storage.said import said_by, said_in
from api.storage.tables import assessment
from engine.errors import RettHjemError
from engine.rules import RuleSet
from engine.snapshot import to_snapshot
from forms.model import read_case
from rules.assess import assess
from rules.ruleset import national

Said = Mapping[tuple[str, ...], Any]
Verdict = Literal["same", "differs", "other_tables", "engines_disagreed"]
AT_A_TIME = 100
ALWAYS_SAID = {("errors",), ("findings",), ("notes",), ("scores", "cfs"), ("tracks",), ("undecided",)}
TOLD_ONLY = frozenset({"sources"})  # tables that name things and reach no score or rule
OF_THE_READING = frozenset({"index_date_is_today"})  # a note on how the day was chosen; the day itself is stored


def replay(engine: Engine) -> Iterator[tuple[str, Verdict]]:
    """Return each stored assessment's id and how it came out, a few at a time, so that no transaction lasts."""
    last, comparable = "", dict[str, bool]()
    while True:
        with reading(engine) as connection:
            rows = _after(connection, last)
            found = [(row.id, _verdict(connection, row, comparable)) for row in rows]
        if not found:
            return
        yield from found
        last = found[-1][0]


def _after(connection: Connection, last: str) -> list[Row[Any]]:
    query = select(assessment).where(assessment.c.id > last).order_by(assessment.c.id).limit(AT_A_TIME)
    return list(connection.execute(query))


def _verdict(connection: Connection, row: Row[Any], comparable: dict[str, bool]) -> Verdict:
    ruleset, _ = kept(connection, row.rule_set)
    if row.rule_set not in comparable:
        comparable[row.rule_set] = _scored_as_today(ruleset)
    return _compared(row, ruleset) if comparable[row.rule_set] else "other_tables"


def _compared(row: Row[Any], ruleset: RuleSet) -> Verdict:
    try:
        stored = _said(said_in(json.loads(row.outcome)))
        if not stored.keys() >= ALWAYS_SAID:
            return "differs"
        again = _said(said_by(assess(read_case(json.loads(row.inputs)), row.index_date, ruleset)))
        if stored["errors",]:
            return "engines_disagreed" if _may_have_disagreed(stored, again, ruleset) else "differs"
        # A later program may say more; all that was said then must still follow.
        return "same" if stored.items() <= again.items() else "differs"
    except (RettHjemError, LookupError, TypeError, ValueError, AttributeError):  # no longer a case, or a result
        return "differs"


def _may_have_disagreed(stored: Said, again: Said, ruleset: RuleSet) -> bool:
    """Return whether the scores, which no engine works out, follow, and nothing is found but what follows."""
    scores = {part: value for part, value in stored.items() if part[0] == "scores"}
    of_rules = {each["rule"] for each in stored["errors",]} <= ruleset.by_id.keys()
    found = all(each in again["findings",] for each in stored["findings",])
    return of_rules and found and scores.items() <= again.items()


def _scored_as_today(ruleset: RuleSet) -> bool:
    """Return whether today's questions and tables are those that the rule set was used with."""
    return _beneath(ruleset) == _beneath_today()


@cache
def _beneath_today() -> dict[str, Any]:
    return _beneath(national())


def _beneath(ruleset: RuleSet) -> dict[str, Any]:
    """Return what scores rest on and a snapshot only names: the questions, and a digest of each table."""
    tables = {name: digest for name, digest in ruleset.tables.items() if name not in TOLD_ONLY}
    return {"items": to_snapshot(ruleset)["items"], "tables": tables}


def _said(result: Mapping[str, Any]) -> dict[tuple[str, ...], Any]:
    """Return what a result says, part by part and score by score."""
    plain = dict(result)
    scores = plain.pop("scores")
    plain["notes"] = [note for note in plain["notes"] if note["code"] not in OF_THE_READING]
    said: dict[tuple[str, ...], Any] = {(part,): whole for part, whole in plain.items()}
    return said | {("scores", name): score for name, score in scores.items()}
