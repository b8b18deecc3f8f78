"""`retthjem rules diff OLD NEW`: what differs between two rule sets, in words, and what that does to an extract."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api.files import print_out
from api.screening import read_overlay
from engine.comparison import Change, compare
from engine.errors import InputError, RuleSetError
from engine.items import Item
from engine.rules import RuleSet, short_digest
from engine.snapshot import from_snapshot
from engine.texts import Texts
from engine.thresholds import Threshold
from engine.words import in_words, number
from rules.ruleset import local, national

NATIONAL = "national"


def named_ruleset(name: str) -> RuleSet:
    """Return the rule set by its name: `national`, an overlay (.toml), or one kept with `rules export` (.json)."""
    if name == NATIONAL:
        return national()
    if name.endswith(".toml"):
        return local(read_overlay(Path(name)))
    try:
        kept: Any = json.loads(Path(name).read_text("utf-8"))
        return from_snapshot(kept)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuleSetError):
        raise InputError("rules diff", "not_a_kept_rule_set") from None


def run_diff(arguments: Namespace, texts: Texts) -> None:
    """Print what differs between the two that are named and, of an extract, what that does to its people."""
    old, new = map(named_ruleset, arguments.names)
    if arguments.extract is None:
        print_out(told(old, new, texts))
        return
    from api.population_commands import request_of
    from api.rule_effects import effects_json, effects_told
    from population.changed import changed

    request = request_of(arguments.extract, arguments.on, key_file=arguments.key_file)
    found = changed(request, old, new)
    if arguments.json:
        print_out(effects_json(found, (old, new), request.on))
    else:
        print_out(told(old, new, texts) + effects_told(found, texts, request.on))


def told(old: RuleSet, new: RuleSet, texts: Texts) -> str:
    """Return each difference on lines of its own, or that there is none."""
    changes = compare(old, new)
    head = texts("diff.head", old=_name(old), new=_name(new))
    lines = [line for change in changes for line in _lines(change, (old, new), texts)]
    return "\n".join((head, *(lines or [texts("diff.none")]))) + "\n"


def _name(ruleset: RuleSet) -> str:
    return f"{ruleset.overlay or NATIONAL} {ruleset.version} {short_digest(ruleset.digest)}"


def _lines(change: Change, pair: tuple[RuleSet, RuleSet], texts: Texts) -> Iterator[str]:
    yield f"* {texts(f'diff.{change.what}')} {change.id}: {texts(f'diff.{change.kind}')}"
    before, after = (_part(change, ruleset, texts) for ruleset in pair)
    if change.kind not in {"added", "removed", "content"}:
        yield f"    {texts('diff.before')}: {before}"
        yield f"    {texts('diff.after')}: {after}"
    if change.reaches:
        yield f"    {texts('diff.reaches')}: {', '.join(change.reaches)}"


def _part(change: Change, ruleset: RuleSet, texts: Texts) -> str:
    if change.what == "limit" and change.id in ruleset.thresholds:
        return _limit_part(change.kind, ruleset.thresholds[change.id], texts)
    match change.kind:
        case "condition":
            return in_words(ruleset.written[change.id], ruleset, texts)
        case "suggestion" | "sources":
            (rule,) = (rule for rule in ruleset.rules if rule.id == change.id)
            suggests = f"{rule.suggest.target} ({texts(f'strength.{rule.suggest.strength}')})"
            return suggests if change.kind == "suggestion" else ", ".join(rule.sources)
        case "answers":
            return _answers(ruleset.items[change.id])
    return ""


def _limit_part(kind: str, limit: Threshold, texts: Texts) -> str:
    if kind == "bounds":
        return f"{number(limit.low, texts)}–{number(limit.high, texts)}"
    if kind == "sources":
        return limit.source + (f" [{texts('confirm')}]" if limit.confirm else "")
    return f"{number(limit.value, texts)} {texts(f'unit.{limit.unit}')}"


def _answers(item: Item) -> str:
    return ", ".join(item.codes) or f"{item.kind} {item.low}–{item.high}"
