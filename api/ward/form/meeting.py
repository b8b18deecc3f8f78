"""Two people on one screening: what the other changed is put together with one's own answers, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from api.record.screenings import versions
from api.ward.form.content import same_rows
from api.ward.form.fields import Fields
from api.ward.form.form import Form
from api.ward.form.known import Known
from api.ward.form.reading import LISTS, Row, fields_of, fields_of_rows, lines
from careplans.course.state import Course
from forms.model import read_case
from rules.case import Answer, Case
from rules.knowledge import ITEMS


@dataclass(frozen=True, slots=True)
class Difference:
    """An item that the other answered: `kept` where one's own answer stands beside it, else theirs was taken."""

    item: str
    theirs: object
    mine: object
    kept: bool


@dataclass(frozen=True, slots=True)
class Met:
    """The form after it was put together, and what the other had changed."""

    form: Form
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Start:
    """The case that a form began from, read and as it came; an empty one where there was none."""

    case: Case = field(default_factory=Case)
    content: Mapping[str, Any] = field(default_factory=dict, repr=False)


def start_of(connection: Connection, course: Course, base: str) -> Start:
    """Return the case behind an assessment of the patient, which may since have been corrected."""
    for screening in course.screenings:
        if base in (screening.assessment, *screening.versions):
            stored = next(each for each in versions(connection, screening.id) if each.assessment == base)
            content = json.loads(stored.inputs)
            return Start(read_case(content), content)
    return Start()


def meet(known: Known, fields: Fields, start: Start) -> Met:
    """Return one's own form over what the other stored: theirs where one had changed nothing, else one's own."""
    form, fresh = Form(known, fields), Form.begun(known)
    found: list[Difference] = []
    for item in ITEMS:
        difference = _of_list(item, form, fresh, start) if item in LISTS else _of_answer(item, form, fresh, start)
        if difference is None:
            continue
        found.append(difference)
        if not difference.kept:
            form = Form(known, form.fields.having(_theirs(item, fresh)))
    return Met(form, tuple(found))


def same_answers(one: Form, other: Form) -> bool:
    """Return whether two forms say the same, so that storing both would store one thing twice."""
    lists = all(same_rows(_rows(one, name), _rows(other, name)) for name in LISTS)
    return lists and not one.said.wrong and one.said.answers == other.said.answers


def _of_answer(item: str, form: Form, fresh: Form, start: Start) -> Difference | None:
    then, theirs, mine = start.case.answers.get(item), fresh.known.answer(item), _answer(form, item)
    if theirs in (then, mine) or item in fresh.known.hidden:
        return None
    return Difference(item, theirs, mine, kept=mine != then)


def _of_list(item: str, form: Form, fresh: Form, start: Start) -> Difference | None:
    then, theirs, mine = start.content.get(item), _rows(fresh, item), _rows(form, item)
    if same_rows(theirs, then) or same_rows(theirs, mine):
        return None
    return Difference(item, _count(theirs), _count(mine), kept=not same_rows(mine, then))


def _theirs(item: str, fresh: Form) -> dict[str, str | list[str]]:
    if item in LISTS:
        return fields_of_rows(item, _rows(fresh, item))
    return dict(fields_of(item, fresh.known.answer(item)))


def _answer(form: Form, item: str) -> Answer | None:
    return form.said.answers.get(item)


def _rows(form: Form, name: str) -> list[Row] | None:
    return lines(name, form.fields) if form.fields.one(name) else None


def _count(rows: list[Row] | None) -> int | None:
    return None if rows is None else len(rows)
