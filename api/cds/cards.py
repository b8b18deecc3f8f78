"""What is told, as a card in words: why, what is missing, what to ask first; Markdown, and no markup of others."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from api.cds.call import Call
from api.cds.resources import About, resource_of
from api.cds.telling import COUNTED, HARM, Effect, Offer, Telling
from api.record.cards import REASONS, suggestion_id
from careplans.burden_words import before_rows
from careplans.words import answer_words, date_words, label, note_words, score_words
from engine.texts import Texts
from engine.words import number
from rules.assessment import Finding, ScoreResult
from rules.case import Rater
from rules.times import oslo_day

Card = dict[str, Any]
LONGEST_SUMMARY, LONGEST_NAME = 139, 60
TOPICS = "urn:retthjem:card-topics"
TABLE = Path(__file__).parent / "data" / "cards.toml"
IN_SUMMARY = ("regular_medicines", "as_needed_medicines", "norgep_hits", "fall_risk_medicines")
DAILY = 3  # rows of a burden that a medicine changes: medicines, times and doses a day
MARKUP = re.compile(r"([\\`*_\[\]|~]|^[#+>=-]|^\d+(?=[.)]))")
ADDRESS = re.compile(r"(:)(//)|(www)(\.)|(.)(@)", re.IGNORECASE)
"""What some readers of Markdown make a link of by itself."""

CFS_LEVELS = 9
NAMES_LEVEL = frozenset({"shared", "confirm"})
BY_TREE = frozenset({"screen", "unscreened"})
LONGEST_ROLE = 60


@dataclass(frozen=True, slots=True)
class Link:
    """Where a card leads: our own page, or a launch that the caller fills in."""

    url: str
    smart: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What a card needs beside what is told: the call, the words, the moment, our address, and where it leads."""

    call: Call
    texts: Texts
    at: datetime
    address: str
    link: Link


def card_of(telling: Telling, id: str, frame: Frame) -> Card:
    """Return the card under an id; nothing in it is null or empty."""
    texts, call = frame.texts, frame.call
    topic = {"system": TOPICS, "code": telling.about, "display": texts(f"cds.topic.{telling.about}")}
    about = About(call.patient, call.encounter, frame.at)
    suggestions = [_suggestion(each, id, about, texts=texts) for each in telling.offers]
    return {
        "uuid": id,
        "summary": summary(telling, texts),
        "detail": detail(telling, texts),
        "indicator": telling.indicator,
        "source": {"label": texts("cds.source"), "url": f"{frame.address}/rules", "topic": topic},
        **(_choice(suggestions) if suggestions else {}),
        "overrideReasons": [_reason(code, texts) for code in reasons(telling.about)],
        "links": [_link(telling, frame)],
    }


def reasons(about: str) -> tuple[str, ...]:
    """Return the reasons that a card may be put aside with."""
    return tuple(_table()["reasons"]["medicines" if about == "order" else "others"])


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(TABLE.read_text("utf-8"))


def _choice(suggestions: list[Card]) -> Card:
    behavior = "any" if len(suggestions) > 1 else "at-most-one"
    return {"suggestions": suggestions, "selectionBehavior": behavior}


def _suggestion(offer: Offer, card: str, about: About, *, texts: Texts) -> Card:
    said = texts(f"cds.offer.{offer.kind}")
    action = {"type": "create", "description": said, "resource": resource_of(offer, about, texts)}
    id = suggestion_id(card, offer.kind)
    return {"label": said, "uuid": id, "isRecommended": offer.recommended, "actions": [action]}


def _reason(code: str, texts: Texts) -> Card:
    return {"code": code, "system": REASONS, "display": texts(f"cds.reason.{code}")}


def _link(telling: Telling, frame: Frame) -> Card:
    screens = any(each.kind == "screening" for each in telling.offers)
    said = frame.texts("cds.link.form" if screens else "cds.link.open")
    return {"label": said, "url": frame.link.url, "type": "smart" if frame.link.smart else "absolute"}


# The summary


def summary(telling: Telling, texts: Texts) -> str:
    """Return what is told in one sentence, under 140 characters."""
    key, cfs = f"cds.summary.{telling.about}", telling.cfs
    if telling.effect:
        said = texts(
            key,
            medicines=_names(telling.effect),
            changes=", ".join(_told_first(telling.effect, texts)) or texts("cds.counts_alike"),
        )
    elif telling.about in {"ask", "undecided"}:
        items = ", ".join(label(item, texts) for item in telling.missing) or texts("cds.nothing_named")
        said = texts(key, items=items)
    elif telling.about in {"track", "pathway"}:
        said = texts(key, level=_level(telling, texts), suggests=texts(f"suggest.{telling.findings[0].rule}"))
    elif telling.about == "screen" and cfs and _narrows(cfs):
        said = texts(f"{key}_tree", level=score_words(cfs, texts))
    else:
        old = "_old" if telling.about == "confirm" and telling.stale else ""
        said = texts(key + old, **({"level": _level(telling, texts)} if telling.about in NAMES_LEVEL else {}))
    return _cut(said, LONGEST_SUMMARY)


def _level(telling: Telling, texts: Texts) -> str:
    """Say the level, with the day it was set where that was not here."""
    level, rater = score_words(telling.cfs, texts), telling.rater
    return texts("cds.level_of", level=level, date=_day(rater, texts)) if rater else level


def _day(rater: Rater, texts: Texts) -> str:
    return date_words(oslo_day(rater.time), texts) if rater.time else texts("cds.undated")


def _narrows(cfs: ScoreResult) -> bool:
    return 0 < len(cfs.levels) < CFS_LEVELS or cfs.value is not None


