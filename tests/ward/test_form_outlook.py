"""What folds away can change nothing, and what comes next can: tried on people whose answers are drawn at random."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from api.people.user import User
from api.record.record import Record
from api.record.streams import Naming
from api.screening import texts_in
from api.ward.form.form import Form
from api.ward.form.known import Known
from api.ward.form.outlook import Outlook, outlook_of
from api.ward.form.reading import fields_of
from api.ward.form.saving import Screener
from careplans.course.events import Described
from careplans.course.state import Course, Stay
from engine.facts import SetAnswer
from rules.case import Answer
from rules.knowledge import ITEMS
from tests.ward.signed_in import rules

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
STAY = Stay("E-1", datetime(2026, 11, 16, 10, tzinfo=UTC), "demo", "GER2")
COURSE = Course(stays=(STAY,), who=Described(born=date(1941, 1, 1)))
KNOWN = Known(Naming("15814512336"))
ASKED = tuple(each for each in ITEMS.values() if each.kind not in ("text", "list") and each.group != "person")


def screener() -> Screener:
    record = cast(Record, SimpleNamespace(screening=rules(), hospital_of=lambda _: "demo"))
    return Screener(User("ingrid", "nurse", frozenset()), record, texts_in("nb"), NOW)


def drawn(item: str, draw: random.Random) -> Answer:
    asked = ITEMS[item]
    match asked.kind:
        case "yes_no":
            return draw.random() < 0.5
        case "count":
            return draw.randint(asked.low or 0, min(asked.high or 0, 12))
        case "set":
            yes = frozenset(code for code in asked.codes if draw.random() < 0.3)
            return SetAnswer(yes, frozenset(asked.codes) - yes)
    return draw.choice(asked.codes)


def answered(form: Form, item: str, answer: Answer) -> Form:
    return Form(form.known, form.fields.having(fields_of(item, answer)))


def someone(draw: random.Random) -> Form:
    form, share = Form.begun(KNOWN), draw.random()
    for asked in ASKED:
        if draw.random() < share:
            form = answered(form, asked.id, drawn(asked.id, draw))
    return form


def suggested(outlook: Outlook) -> Any:
    made = outlook.assessment
    return made.tracks, made.pathway, [each.rule for each in made.findings], [each.rule for each in made.undecided]


@pytest.mark.parametrize("seed", range(12))
def test_an_answer_that_folds_away_changes_no_suggestion(seed):
    draw, asker = random.Random(seed), screener()
    form = someone(draw)
    outlook = outlook_of(asker, form, COURSE)
    for item in sorted(outlook.idle & {each.id for each in ASKED}):
        changed = outlook_of(asker, answered(form, item, drawn(item, draw)), COURSE)
        assert suggested(changed) == suggested(outlook), item


@pytest.mark.parametrize("seed", range(12))
def test_the_next_question_is_open_and_never_folded_away(seed):
    form = someone(random.Random(seed))
    outlook = outlook_of(screener(), form, COURSE)
    assert outlook.next not in outlook.idle
    if outlook.assessment.undecided:
        assert outlook.next


def test_nothing_folds_away_while_nobody_has_answered():
    outlook = outlook_of(screener(), Form.begun(KNOWN), COURSE)
    assert not outlook.idle & {each.id for each in ASKED}


def test_an_answer_that_cannot_be_read_counts_as_unknown():
    fields = Form.begun(KNOWN).fields.having({"four_at": "x", "cfs_clinician": "5", "conditions.row": "{"})
    outlook = outlook_of(screener(), Form(KNOWN, fields), COURSE)
    assert outlook.assessment.scores["cfs"].value == 5
    assert "four_at" not in outlook.idle
