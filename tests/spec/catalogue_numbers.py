"""The catalogue's chapters on scores, on the assessment as a whole, and on the limits."""

from __future__ import annotations

from collections.abc import Iterator

from engine.texts import Texts
from engine.thresholds import Threshold
from engine.words import number
from rules.rule_words import limit_words
from tests.spec.cases import SCORE_CASES, WHOLE_CASES
from tests.spec.catalogue_words import RULESET, cited, heading, marked, told
from tests.spec.statements import ScoreCase, WholeCase
from tests.spec.tables import columns, table


def scores(texts: Texts) -> str:
    """Return the chapter on the scores, with their cases."""
    head = heading(texts("catalogue.scores.heading")), texts("catalogue.scores.about")
    names = dict.fromkeys(each.score for each in SCORE_CASES)
    return "\n\n".join((*head, *(part for name in names for part in _score(name, texts))))


def _score(name: str, texts: Texts) -> Iterator[str]:
    yield f"{heading(texts(f'score.{name}'), level=3)}\n\n`{name}`"
    if f"score_note.{name}" in texts:
        yield texts(f"score_note.{name}")
    rows = [(told(each, texts), _value(each, texts)) for each in SCORE_CASES if each.score == name]
    yield table(columns(texts, "case", "score"), rows)


def _value(each: ScoreCase, texts: Texts) -> str:
    if each.low is None:
        return texts("catalogue.scores.not_applicable")
    low = number(each.low, texts)
    if each.high is None:
        return texts("catalogue.scores.at_least", low=low)
    if each.low == each.high:
        return low
    return texts("catalogue.scores.between", low=low, high=number(each.high, texts))


def assessments(texts: Texts) -> str:
    """Return the chapter on what the assessment says as a whole."""
    rows = [(told(each, texts), "; ".join(_results(each, texts))) for each in WHOLE_CASES]
    head = heading(texts("catalogue.assessments.heading"))
    return f"{head}\n\n{table(columns(texts, 'case', 'result'), rows)}"


def _results(each: WholeCase, texts: Texts) -> Iterator[str]:
    for name, value in each.says.items():
        yield f"{texts(f'catalogue.assessments.{name}')}: {_said(name, value, texts)}"


def _said(name: str, value: object, texts: Texts) -> str:
    if not value:
        return texts("catalogue.none")
    match name, value:
        case "tracks", list():
            return ", ".join(_track(each, texts) for each in value)
        case "team_list", str():
            return texts(f"team_list.{value}")
        case "notes", list():
            times = texts("catalogue.assessments.several")
            return " ".join(texts(f"note.{code}", atc="…", times=times) for code in value)
        case "ask_next", str():
            return texts(f"item.{value}")
    return str(value)


def _track(said: str, texts: Texts) -> str:
    track, strength, status = said.split()
    preliminary = f", {texts('status.preliminary')}" if status == "preliminary" else ""
    return f"{texts(f'track.{track}')} ({texts(f'strength.{strength}')}{preliminary})"


def limits(texts: Texts) -> str:
    """Return the chapter on the limits, with what may be set locally."""
    rows = [_limit(each, texts) for each in RULESET.thresholds.values()]
    head = columns(texts, "limit", "id", "value", "unit", "settable", "source")
    return f"{heading(texts('catalogue.limits'))}\n\n{table(head, rows)}"


def _limit(each: Threshold, texts: Texts) -> tuple[str, ...]:
    said = limit_words(each, RULESET, texts)
    words = said.words + marked(said.marks)
    return words, f"`{each.name}`", number(each.value, texts), said.unit, _range(each, texts), cited(each.source)


def _range(each: Threshold, texts: Texts) -> str:
    if each.low == each.high:
        return texts("answer.no")
    return texts("catalogue.scores.between", low=number(each.low, texts), high=number(each.high, texts))
