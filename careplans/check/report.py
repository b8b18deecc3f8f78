"""What was read in an epikrise, as text for a person and as JSON; the only place that repeats words of the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from careplans.check.elements import check_elements
from careplans.check.language import Remark, check_language
from careplans.check.parts import Reading, Words
from engine.texts import Texts

SCHEMA = "retthjem/epikrise-check/1"
LONGEST_QUOTE = 100


def check_as_text(text: str, texts: Texts) -> str:
    """Return how each element stands and every remark on the language, as lines."""
    return "\n".join((*_element_lines(text, texts), "", *_language_lines(text, texts))) + "\n"


def check_as_json(text: str, texts: Texts) -> dict[str, Any]:
    """Return the same as JSON; `start` and `end` count characters of the text in NFC, a byte order mark left out."""
    readings = check_elements(text)
    return {
        "schema": SCHEMA,
        "complete": not _short(readings),
        "elements": [_element_json(reading, text, texts) for reading in readings],
        "language": [_remark_json(remark, text, texts) for remark in check_language(text)],
        "limits": texts("epikrise_check.limits"),
    }


def _element_lines(text: str, texts: Texts) -> Iterator[str]:
    readings = check_elements(text)
    short = _short(readings)
    said = (
        texts("epikrise_check.incomplete", count=short, all=len(readings))
        if short
        else texts("epikrise_check.complete")
    )
    yield from (texts("epikrise_check.title"), f"{said} {texts('epikrise_check.limits')}", "")
    for reading in readings:
        yield texts("epikrise_check.element", name=texts(f"completeness.{reading.id}"), state=_state(reading, texts))
        yield from (f"  {_quote(words, text, texts)}" for words in reading.rests_on)
        yield from (f"  {texts('epikrise_check.to_write', words=line)}" for line in _to_write(reading, texts))


def _language_lines(text: str, texts: Texts) -> Iterator[str]:
    remarks = check_language(text)
    yield texts("language_check.title")
    if not remarks:
        yield f"  {texts('language_check.none')}"
    for remark in remarks:
        yield f"  {_remark(remark, text, texts)}"
        yield f"  {texts('language_check.rather', words=_instead(remark, texts))}"


def _element_json(reading: Reading, text: str, texts: Texts) -> dict[str, Any]:
    return {
        "id": reading.id,
        "state": reading.state,
        "rests_on": [
            {"start": w.start, "end": w.end, "shows": w.shows, "words": text[w.start : w.end]} for w in reading.rests_on
        ],
        "write": _to_write(reading, texts),
    }


def _remark_json(remark: Remark, text: str, texts: Texts) -> dict[str, Any]:
    return {
        "start": remark.start,
        "end": remark.end,
        "words": text[remark.start : remark.end],
        "category": remark.category,
        "group": remark.group,
        "instead": _instead(remark, texts),
    }


def _short(readings: Iterable[Reading]) -> int:
    return sum(reading.state != "present" for reading in readings)


def _to_write(reading: Reading, texts: Texts) -> list[str]:
    return [texts(f"epikrise_check.write.{key}") for key in reading.write]


def _state(reading: Reading, texts: Texts) -> str:
    return texts(f"completeness.state.{reading.state}")


def _quote(words: Words, text: str, texts: Texts) -> str:
    place, shows = _place(words.start, words.end, texts), texts(f"epikrise_check.shows.{words.shows}")
    return texts("epikrise_check.quote", words=_shown(text[words.start : words.end]), place=place, shows=shows)


def _remark(remark: Remark, text: str, texts: Texts) -> str:
    words, place = _shown(text[remark.start : remark.end]), _place(remark.start, remark.end, texts)
    category = texts(f"language_check.category.{remark.category}")
    return texts("language_check.remark", words=words, place=place, category=category)


def _place(start: int, end: int, texts: Texts) -> str:
    """Count from 1 and to the last character, as people do."""
    return texts("epikrise_check.place", start=start + 1, end=end)


def _instead(remark: Remark, texts: Texts) -> str:
    return texts(f"language_check.instead.{remark.group}")


def _shown(words: str) -> str:
    """Return words safe for a terminal: on one line, no control characters, cut where they are long."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1].rstrip() + "…"
