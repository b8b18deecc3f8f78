"""Reads the answers in the fields, and writes answers as fields: unknown is an empty field, both ways."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.ward.form.fields import Fields
from api.ward.form.questions import widget
from engine.errors import InputError
from engine.facts import SetAnswer
from engine.items import Item
from rules.case import Answer
from rules.knowledge import ITEMS

YES, NO = "yes", "no"
LISTS = tuple(item.id for item in ITEMS.values() if item.kind == "list")
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,6}")
Row = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What the fields say: the answers, and what is wrong by item."""

    answers: Mapping[str, Answer]
    wrong: Mapping[str, InputError] = field(default_factory=dict)


def read_answers(fields: Fields) -> Said:
    """Return the answers in the fields; one that cannot be is told by its item and counts as unknown."""
    answers: dict[str, Answer] = {}
    wrong: dict[str, InputError] = {}
    for item in ITEMS.values():
        try:
            answer = _answer(item, fields)
        except InputError as error:
            wrong[item.id] = error
            continue
        if answer is not None:
            answers[item.id] = answer
    return Said(answers, wrong)


def fields_of(item: str, answer: Answer | None) -> dict[str, str]:
    """Return an answer as its fields; None empties them."""
    kind = ITEMS[item].kind
    if kind == "set":
        held = answer if isinstance(answer, SetAnswer) else SetAnswer(frozenset(), frozenset())
        return {f"{item}.{code}": _yes_or_no(code in held.yes, code in held.no) for code in ITEMS[item].codes}
    if kind == "text":
        coded = answer in ITEMS[item].codes
        return {item: "" if coded else str(answer or ""), f"{item}.said": str(answer) if coded else ""}
    if isinstance(answer, bool):
        return {item: _yes_or_no(answer, not answer)}
    return {item: "" if answer is None else str(answer)}


def rows_of(name: str, fields: Fields) -> list[Row] | None:
    """Return the lines of a list that someone says is whole; None where nobody has looked."""
    rows = _rows(name, fields)
    if fields.one(name) == "whole":
        return rows
    if rows:
        raise InputError(name, "list_not_said_whole")
    return None


def fields_of_rows(name: str, rows: list[Row] | None) -> dict[str, str | list[str]]:
    """Return a list as its fields."""
    main = next((place for place, row in enumerate(rows or ()) if row.get("main")), None)
    return {
        name: "" if rows is None else "whole",
        f"{name}.row": [json.dumps(row, ensure_ascii=False) for row in rows or ()],
        f"{name}.main": "" if main is None else str(main),
    }


def lines(name: str, fields: Fields) -> list[Row]:
    """Return the lines of a list as they are written, whole or not; one that cannot be read is left out."""
    texts = [text for text in fields.all(f"{name}.row") if _parsed(text) is not None]
    return _rows(name, fields.having({f"{name}.row": texts}))


def as_content(answer: Answer) -> object:
    """Return an answer as a case writes it."""
    if isinstance(answer, SetAnswer):
        return {code: code in answer.yes for code in sorted(answer.yes | answer.no)}
    return answer


def _answer(item: Item, fields: Fields) -> Answer | None:
    match widget(item):
        case "set":
            return _set(item, fields)
        case "scale" | "number":
            return _number(item, fields.one(item.id))
        case "text":
            said = fields.one(f"{item.id}.said")
            return said if said in item.codes else fields.one(item.id) or None
        case "list":
            return None
    said = fields.one(item.id)
    if item.kind == "yes_no":
        return {YES: True, NO: False}.get(said)
    if said and said not in item.codes:
        raise InputError("", "not_an_allowed_answer", allowed=list(item.codes))
    return said or None


def _set(item: Item, fields: Fields) -> SetAnswer | None:
    said = {code: fields.one(f"{item.id}.{code}") for code in item.codes}
    yes, no = (frozenset(code for code, each in said.items() if each == word) for word in (YES, NO))
    return SetAnswer(yes, no) if yes or no else None


def _number(item: Item, text: str) -> int | None:
    if not text:
        return None
    if not WHOLE_NUMBER.fullmatch(text):
        raise InputError("", "not_counted")
    number, low, high = int(text), item.low or 0, item.high or 0
    if number < low:
        raise InputError("", "number_under", limit=low)
    if number > high:
        raise InputError("", "number_over", limit=high)
    return number


def _rows(name: str, fields: Fields) -> list[Row]:
    rows = [_row(name, text) for text in fields.all(f"{name}.row") if text.strip()]
    if name != "conditions":
        return rows
    main = fields.one(f"{name}.main")
    return [_with_main(row, main == str(place)) for place, row in enumerate(rows)]


def _row(name: str, text: str) -> Row:
    row = _parsed(text)
    if row is None:
        raise InputError(name, "line_unreadable")
    return row


def _parsed(text: str) -> Row | None:
    try:
        row = json.loads(text, parse_constant=_refused)
        json.dumps(row, ensure_ascii=False).encode()  # half a sign cannot be stored
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _refused(constant: str) -> None:
    """Refuse NaN and Infinity, which JSON does not have."""
    raise ValueError(constant)


def _with_main(row: Row, main: bool) -> Row:  # the one thing it is about
    return {name: value for name, value in row.items() if name != "main"} | ({"main": True} if main else {})


def _yes_or_no(yes: bool, no: bool) -> str:  # a pair
    return YES if yes else NO if no else ""
