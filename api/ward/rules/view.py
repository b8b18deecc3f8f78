"""What the pages of the rules show: chapters that can be searched, and one rule with everything it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from api.record.rule_use import Counted, Use
from api.rule_page import View, rule_view
from engine.conditions import Compare, Has, Holds, Is, walk
from engine.rules import Rule, RuleSet
from engine.texts import Texts
from rules.knowledge import ITEMS, REVIEWS
from rules.rule_words import RuleWords, rule_in_words
from rules.ruleset import CHAPTERS, to_confirm


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as the overview shows it; `use` is None while nobody has counted yet."""

    said: RuleWords
    confirm: bool
    local: bool
    checked: bool
    use: Use | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of rules."""

    id: str
    title: str
    rules: tuple[RuleRow, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a rule asks for; one that is counted from others is not asked of anyone."""

    id: str
    words: str
    asked: bool


@dataclass(frozen=True, slots=True)
class RulePage:
    """One rule: its row, the signed page's view of it, its facts, its neighbours and its chapter."""

    row: RuleRow
    view: View
    facts: tuple[Fact, ...]
    chapter: str
    before: RuleWords | None
    after: RuleWords | None


def chapters(ruleset: RuleSet, texts: Texts, *, counted: Counted | None, search: str = "") -> tuple[Chapter, ...]:
    """Return the chapters with the rules in which every searched word stands; a chapter without any is left out."""
    words = search.casefold().split()
    found = (
        Chapter(
            name,
            texts(f"catalogue.chapter.{name}"),
            tuple(row for row in _rows(name, ruleset, texts, counted) if _holds_all(row.said, words)),
        )
        for name in CHAPTERS
    )
    return tuple(chapter for chapter in found if chapter.rules)


def rule_page(rule: Rule, ruleset: RuleSet, texts: Texts, *, counted: Counted | None) -> RulePage:
    """Return a rule's page."""
    order = [each.id for each in ruleset.rules]
    following, preceding = dict(pairwise(order)), dict(pairwise(reversed(order)))
    chapter = next(name for name, rules in CHAPTERS.items() if any(each.id == rule.id for each in rules))
    written = {each.id: each for each in ruleset.rules}
    neighbours = (
        rule_in_words(written[other], ruleset, texts) if other else None
        for other in (preceding.get(rule.id), following.get(rule.id))
    )
    return RulePage(
        _row(rule, ruleset, texts, counted),
        rule_view(rule, ruleset, texts),
        facts_of(rule.id, ruleset, texts),
        texts(f"catalogue.chapter.{chapter}"),
        *neighbours,
    )


def facts_of(rule: str, ruleset: RuleSet, texts: Texts) -> tuple[Fact, ...]:
    """Return the facts that decide a rule, those of the rules it builds on too, in the order of the form."""
    items = dict.fromkeys(_items(rule, ruleset))
    in_order = sorted(items, key=list(ruleset.items).index)
    return tuple(Fact(item, texts(f"item.{item}"), item in ITEMS) for item in in_order)


def _items(clause: str, ruleset: RuleSet) -> Iterable[str]:
    for part in walk(ruleset.by_id[clause].when):
        if isinstance(part, Compare | Is | Has):
            yield part.item
        elif isinstance(part, Holds):
            yield from _items(part.id, ruleset)


def _rows(chapter: str, ruleset: RuleSet, texts: Texts, counted: Counted | None) -> Iterable[RuleRow]:
    written = {rule.id: rule for rule in ruleset.rules}
    return (_row(written[rule.id], ruleset, texts, counted) for rule in CHAPTERS[chapter])


def _row(rule: Rule, ruleset: RuleSet, texts: Texts, counted: Counted | None) -> RuleRow:
    return RuleRow(
        rule_in_words(rule, ruleset, texts),
        confirm=to_confirm(ruleset, rule.id),
        local=any(limit.local for limit in ruleset.limits_used[rule.id]),
        checked=rule.id in REVIEWS and REVIEWS[rule.id].checked_by is not None,
        use=counted.of(rule.id) if counted else None,
    )


def _holds_all(said: RuleWords, words: list[str]) -> bool:
    limits = (limit.words for limit in said.limits)
    text = " ".join((said.id, said.title, said.when, said.suggests, said.why or "", *limits)).casefold()
    return all(word in text for word in words)
