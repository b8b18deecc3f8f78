"""The rule catalogue on the command line: every rule, one rule in full, and the check that all its parts are there."""

from __future__ import annotations

from collections.abc import Iterator

from engine.durable import lint
from engine.errors import RuleSetError
from engine.rules import Rule, RuleSet
from engine.texts import Texts
from engine.words import in_words
from rules.knowledge import ITEMS, REVIEWS
from rules.reviews import review_faults
from rules.rule_words import LimitWords, limit_words, rule_in_words
from rules.ruleset import to_confirm, unsourced


def listed(ruleset: RuleSet, texts: Texts) -> str:
    """Return one line a rule: its id, its title, and the mark of a limit to confirm."""
    return "".join(
        f"{rule.id:<28} {texts(f'rule.{rule.id}')}{_mark(ruleset, rule.id, texts)}\n" for rule in ruleset.rules
    )


def shown(rule_id: str, ruleset: RuleSet, texts: Texts) -> str:
    """Return a rule in words: when it holds, what it suggests, its limits and its sources."""
    return "\n".join(_lines(rule_id, ruleset, texts)) + "\n"


def check(ruleset: RuleSet, texts: Texts) -> str:
    """Return what was checked; raise `RuleSetError` naming the first review, source or text that is amiss."""
    for fault in review_faults([rule.id for rule in ruleset.rules], REVIEWS):
        raise RuleSetError(f"reviews.toml: {fault}")
    if lacking := unsourced(ruleset):
        raise RuleSetError(f"sources.toml: {lacking[0]} is named by a rule or a limit and not there. Add it.")
    for key in _needed(ruleset):
        texts(key)
    for written in ruleset.written.values():
        in_words(written, ruleset, texts)
    lint(ruleset)
    overlay = ruleset.overlay or "-"
    counts = f"rules {len(ruleset.rules)}, limits {len(ruleset.thresholds)}, items {len(ITEMS)}, overlay {overlay}"
    return f"OK: {counts}\n{ruleset.version} {ruleset.digest}\n"


def _lines(rule_id: str, ruleset: RuleSet, texts: Texts) -> Iterator[str]:
    clause = ruleset.by_id[rule_id]
    yield f"{rule_id}: {texts(f'rule.{rule_id}') if isinstance(clause, Rule) else texts(f'definition.{rule_id}')}"
    yield f"  {texts('catalogue.when')}: {in_words(ruleset.written[rule_id], ruleset, texts)}"
    said = rule_in_words(clause, ruleset, texts) if isinstance(clause, Rule) else None
    if said:
        yield f"  {texts('catalogue.suggests')}: {said.suggests} ({said.strength})"
    for limit in ruleset.limits_used[rule_id]:
        yield f"  {texts('catalogue.limit')}: {_limit(limit_words(limit, ruleset, texts), texts)}"
    if said:
        yield from (f"  {texts('catalogue.source')}: {texts(f'source.{source}')}" for source in said.sources)
        yield f"  {texts('catalogue.review')}: {said.review}"


def _limit(limit: LimitWords, texts: Texts) -> str:
    marks = "".join(f" [{mark}]" for mark in limit.marks)
    return f"{limit.words}{marks} ({texts(f'source.{limit.source}')})"


def _mark(ruleset: RuleSet, rule_id: str, texts: Texts) -> str:
    return f"  [{texts('confirm')}]" if to_confirm(ruleset, rule_id) else ""


def _needed(ruleset: RuleSet) -> Iterator[str]:
    for rule in ruleset.rules:
        yield from (f"rule.{rule.id}", f"suggest.{rule.id}", *(f"source.{source}" for source in rule.sources))
    for item in ITEMS.values():
        yield from (f"item.{item.id}", f"question.{item.id}")
        if item.kind in ("choice", "set"):
            yield from (f"answer.{item.id}.{code}" for code in item.codes)
