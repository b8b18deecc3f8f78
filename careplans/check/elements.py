"""The elements (a)-(e) of SPEC section 5 in free text: present, unclear or absent; nothing passes by default."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from itertools import groupby

from careplans.check.cues import cue, words_of
from careplans.check.follow_up import owner_or_time, read_follow_up
from careplans.check.layout import LABEL, Layout, Unit, layout_of
from careplans.check.parts import Reading, Shows, Words, first, whole

TABLE = "elements"
PROBLEMS = ("problem_at_admission", "other_problems")
ASPECTS: tuple[Shows, ...] = ("before", "now", "expected")
LETTERS = re.compile(r"\w")


def check_elements(text: str) -> tuple[Reading, ...]:
    """Return how each element stands in the text of an epikrise, with what to write where it falls short."""
    layout = layout_of(text)
    said = tuple(unit for unit in layout.units if not _missing(unit))
    problems = (_problem(element, said) for element in PROBLEMS)
    return (*problems, _open_problems(said, layout), read_follow_up(said, layout), _function(said))


def _missing(unit: Unit) -> bool:
    """Return whether the unit says that something is not said."""
    if cue(TABLE, "missing", "anywhere").search(unit.text):
        return True
    rest, alone = cue(TABLE, "missing", "alone").subn("", LABEL.sub("", unit.text))
    return not LETTERS.search(rest) and (bool(alone) or not LETTERS.search(unit.text))


def _problem(element: str, units: Iterable[Unit]) -> Reading:
    """Read (a) and (b): the strongest words decide, and words that send the reader elsewhere are not enough."""
    clear, weak = [], []
    for unit in units:
        strength = _strength(element, unit)
        if strength == "present":
            clear.append(whole(unit, "said"))
        elif strength:
            weak.append(whole(unit, "elsewhere" if strength == "elsewhere" else "said"))
    if clear:
        return Reading(element, "present", tuple(clear))
    return Reading(
        element, "unclear" if weak else "absent", tuple(weak), (f"{element}.{'unclear' if weak else 'absent'}",)
    )


def _strength(element: str, unit: Unit) -> str | None:
    if cue(TABLE, element, "none").search(unit.text):
        return "present"
    sections = words_of(TABLE, element, "sections")
    if cue(TABLE, element, "denied").search(unit.text) and unit.section not in sections["present"]:
        return None
    if unit.section in sections["present"] or cue(TABLE, element, "present").search(unit.text):
        return "elsewhere" if _elsewhere(unit) else "present"
    weak = unit.section in sections["unclear"] or cue(TABLE, element, "unclear").search(unit.text)
    return "unclear" if weak else None


def _elsewhere(unit: Unit) -> bool:
    longest = words_of(TABLE, "elsewhere", "longest")
    return len(unit.text) <= longest and cue(TABLE, "elsewhere", "phrases").search(unit.text) is not None


def _open_problems(units: Iterable[Unit], layout: Layout) -> Reading:
    """Read (c): each problem left open needs a reason, an owner or a time; that there are none must be said."""
    element, open_sections = "open_problems", words_of(TABLE, "open_problems", "sections", "open")
    settled: list[Words] = []
    accounted: list[Words] = []
    loose: list[Words] = []
    for _, line in groupby(units, key=lambda unit: unit.line):
        together = tuple(line)
        if none := _none_open(together):
            settled.append(none)
        elif left := _left_open(together, open_sections):
            account = _account(together)
            (accounted if account else loose).extend((left, *account))
    if loose:
        return Reading(element, "unclear", tuple(loose), (f"{element}.unclear",))
    if settled or accounted:
        return Reading(element, "present", (*settled, *accounted))
    headed = not layout.sections.isdisjoint(open_sections)
    return Reading(element, "unclear" if headed else "absent", (), (f"{element}.{'empty' if headed else 'absent'}",))


def _none_open(line: tuple[Unit, ...]) -> Words | None:
    for unit in line:
        if cue(TABLE, "open_problems", "none").search(unit.text) and not cue(TABLE, "open_problems", "denied").search(
            unit.text
        ):
            return whole(unit, "none")
    return None


def _left_open(line: tuple[Unit, ...], sections: Container[str | None]) -> Words | None:
    for unit in line:
        said = any(cue(TABLE, "open_problems", kind).search(unit.text) for kind in ("open", "denied"))
        if said or unit.section in sections:
            return whole(unit, "open")
    return None


def _account(line: tuple[Unit, ...]) -> tuple[Words, ...]:
    found = (first(cue(TABLE, "open_problems", "account"), unit, "account") or owner_or_time(unit) for unit in line)
    return tuple(words for words in found if words)[:1]


def _function(units: Iterable[Unit]) -> Reading:
    """Read (e): function before, now and expected, each in words about function."""
    about = _about_function(units)
    found = {aspect: _aspect(aspect, about) for aspect in ASPECTS}
    lacking = tuple(f"function.{aspect}" for aspect, words in found.items() if words is None)
    rests_on = tuple(words for words in found.values() if words)
    if not lacking:
        return Reading("function", "present", rests_on)
    if about:
        return Reading("function", "unclear", rests_on or tuple(whole(unit, "said") for unit in about), lacking)
    return Reading("function", "absent", (), lacking)


def _about_function(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Return the units about function: by their section or words, or going on about it on the same line."""
    about: list[Unit] = []
    for unit in units:
        goes_on = bool(about) and about[-1].line == unit.line and cue(TABLE, "function", "course").search(unit.text)
        named = _in_section(unit) or cue(TABLE, "function", "words").search(unit.text)
        if (named or goes_on) and not _elsewhere_about(unit):
            about.append(unit)
    return tuple(about)


def _elsewhere_about(unit: Unit) -> bool:
    """Return whether the words of function are about something else: a task, a wish, the day of discharge."""
    other = unit.section in words_of(TABLE, "function", "not_in")
    return other or cue(TABLE, "function", "elsewhere").search(unit.text) is not None


def _in_section(unit: Unit) -> bool:
    return unit.section in words_of(TABLE, "function", "sections")


def _aspect(aspect: Shows, units: Iterable[Unit]) -> Words | None:
    for unit in units:
        labelled = first(cue(TABLE, "function", f"label_{aspect}"), unit, aspect) if _in_section(unit) else None
        if words := first(cue(TABLE, "function", aspect), unit, aspect) or labelled:
            return words
    return None
