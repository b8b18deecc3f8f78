"""An error in the reader's language: the place, the reason, the remedy, in one line."""

from __future__ import annotations

import re

from engine.errors import Refusal
from engine.texts import Texts
from engine.words import number

LINE = re.compile(r"line (?P<line>\d+)(?: column (?P<column>\d+))?")


def refusal_in_words(error: Refusal, texts: Texts) -> str:
    """Return what is wrong, where, and what mends it."""
    place = f"{place_in_words(error.where, texts)}: " if error.where else ""
    more = (
        " " + texts("refusal.more", count=_value("more", error.values["more"], texts)) if "more" in error.values else ""
    )
    return f"{place}{fault_in_words(error, texts)}{more}"


def fault_in_words(error: Refusal, texts: Texts) -> str:
    """Return what is wrong and what mends it, for a page that says it beside the place."""
    values = {name: _value(name, value, texts) for name, value in error.values.items()}
    reason, remedy = (texts(f"refused.{error.code}.{part}", **values) for part in ("reason", "remedy"))
    return f"{reason}. {remedy}"


def place_in_words(where: str, texts: Texts) -> str:
    """Return a place as it is shown: lines and whole documents in words, every other path as it is written."""
    if f"refusal.place.{where}" in texts:
        return texts(f"refusal.place.{where}")
    found = LINE.match(where)
    if not found:
        return where
    kind = "column" if found["column"] else "line"
    return texts(f"refusal.place.{kind}", **found.groupdict()) + where[found.end() :]


def _value(name: str, value: object, texts: Texts) -> str:
    if name == "unit":
        return texts(f"unit.{value}")
    if isinstance(value, int | float):
        return number(value, texts)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
