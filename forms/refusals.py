"""What the input model refuses: the place and a code for the reason, and never what was written there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from engine.errors import InputError
from rules.knowledge import ITEMS

QUOTED = re.compile(r"'([^']*)'")
PLAIN_KEY = re.compile(r"[a-z_][a-z_0-9]{0,40}")
MOST_ENTRIES = 2_000


def refused(code: str, /, **values: object) -> PydanticCustomError:
    """Return a refusal by its code, to raise inside a validator; pydantic adds the place, `within` what is in it."""
    return PydanticCustomError("refused", "refused", {"code": code, "values": values})


def refuse_too_many(content: object) -> None:
    """Refuse a list or an object that is longer than any case's, before each entry is looked at and reported."""
    waiting = [content]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list | dict):
            if len(part) > MOST_ENTRIES:
                raise InputError("the case", "too_many_entries", most=MOST_ENTRIES)
            waiting.extend(part.values() if isinstance(part, dict) else part)


def as_input_error(wrong: ValidationError) -> InputError:
    """Return the first thing that is wrong as an `InputError`, counting how many `more` there are."""
    errors = wrong.errors(include_url=False, include_input=False)
    first = min(errors, key=lambda error: error["type"] != "extra_forbidden")
    code, coded = _coded(first)
    values: dict[str, Any] = dict(coded)
    where = _place((*first["loc"], *values.pop("within", ())))
    more = {"more": len(errors) - 1} if len(errors) > 1 else {}
    return InputError(where, code, **values, **more)


BY_PYDANTIC = {
    "greater_than_equal": "number_under",
    "less_than_equal": "number_over",
    "greater_than": "number_not_over",
    "literal_error": "not_an_allowed_answer",
}
BY_START = {
    "bool": "not_true_or_false",
    "int": "not_whole_number",
    "float": "not_number",
    "finite": "not_finite_number",
    "string": "not_allowed_text",
    "list": "not_list",
    "dict": "not_object",
    "model": "not_object",
    "date": "not_date_or_time",
    "time": "not_date_or_time",
    "value_error": "not_date_or_time",
}
CODES = frozenset({*BY_PYDANTIC.values(), *BY_START.values(), "not_possible", "key_unknown", "key_near", "key_on_top"})


def _coded(error: ErrorDetails) -> tuple[str, Mapping[str, object]]:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "refused":
        return context["code"], context["values"]
    if kind == "extra_forbidden":
        return _nearest(error["loc"])
    if kind == "too_long":
        return "too_many_entries", {"most": context["max_length"]}
    if kind in BY_PYDANTIC:
        return BY_PYDANTIC[kind], _limits(context)
    return next((code for start, code in BY_START.items() if kind.startswith(start)), "not_possible"), {}


def _limits(context: Mapping[str, Any]) -> Mapping[str, object]:
    if "expected" in context:
        return {"allowed": QUOTED.findall(context["expected"])}
    return {"limit": next(context[key] for key in ("ge", "le", "gt") if key in context)}


def _nearest(place: Sequence[str | int]) -> tuple[str, Mapping[str, object]]:
    asked = ITEMS.get(str(place[-1]))
    if asked and asked.kind == "list":
        return "key_on_top", {"key": asked.id}
    names = [item.id for item in ITEMS.values() if item.kind != "list"] if "answers" in place else []
    close = difflib.get_close_matches(str(place[-1]), names, n=1)
    return ("key_near", {"key": close[0]}) if close else ("key_unknown", {})


def _place(place: Sequence[str | int]) -> str:
    """Return the path; a key that is no plain word may hold anything, and is not repeated."""
    found = ""
    for part in place:
        if isinstance(part, int):
            found += f"[{part}]"
        elif PLAIN_KEY.fullmatch(part):
            found += f".{part}" if found else part
    return found or "case"
