"""The specification's cases for the rules, as they are shipped: `tests/spec` owns them and writes the file anew."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache

from engine.texts import Texts
from rules.case_words import Known, known_in_words
from rules.knowledge import DATA

FILE = DATA / "spec_cases.json"
OUTCOMES = ("holds", "does_not", "unknown")
WRITTEN_IN = "nb"
"""The language of the titles; in another a case is told by what is known of the person."""


@dataclass(frozen=True, slots=True)
class SpecCase:
    """Someone of whom this is known, and how a rule comes out; `missing` could settle an undecided one."""

    rule: str
    outcome: str
    title: str
    known: Known
    missing: tuple[str, ...] = ()


@cache
def spec_cases() -> tuple[SpecCase, ...]:
    """Return the cases that are shipped."""
    rows = json.loads(FILE.read_text("utf-8"))
    return tuple(SpecCase(**{**row, "missing": tuple(row["missing"])}) for row in rows)


def as_file(cases: Sequence[SpecCase]) -> str:
    """Return the content of the file, one case a line."""
    lines = ",\n".join(json.dumps(asdict(each), ensure_ascii=False) for each in cases)
    return f"[\n{lines}\n]\n"


def missing_in_words(case: SpecCase, texts: Texts) -> str:
    """Return which answers could settle an undecided case, or nothing."""
    named = ", ".join(texts(f"item.{item}") for item in case.missing)
    return texts("catalogue.missing", items=named) if named else ""


def told(case: SpecCase, texts: Texts) -> str:
    """Return the case by its title, or in another language than the title's by what is known."""
    return case.title if texts.language == WRITTEN_IN else known_in_words(case.known, texts)
