"""The rule catalogue as a page to sign: what it shows, in words, and the page as HTML and PDF."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from careplans.print.document import to_pdf
from careplans.print.pages import FOLDER as PRINTS
from careplans.words import date_words
from engine.rules import Rule, RuleSet, short_digest
from engine.texts import Texts
from engine.words import number
from rules.case_words import known_in_words
from rules.knowledge import REVIEWS
from rules.rule_words import RuleWords, reference, rule_in_words
from rules.ruleset import CHAPTERS, to_confirm
from rules.spec_cases import OUTCOMES, WRITTEN_IN, SpecCase, missing_in_words, spec_cases

View = dict[str, Any]
FOLDER = Path(__file__).parent
SHEET = FOLDER / "style" / "rules.css"
FORMATS = (".html", ".pdf")


def rendered(suffix: str, ruleset: RuleSet, texts: Texts, *, printed: date) -> bytes:
    """Return the page as a file's bytes, by the file's ending."""
    if suffix == ".pdf":
        return to_pdf(_html(ruleset, texts, printed=printed, style=None), SHEET)
    return _html(ruleset, texts, printed=printed, style=Markup(SHEET.read_text("utf-8"))).encode()  # noqa: S704 our own


def _html(ruleset: RuleSet, texts: Texts, *, printed: date, style: Markup | None) -> str:
    view = rule_page_view(ruleset, texts, printed=printed)
    return _template().render(view=view, t=texts, style=style, stylesheet=None)


@cache
def _template() -> Template:
    loader = FileSystemLoader((FOLDER / "pages", PRINTS))
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return pages.get_template("rules.html.jinja")


def rule_page_view(ruleset: RuleSet, texts: Texts, *, printed: date) -> View:
    """Return what the page shows: the rule set, the principles, and every rule by chapter."""
    written = {rule.id: rule for rule in ruleset.rules}
    return {
        "ruleset": f"{ruleset.version} · {short_digest(ruleset.digest)}",
        "printed": date_words(printed, texts),
        "about": _about(ruleset, texts),
        "age": number(ruleset.limits["validated_from_age"], texts),
        "chapters": [
            (texts(f"catalogue.chapter.{name}"), [rule_view(written[rule.id], ruleset, texts) for rule in rules])
            for name, rules in CHAPTERS.items()
        ],
    }


def _about(ruleset: RuleSet, texts: Texts) -> list[tuple[str, str]]:
    ids = [rule.id for rule in ruleset.rules]
    checked = sum(1 for rule in ids if rule in REVIEWS and REVIEWS[rule].checked_by)
    facts = {
        "sheet.ruleset": ruleset.version,
        "sheet.rules": str(len(ids)),
        "sheet.checked": str(checked),
        "sheet.to_confirm": str(sum(1 for rule in ids if to_confirm(ruleset, rule))),
        "sheet.overlay": ruleset.overlay or texts("catalogue.none"),
        "sheet.digest": ruleset.digest,
    }
    return [(texts(key), value) for key, value in facts.items()]


def rule_view(rule: Rule, ruleset: RuleSet, texts: Texts) -> View:
    """Return a rule with its limits and sources lettered, and the cases it is tried with."""
    said = rule_in_words(rule, ruleset, texts)
    letters = _letters(said)
    return {
        "said": said,
        "confirm": to_confirm(ruleset, rule.id),
        "limits": [(limit, letters[limit.source]) for limit in said.limits],
        "sources": [(letter, reference(source, texts.language)) for source, letter in letters.items()],
        "cases": [(texts(f"catalogue.outcome.{outcome}"), _cases(rule.id, outcome, texts)) for outcome in OUTCOMES],
    }


def _letters(said: RuleWords) -> Mapping[str, str]:
    """Letter the rule's sources and those of its limits, in the order they are first named."""
    named = dict.fromkeys((*said.sources, *(limit.source for limit in said.limits)))
    return dict(zip(named, ascii_lowercase, strict=False))


def _cases(rule: str, outcome: str, texts: Texts) -> list[View]:
    return [_case(each, texts) for each in spec_cases() if (each.rule, each.outcome) == (rule, outcome)]


def _case(each: SpecCase, texts: Texts) -> View:
    title = each.title if texts.language == WRITTEN_IN else None
    return {"title": title, "known": known_in_words(each.known, texts), "missing": missing_in_words(each, texts)}
