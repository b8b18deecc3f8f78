"""The rule set in force: every rule with its limits, and what a municipality or hospital has set for itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from engine.rules import RuleSet
from engine.thresholds import overlaid
from rules import discharge, frailty, treatment
from rules.knowledge import ITEMS, SCORE_ITEMS, SOURCES, THRESHOLDS, knowledge

VERSION = "1.0.0"
CHAPTERS = {"frailty": frailty.RULES, "treatment": treatment.RULES, "discharge": discharge.RULES}
RULES = tuple(rule for chapter in CHAPTERS.values() for rule in chapter)
DEFINITIONS = (*frailty.DEFINITIONS, *discharge.DEFINITIONS)


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is set locally: limits here; day offsets, contacts and lines of the discharge checklist for the plan."""

    name: str
    thresholds: Mapping[str, Any] = field(default_factory=dict)
    offsets: Mapping[str, int] = field(default_factory=dict)
    contacts: Mapping[str, str] = field(default_factory=dict)
    checklist: tuple[str, ...] = ()


@cache
def national() -> RuleSet:
    """Return the rule set with the limits of `data/thresholds.toml`."""
    return RuleSet(
        version=VERSION,
        items={**ITEMS, **SCORE_ITEMS},
        rules=RULES,
        definitions=DEFINITIONS,
        thresholds=THRESHOLDS,
        knowledge=knowledge(),
    )


def local(overlay: Overlay) -> RuleSet:
    """Return the rule set with an overlay's limits; an unknown name or an impossible value raises `InputError`."""
    base = national()
    return RuleSet(
        version=base.version,
        items=base.items,
        rules=base.rules,
        definitions=base.definitions,
        thresholds=overlaid(base.thresholds, overlay.thresholds, f"overlay {overlay.name}"),
        knowledge=base.knowledge,
        overlay=overlay.name,
    )


def to_confirm(ruleset: RuleSet, rule_id: str) -> bool:
    """Return whether a rule compares with a limit that is recalled and not yet read in its source."""
    return rule_id in ruleset.unconfirmed


def unsourced(ruleset: RuleSet) -> list[str]:
    """Return each source that a rule or a limit names and `data/sources.toml` lacks."""
    named = {source for rule in ruleset.rules for source in rule.sources}
    return sorted((named | {threshold.source for threshold in ruleset.thresholds.values()}) - set(SOURCES))
