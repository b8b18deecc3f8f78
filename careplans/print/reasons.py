"""Why: the accepted suggestions numbered, each with its rule, its limits, the answers behind it and its sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from careplans.parts import CLINICIAN, PATHWAY, Action, Plan
from careplans.words import because_words
from engine.rules import RuleSet
from engine.texts import Texts
from engine.words import in_words
from rules.assessment import Finding
from rules.sources import source_title

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reasons:
    """What an action's reason points to: numbers by rule, letters by source, and each rule's limits in words."""

    numbers: Mapping[str, str]
    letters: Mapping[str, str]
    limits: Mapping[str, str]


def limits_in_words(ruleset: RuleSet, texts: Texts) -> Mapping[str, str]:
    """Return every rule's condition in words, with the limits in force."""
    return {rule.id: in_words(ruleset.written[rule.id], ruleset, texts) for rule in ruleset.rules}


def reasons_of(plan: Plan, limits: Mapping[str, str]) -> Reasons:
    """Number the accepted suggestions in order, and letter their sources."""
    sources = list(dict.fromkeys(source for finding in plan.accepted for source in finding.sources))
    return Reasons(
        numbers={finding.rule: str(count) for count, finding in enumerate(plan.accepted, start=1)},
        letters={source: _letter(place) for place, source in enumerate(sources)},
        limits=limits,
    )


def action_reasons(action: Action, reasons: Reasons, texts: Texts) -> list[str]:
    """Return the numbers that an action's reasons have, or words for what is no accepted suggestion."""
    return list(dict.fromkeys(_pointer(reason, reasons, texts) for reason in action.why))


def finding_view(finding: Finding, reasons: Reasons, texts: Texts) -> View:
    """Return an accepted suggestion with everything behind it."""
    return {
        **suggestion_view(finding, texts),
        "number": reasons.numbers[finding.rule],
        "limit": _capital(reasons.limits.get(finding.rule, "")),
        "because": because_words(finding, texts),
        "letters": [reasons.letters[source] for source in finding.sources],
    }


def suggestion_view(finding: Finding, texts: Texts) -> View:
    """Return a suggestion and its rule by name."""
    return {
        "suggests": texts(f"suggest.{finding.rule}"),
        "rule": texts(f"rule.{finding.rule}"),
        "strength": texts(f"plan.strength.{finding.strength}"),
        "confirm": finding.confirm,
    }


def sources_view(reasons: Reasons, texts: Texts) -> list[tuple[str, str]]:
    """Return each source once, with its letter."""
    return [(letter, source_title(source, texts.language)) for source, letter in reasons.letters.items()]


def _pointer(reason: str, reasons: Reasons, texts: Texts) -> str:
    if reason in (PATHWAY, CLINICIAN):
        return texts(f"plan.why.{reason}")
    return reasons.numbers.get(reason, texts("plan.why.open"))


def _letter(place: int) -> str:
    rounds, letter = divmod(place, len(ascii_lowercase))
    return ascii_lowercase[letter] * (rounds + 1)


def _capital(words: str) -> str:
    first = len(words) - len(words.lstrip("("))
    return words[:first] + words[first : first + 1].upper() + words[first + 1 :]