def _names(effect: Effect) -> str:
    return _cut(", ".join(effect.names), LONGEST_NAME)


def _told_first(effect: Effect, texts: Texts) -> Iterator[str]:
    if effect.already:
        yield texts("cds.already")
    yield from _changes(effect, texts)


def _changes(effect: Effect, texts: Texts) -> Iterator[str]:
    for name in IN_SUMMARY:
        before, after = _scores(effect, name, texts)
        if before != after:
            yield texts("cds.change", what=texts(f"cds.effect.{name}"), before=before, after=after)


def _scores(effect: Effect, name: str, texts: Texts) -> tuple[str, str]:
    before, after = effect.before.scores[name], effect.after.scores[name]
    if not effect.whole_list:  # what is selected is known, the others are not
        after = ScoreResult(None, after.low, None, {})
    return score_words(before, texts), score_words(after, texts)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


# The detail


def detail(telling: Telling, texts: Texts) -> str:
    """Return why, what is missing and where it comes from, as Markdown."""
    effect = telling.effect
    parts = [
        _effect_table(effect, texts) if effect else "",
        _of_level(telling, texts),
        _listed("cds.why", _grounds(telling.findings, texts), texts),
        _listed("cds.already_listed", effect.already if effect else (), texts),
        _listed("cds.hits", _hits(effect, texts) if effect else (), texts),
        _listed("cds.limits", _limits(telling.findings, texts), texts),
        _listed("cds.missing", _missing(telling, texts), texts),
        *(plain(note_words(each, texts)) for each in telling.notes),
        f"**{texts('cds.ask')}:** {plain(texts(f'question.{telling.ask}'))}" if telling.ask else "",
        _listed("cds.sources", _sources(telling, texts), texts),
        f"_{texts('cds.decides')}_",
    ]
    return "\n\n".join(part for part in parts if part)


def _of_level(telling: Telling, texts: Texts) -> str:
    """Say where a level comes from: by whom and when in the sender's record, or from the tree."""
    cfs, rater = telling.cfs, telling.rater
    if cfs and rater:
        role = _cut(plain(rater.role), LONGEST_ROLE) if rater.role else texts("cds.someone")
        said = texts("cds.set", level=score_words(cfs, texts), role=role, date=_day(rater, texts))
        return f"{said} {texts('cds.set_long_ago', confirm=texts('confirm'))}" if telling.stale else said
    by_tree = cfs and telling.about in BY_TREE and _narrows(cfs)
    return texts("cds.tree", level=score_words(cfs, texts)) if by_tree else ""


def plain(text: str) -> str:
    """Return a text that Markdown shows as it is written: no markup, no link and no HTML comes in with it."""
    apart = ADDRESS.sub(lambda found: " ".join(filter(None, found.groups())), " ".join(text.split()))
    quiet = MARKUP.sub(r"\\\1", apart)
    return quiet.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _listed(heading: str, lines: Iterable[str], texts: Texts) -> str:
    found = [f"- {plain(line)}" for line in dict.fromkeys(lines)]
    return "\n".join((f"**{texts(heading)}**\n", *found)) if found else ""


def _grounds(findings: Iterable[Finding], texts: Texts) -> Iterator[str]:
    for finding in findings:
        marked = f" [{texts('confirm')}]" if finding.confirm else ""
        yield f"{texts(f'suggest.{finding.rule}')} ({texts(f'strength.{finding.strength}')}){marked}"
        for item, value in finding.because.items():
            yield f"{label(item, texts)}: {answer_words(item, value, texts)}"


def _limits(findings: Iterable[Finding], texts: Texts) -> Iterator[str]:
    for finding in findings:
        for name, value in finding.limits.items():
            yield texts(f"threshold.{name}", limit=number(value, texts))


def _missing(telling: Telling, texts: Texts) -> Iterator[str]:
    yield from (label(item, texts) for item in telling.missing)
    hits = telling.effect.after.scores["norgep_hits"] if telling.effect else None
    if hits and hits.value is None:
        yield texts("cds.missing_code" if hits.high is None else "cds.missing_dose")


def _sources(telling: Telling, texts: Texts) -> Iterator[str]:
    named = [source for finding in telling.findings for source in finding.sources]
    if effect := telling.effect:
        named += [source for name in HARM if _has_changed(effect, name) for source in _table()["sources"][name]]
    yield from (texts(f"source.{source}") for source in named)


def _has_changed(effect: Effect, name: str) -> bool:
    before, after = effect.before.scores[name], effect.after.scores[name]
    return (before.low, before.high) != (after.low, after.high)


def _hits(effect: Effect, texts: Texts) -> Iterator[str]:
    had = [(hit["list"], hit["item"]) for hit in effect.before.scores["norgep_hits"].details]
    for hit in effect.after.scores["norgep_hits"].details:
        if (hit["list"], hit["item"]) not in had:
            yield texts("assessment.hit", list=hit["list"], item=hit["item"])


def _effect_table(effect: Effect, texts: Texts) -> str:
    rows = [(texts(f"score.{name}"), *_scores(effect, name, texts)) for name in COUNTED]
    if effect.whole_list:
        burdens = zip(before_rows(effect.before.burden, texts), before_rows(effect.after.burden, texts), strict=True)
        rows += [(what, before, after) for (what, before), (_, after) in list(burdens)[1:DAILY]]
    head = f"| {plain(_names(effect))} | {texts('cds.before')} | {texts('cds.after')} |\n|---|---|---|"
    return "\n".join((head, *(f"| {plain(what)} | {plain(before)} | {plain(after)} |" for what, before, after in rows)))
