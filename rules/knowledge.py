"""Reads the knowledge that is kept as data: items, limits, sources, code sets, the CFS tree, the score tables."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from engine.errors import RuleSetError
from engine.items import Item, read_items
from engine.thresholds import Threshold, read_thresholds

DATA = Path(__file__).parent / "data"


def table(name: str) -> dict[str, Any]:
    """Return a TOML file of `rules/data`."""
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows of a CSV file of `rules/data`."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _items() -> tuple[dict[str, Item], dict[str, Item]]:
    read = table("items")
    return read_items(read["item"]), read_items(read["score"])


ITEMS, SCORE_ITEMS = _items()
"""What a person can be asked for, in the order of the form; and the numbers that scores give to the rules."""

THRESHOLDS: dict[str, Threshold] = read_thresholds(table("thresholds"))
SOURCES: dict[str, Mapping[str, str]] = table("sources")
TREATMENT: dict[str, Any] = table("treatment")
ITEM_ORDER = {item: place for place, item in enumerate(ITEMS)}


def in_form_order(items: Iterable[str]) -> tuple[str, ...]:
    """Return items in the order in which they are asked."""
    return tuple(sorted(items, key=ITEM_ORDER.__getitem__))


@dataclass(frozen=True, slots=True)
class Review:
    """Who wrote a rule and who has checked it; `checked_by` is None while no clinician has read it in full."""

    written_by: str
    written_on: date
    again_by: date
    checked_by: str | None = None
    checked_on: date | None = None


def read_reviews(table: Mapping[str, Mapping[str, Any]]) -> dict[str, Review]:
    """Return the reviews of a `reviews.toml` by rule; a missing field is an error that names the rule."""
    found = {}
    for rule, row in table.items():
        try:
            found[rule] = Review(**row)
        except TypeError as wrong:
            raise RuleSetError(f"reviews.toml: {rule}: {wrong}. Give written_by, written_on and again_by.") from None
    return found


REVIEWS: dict[str, Review] = read_reviews(table("reviews"))


@dataclass(frozen=True, slots=True)
class CodeSet:
    """A set of codes by prefix: in it is what starts with one of `prefixes` and with none of `without`."""

    prefixes: tuple[str, ...]
    without: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> CodeSet:
        """Return the set written as `A|B!C`: A, and B less C."""
        parts = [part.split("!") for part in text.split("|") if part]
        return cls(tuple(part[0] for part in parts), tuple(less for part in parts for less in part[1:]))

    def __contains__(self, code: str) -> bool:
        return code.startswith(self.prefixes) and not (self.without and code.startswith(self.without))


CODE_SETS: dict[str, CodeSet] = {
    name: CodeSet.parse(text)
    for group in table("code_sets").values()
    for name, text in group.items()
    if name != "source"
}


def knowledge() -> dict[str, Any]:
    """Return all data behind the scores, for the rule set's digest."""
    read = {path.name: path.read_text("utf-8") for path in sorted(DATA.glob("*.csv"))}
    return read | {name: table(name) for name in ("cfs_tree", "code_sets", "sources", "treatment")}
