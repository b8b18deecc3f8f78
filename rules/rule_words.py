"""A rule in words: all that a geriatrician reads before signing it, for command line, catalogue and page."""

from __future__ import annotations

from dataclasses import dataclass

from engine.rules import Rule, RuleSet
from engine.texts import Texts
from engine.thresholds import Threshold
from engine.words import in_words, limit_in_words
from rules.knowledge import REVIEWS, SOURCES, Review
from rules.sources import source_title


@dataclass(frozen=True, slots=True)
class LimitWords:
    """A limit in force; `marks` say whether it waits to be confirmed in its source, and whether it is set locally."""

    words: str
    unit: str
    source: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule's parts; `sources` are ids, `why` is None where the offer speaks for itself."""

    id: str
    title: str
    when: str
    suggests: str
    strength: str
    why: str | None
    limits: tuple[LimitWords, ...]
    sources: tuple[str, ...]
    review: str


def rule_in_words(rule: Rule, ruleset: RuleSet, texts: Texts) -> RuleWords:
    """Return a rule with the limits in force."""
    why = f"why.{rule.id}"
    return RuleWords(
        id=rule.id,
        title=texts(f"rule.{rule.id}"),
        when=in_words(ruleset.written[rule.id], ruleset, texts),
        suggests=texts(f"suggest.{rule.id}"),
        strength=texts(f"strength.{rule.suggest.strength}"),
        why=texts(why) if why in texts else None,
        limits=tuple(limit_words(limit, ruleset, texts) for limit in ruleset.limits_used[rule.id]),
        sources=rule.sources,
        review=review_in_words(REVIEWS.get(rule.id), texts),
    )


def limit_words(limit: Threshold, ruleset: RuleSet, texts: Texts) -> LimitWords:
    """Return a limit with its number, its unit and its marks."""
    marks = {texts("confirm"): limit.confirm, texts("catalogue.local"): limit.local}
    return LimitWords(
        words=limit_in_words(limit.name, ruleset, texts),
        unit=texts(f"unit.{limit.unit}"),
        source=limit.source,
        marks=tuple(mark for mark, stands in marks.items() if stands),
    )


def review_in_words(review: Review | None, texts: Texts) -> str:
    """Return who wrote a rule, who has checked it and when it is read again; a rule without a review says so."""
    if review is None:
        return texts("review.none")
    said = [texts("review.written", who=review.written_by, on=review.written_on)]
    if review.checked_by and review.checked_on:
        said.append(texts("review.checked", who=review.checked_by, on=review.checked_on))
    else:
        said.append(texts("review.not_checked"))
    return "; ".join((*said, texts("review.again", by=review.again_by)))


def reference(source: str, language: str) -> str:
    """Return a source as it is cited in a language, with its doi where there is one."""
    doi = SOURCES[source].get("doi")
    return source_title(source, language) + (f", doi:{doi}" if doi else "")
