"""What the input model refuses, in one line: the place, the reason, the remedy, and never what was written there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from engine.errors import InputError
from rules.knowledge import ITEMS

EARLIEST_YEAR = 1900
PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z_0-9]{0,40}")
Dated = TypeVar("Dated", bound=date)


class Refused(PydanticCustomError):
    """A refusal in our own words, raised inside a validator."""

    def __new__(cls, reason: str, remedy: str) -> Refused:
        """Return the refusal; pydantic adds the place."""
        return super().__new__(cls, "refused", "refused", {"reason": reason, "remedy": remedy})


def dated_after_1900(day: Dated) -> Dated:
    """Return the date, or refuse one from the 1800s or earlier."""
    if day.year < EARLIEST_YEAR:
        raise Refused(f"the date is before {EARLIEST_YEAR}", "Mend the year, or leave it out if it is unknown.")
    return day


def as_input_error(wrong: ValidationError) -> InputError:
    """Return the first thing that is wrong as an `InputError`, saying how many more there are."""
    errors = wrong.errors(include_url=False, include_input=False)
    first = min(errors, key=lambda error: error["type"] != "extra_forbidden")
    reason, remedy = _in_words(first)
    more = f" ({len(errors) - 1} more like it may follow.)" if len(errors) > 1 else ""
    return InputError(_place(first["loc"]), reason, remedy + more)


def _in_words(error: ErrorDetails) -> tuple[str, str]:
    context: Mapping[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "refused":
            return str(context["reason"]), str(context["remedy"])
        case "extra_forbidden":
            return "there is no such key", _nearest(error["loc"])
        case "greater_than_equal" | "less_than_equal" | "greater_than":
            return "the number is outside what is possible", _bound(error["type"], context)
        case "literal_error":
            return "the answer is not one of the possible ones", f"Write {context['expected']}."
        case kind if kind.startswith(("bool", "int", "float", "string", "list", "dict", "model", "finite")):
            return "the value is of the wrong kind", f"Write {_kind(kind)}, or leave it out if it is unknown."
        case kind if "date" in kind or kind == "value_error":
            return "the value is not a date or time", "Write it like 2026-11-16 or 2026-11-16T14:10:00+01:00."
        case _:
            return "the value is not possible", "See the contract for what may stand here."


def _bound(kind: str, context: Mapping[str, Any]) -> str:
    words = {
        "greater_than_equal": ("at least", "ge"),
        "less_than_equal": ("at most", "le"),
        "greater_than": ("over", "gt"),
    }
    word, key = words[kind]
    return f"Write a number {word} {context[key]:g}, or leave it out if it is unknown."


def _kind(kind: str) -> str:
    starts = {
        "bool": "true or false, without quotation marks",
        "int": "a whole number, without quotation marks",
        "float": "a number, without quotation marks",
        "finite": "a finite number",
        "string": "a text of the length and form allowed",
        "list": "a list",
        "dict": "an object",
        "model": "an object",
    }
    return next(words for start, words in starts.items() if kind.startswith(start))


def _nearest(place: Sequence[str | int]) -> str:
    asked = ITEMS.get(str(place[-1]))
    if asked and asked.kind == "list":
        return f"Write {asked.id} at the top of the case, beside answers."
    names = [item.id for item in ITEMS.values() if item.kind != "list"] if "answers" in place else []
    close = difflib.get_close_matches(str(place[-1]), names, n=1)
    return f"Did you mean {close[0]}?" if close else "Remove it, or mend its name after the contract."


def _place(place: Sequence[str | int]) -> str:
    """Return the path; a key that is no plain word may hold anything, and is not repeated."""
    found = ""
    for part in place:
        if isinstance(part, int):
            found += f"[{part}]"
        elif PLAIN_KEY.fullmatch(part):
            found += f".{part}" if found else part
    return found or "the case"
