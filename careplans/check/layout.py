"""A text cut into headings, lines and sentences, each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from careplans.check.cues import compiled, cue, lists, words_of

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
BULLET = re.compile(r"(?:[-–—•*·▪◦]|\d{1,2}[.)](?=\s+[^\W\d_]))\s+(?!\s)")
SENTENCE_END = re.compile(r"[.!?](?=\s+[^\sa-zæøå])|;")
LAST_WORD = re.compile(r"[\w.]+\Z")
ALL_CAPITALS = re.compile(r"[^\W\d_a-zæøå][^a-zæøå\d]{3,}")
PLAN, OUR_OWN = "plan", "our_own"
LABEL = re.compile(r"[^:]{1,60}:")


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, or a whole line of a list, with its place; `lead` is the line ending in a colon above it."""

    start: int
    text: str
    section: str | None = None
    line: int = 0
    lead: Unit | None = None
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The units of a text, and the kinds of section whose heading is there."""

    units: tuple[Unit, ...]
    sections: frozenset[str]


@dataclass(slots=True)
class Label:
    """A plan begun as a label with words after it; a list goes on with it, also after a blank line."""

    standing: bool = False
    after_blank: bool = False

    def ended_by(self, line: Unit) -> bool:
        """Return whether the plan ends before this line: a new paragraph, or a line plainly about function."""
        if not self.standing or line.listed:
            return False
        if not line.text:
            self.after_blank = True
            return False
        self.standing = not (self.after_blank or cue("headings_end", "function").match(line.text))
        return not self.standing


def layout_of(text: str) -> Layout:
    """Return the text as units under the headings that `headings.toml` knows."""
    lines = tuple(_lines(text))
    headed = frozenset(line.section for line in lines if line.section)
    return Layout(tuple(unit for line in lines for unit in _sentences(line)), headed)


def kind_of(heading: str) -> str | None:
    """Return the kind of section that a heading names, or None for words that are no heading we know."""
    named = heading.strip().rstrip(":?").rstrip()
    return next((kind for kind, pattern in _headings().items() if pattern.fullmatch(named)), None)


def _lines(text: str) -> Iterator[Unit]:
    """Yield each line under its heading, as far as our own verdicts, which are no part of an epikrise."""
    section, lead, label = None, None, Label()
    for number, found in enumerate(LINE.finditer(text)):
        line = _bare(Unit(found.start(), found[0], line=number))
        kind, rest = _heading(line)
        if kind == OUR_OWN:
            return
        if not kind and label.ended_by(line):
            section = None
        if kind:
            yield replace(rest, section=kind)
            opens = kind == PLAN and bool(rest.text) and not rest.listed
            label = Label(standing=opens and (section != PLAN or label.standing))
            section, lead = _standing(kind, rest, section), None
        elif ALL_CAPITALS.fullmatch(line.text):
            section, lead = None, None
        elif line.text.endswith(":") and not line.listed:
            lead = replace(line, section=section)
        elif line.text:
            yield replace(line, section=section, lead=lead)
        else:
            lead = None


def _standing(kind: str, rest: Unit, before: str | None) -> str | None:
    """Return the section that holds for the next line; a label with words after it opens none, but for a plan."""
    if rest.listed:
        return before
    return None if rest.text and kind != PLAN else kind


def _bare(line: Unit) -> Unit:
    whole = _from(line, 0)
    mark = BULLET.match(whole.text)
    return replace(_from(whole, mark.end()), listed=True) if mark else whole


def _heading(line: Unit) -> tuple[str | None, Unit]:
    """Return the kind of section a line opens, and what stands after the heading."""
    if kind := kind_of(line.text):
        return kind, _from(line, len(line.text))
    label = LABEL.match(line.text)
    kind = kind_of(label[0]) if label else None
    return (kind, _from(line, label.end())) if kind and label else (None, line)


@cache
def _headings() -> dict[str, re.Pattern[str]]:
    return {kind: compiled((*found["nb"], *found["nn"]), lists()) for kind, found in words_of("headings").items()}


def _sentences(line: Unit) -> Iterator[Unit]:
    ends = [] if line.listed else [found.end() for found in SENTENCE_END.finditer(line.text)]
    start = 0
    for end in (*ends, len(line.text)):
        if end < len(line.text) and _abbreviated(line.text[start:end]):
            continue
        unit = _from(replace(line, text=line.text[:end]), start)
        start = end
        if unit.text:
            yield unit


def _abbreviated(before: str) -> bool:
    """Return whether the stop belongs to an abbreviation or a day of the month, and ends no sentence."""
    last = LAST_WORD.search(before)
    return last is not None and _short().fullmatch(last[0]) is not None


@cache
def _short() -> re.Pattern[str]:
    either = "|".join(re.escape(word) for word in lists()["abbreviation"])
    return re.compile(rf"(?:{either}|\d{{1,2}}\.)", re.IGNORECASE)


def _from(unit: Unit, place: int) -> Unit:
    """Return the unit from a place on, without the blanks around it."""
    rest = unit.text[place:]
    start = unit.start + place + len(rest) - len(rest.lstrip())
    return replace(unit, start=start, text=rest.strip())
