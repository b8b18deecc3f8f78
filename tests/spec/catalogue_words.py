"""How the catalogue says a case, a limit, a source and a mark, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from engine.texts import Texts
from rules.case_words import known_in_words, known_of
from rules.rule_words import LimitWords
from rules.ruleset import national
from rules.spec_cases import WRITTEN_IN, SpecCase
from tests.spec.people import ON
from tests.spec.statements import RuleCase, ScoreCase, WholeCase

RULESET = national()


def shipped(each: RuleCase) -> SpecCase:
    """Return a rule's case as it is shipped."""
    return SpecCase(each.rule, each.outcome, each.title, known_of(each.case, ON), each.missing or ())


def told(each: ScoreCase | WholeCase, texts: Texts) -> str:
    """Return a case by its title, or in another language than the title's by what is known."""
    return each.title if texts.language == WRITTEN_IN else known_in_words(known_of(each.case, ON), texts)


def limit_line(limit: LimitWords) -> str:
    """Return a limit with its marks, unit and source."""
    return f"{limit.words}{marked(limit.marks)} ({limit.unit}; {cited(limit.source)})"


def marked(marks: Iterable[str]) -> str:
    """Return marks in bold brackets."""
    return "".join(f" **[{mark}]**" for mark in marks)


def cited(source: str) -> str:
    """Return a link to a source."""
    return f"[{source}](#kilde-{source})"


def heading(text: str, *, level: int = 2) -> str:
    """Return a heading."""
    return f"{'#' * level} {text}"


def labelled(label: str, text: str) -> str:
    """Return a paragraph with its label in bold."""
    return f"**{label}:** {text}"
