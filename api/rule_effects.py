"""`retthjem rules diff OLD NEW --extract FOLDER`: what the difference does to a population, in words and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from engine.rules import RuleSet
from engine.texts import Texts
from engine.words import number
from population.changed import ABSENT, SIDES, WORK, Changed, Example, Pair, as_json
from population.changed_facts import Fact
from population.routed import OUTCOMES
from rules.case_words import known_in_words

SCHEMA = "retthjem/rule-effects/1"
ASSUMPTIONS = ("same_people", "unknown_stays_unknown", "first_suggested", "own_tables", "no_cause")
"""What a count of this kind takes for granted, by the ids of the texts that say so."""


def effects_json(found: Changed, pair: tuple[RuleSet, RuleSet], on: date) -> str:
    """Return all that was counted as JSON, with what it was made by and what it takes for granted."""
    made_by: dict[str, object] = {
        side: {"version": each.version, "digest": each.digest, "overlay": each.overlay}
        for side, each in zip(SIDES, pair, strict=True)
    }
    told = {"schema": SCHEMA, **made_by, "day": on.isoformat(), **as_json(found), "assumptions": ASSUMPTIONS}
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def effects_told(found: Changed, texts: Texts, on: date) -> str:
    """Return what was counted in words: rules, tracks, what there is to do, and examples of those who are moved."""
    lines = [
        "",
        texts("effects.head", day=on.isoformat()),
        texts("effects.people", people=found.people, left_out=found.left_out),
        *_part("rules", _rules(found, texts), texts),
        *_part("tracks", _tracks(found, texts), texts),
        *_part("work", _work(found, texts), texts),
        *_part("weeks", _weeks(found, texts), texts),
        *_part("assumes", [texts(f"effects.assumption.{each}") for each in ASSUMPTIONS], texts),
    ]
    return "\n".join(lines) + "\n"


def _part(name: str, lines: Iterator[str] | list[str], texts: Texts) -> Iterator[str]:
    yield ""
    yield texts(f"effects.{name}")
    yield from (f"  {line}" for line in lines)


def _rules(found: Changed, texts: Texts) -> Iterator[str]:
    for rule, counts in found.rules.items():
        yield f"{'*' if rule in found.changed_rules else ' '} {_name(rule, texts)} ({rule})"
        for side, name in enumerate(SIDES):
            yield f"    {texts(f'diff.{name}')}: {_sums(counts, side, texts)}"
        if rule in found.changed_rules:
            yield from (f"    {_arrow(pair, texts)}: {count}" for pair, count in sorted(counts.items()) if _moves(pair))
            yield from (f"      {_example(each, texts)}" for each in found.examples[rule])


def _name(rule: str, texts: Texts) -> str:
    return texts(f"rule.{rule}") if f"rule.{rule}" in texts else rule


def _sums(counts: Counter[Pair], side: int, texts: Texts) -> str:
    sums: Counter[str] = Counter()
    for pair, count in counts.items():
        sums[pair[side]] += count
    said = (outcome for outcome in (*OUTCOMES, ABSENT) if sums[outcome])
    return ", ".join(f"{texts(f'effects.outcome.{outcome}')} {sums[outcome]}" for outcome in said) or "0"


def _moves(pair: Pair) -> bool:
    return pair[0] != pair[1]


def _arrow(pair: Pair, texts: Texts) -> str:
    before, after = (texts(f"effects.outcome.{each}") for each in pair)
    return f"{before} → {after}"


def _example(each: Example, texts: Texts) -> str:
    facts = "; ".join(_fact(fact, texts) for fact in each.facts)
    return texts("effects.example", person=each.person, change=_arrow((each.before, each.after), texts), facts=facts)


def _fact(fact: Fact, texts: Texts) -> str:
    item, known = fact
    words: dict[str, Any] = {"item": texts(f"item.{item}")}
    match known:
        case None:
            return texts("effects.unknown", **words)
        case {"low": int(low), "high": int(high)}:
            return texts("effects.between", **words, low=number(low, texts), high=number(high, texts))
        case {"low": int(low), "high": None}:
            return texts("effects.at_least", **words, low=number(low, texts))
        case {"low": None, "high": int(high)}:
            return texts("effects.at_most", **words, high=number(high, texts))
    return known_in_words({item: known}, texts)


def _tracks(found: Changed, texts: Texts) -> Iterator[str]:
    moved = [(pair, count) for pair, count in sorted(found.tracks.items()) if _moves(pair)]
    for (before, after), count in moved:
        yield f"{_tracks_in_words(before, texts)} → {_tracks_in_words(after, texts)}: {count}"
    yield texts("effects.tracks_same", people=found.people - sum(count for _, count in moved))


def _tracks_in_words(word: str, texts: Texts) -> str:
    return " + ".join(_track(each, texts) for each in word.split("+"))


def _track(word: str, texts: Texts) -> str:
    track, _, weaker = word.partition(":")
    if track in {"none", "cannot_tell"}:
        return texts(f"effects.no_track.{track}")
    name = texts(f"track.{track}")
    return texts("effects.considered", track=name) if weaker else name


def _work(found: Changed, texts: Texts) -> Iterator[str]:
    for kind in WORK:
        before, after = (found.work[kind, side] for side in SIDES)
        more = f" ({after - before:+})" if after != before else ""
        yield f"{texts(f'effects.kind.{kind}')}: {before} → {after}{more}"


def _weeks(found: Changed, texts: Texts) -> Iterator[str]:
    if not found.stays:
        yield texts("effects.no_stays")
        return
    yield " | ".join((texts("effects.week"), texts("effects.stays"), *(texts(f"effects.kind.{kind}") for kind in WORK)))
    for week in found.every_week:
        pairs = ([found.weeks[week, kind, side] for side in SIDES] for kind in WORK)
        yield " | ".join((week, str(found.stays[week]), *(f"{before} → {after}" for before, after in pairs)))
