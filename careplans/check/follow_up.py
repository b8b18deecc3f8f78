"""Element (d): a follow-up plan is lines that each say what, who and when (SPEC section 5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from careplans.check.cues import cue
from careplans.check.layout import Layout, Unit
from careplans.check.parts import Reading, Words, first, whole

TABLE = "follow_up"
ELEMENT = "follow_up_plan"
PLAN = "plan"
NO_PLAN = ("reason", "background", "diagnoses", "open")
TASK = re.compile(r":\s*\S+\s+\S+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of follow-up as it was read; None is what it does not say."""

    unit: Unit
    what: Words | None
    who: Words | None
    when: Words | None

    @property
    def lacks(self) -> tuple[str, ...]:
        """Which of what, who and when the line does not say."""
        parts = (("what", self.what), ("who", self.who), ("when", self.when))
        return tuple(name for name, words in parts if words is None)


def read_follow_up(units: Iterable[Unit], layout: Layout) -> Reading:
    """Return how the plan stands: present only where every line of it says what, who and when."""
    dated = any(cue(TABLE, "discharge").search(unit.text) for unit in layout.units)
    units = tuple(units)
    refused = tuple(whole(unit, "none") for unit in units if _refused(unit))
    lines = tuple(_merged(_line(unit, dated=dated) for unit in units if _is_follow_up(unit)))
    clear = tuple(words for line in lines if not line.lacks for words in (line.what, line.who, line.when) if words)
    lacking = tuple(line for line in lines if line.lacks)
    if clear and not lacking:
        return Reading(ELEMENT, "present", clear)
    rests_on = (*clear, *(whole(line.unit, "incomplete") for line in lacking))
    if lines:
        return Reading(ELEMENT, "unclear", rests_on, _to_write(lacking))
    return Reading(ELEMENT, "absent", refused, (f"{ELEMENT}.{'none' if refused else 'absent'}",))


def owner_or_time(unit: Unit) -> Words | None:
    """Return the words that say who or when, if any do."""
    return first(cue(TABLE, "who", "clear"), unit, "who") or first(cue(TABLE, "when", "clear"), unit, "when")


def _to_write(lines: Iterable[Line]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{ELEMENT}.{part}" for line in lines for part in line.lacks))


def _refused(unit: Unit) -> bool:
    return unit.section not in NO_PLAN and cue(TABLE, "none").search(unit.text) is not None


def _is_follow_up(unit: Unit) -> bool:
    """Return whether the unit is about what comes; outside a plan section it must say so."""
    if unit.section in NO_PLAN or _refused(unit) or _done(unit) or cue(TABLE, "aside").search(unit.text):
        return False
    if unit.section != PLAN and not _ahead(unit):
        return False
    if cue(TABLE, "what").search(unit.text):
        return True
    line = _line(unit, dated=True)
    return line.who is not None and (line.what is not None or line.when is not None)


def _ahead(unit: Unit) -> bool:
    """Return whether a unit outside a plan section says what is to come; what is left open is judged as such."""
    if cue("elements", "open_problems", "open").search(unit.text):
        return False
    if cue(TABLE, "ahead").search(unit.text):
        return True
    owner = cue(TABLE, "who", "clear").match(unit.text)
    labelled = owner is not None and TASK.match(unit.text, owner.end()) is not None
    return labelled and cue(TABLE, "what", "clear").search(unit.text) is not None


def _done(unit: Unit) -> bool:
    return cue(TABLE, "done").search(unit.text) is not None and cue(TABLE, "when", "clear").search(unit.text) is None


def _line(unit: Unit, *, dated: bool) -> Line:
    who = first(cue(TABLE, "who", "clear"), unit, "who")
    return Line(unit, _what(unit, who), who, _when(unit, dated=dated))


def _what(unit: Unit, who: Words | None) -> Words | None:
    """Return the task: a known one, or whatever stands after an owner and a colon and is more than «oppfølging»."""
    if known := first(cue(TABLE, "what", "clear"), unit, "what"):
        return known
    task = TASK.search(unit.text)
    vague = cue(TABLE, "what", "vague").search(unit.text)
    return (
        Words(unit.start + task.start() + 1, unit.start + len(unit.text), "what")
        if task and who and not vague
        else None
    )


def _when(unit: Unit, *, dated: bool) -> Words | None:
    """Return the time; days after a discharge count only where the text dates it."""
    if cue(TABLE, "unsettled").search(unit.text):
        return None
    after = cue(TABLE, "when", "after_discharge")
    if found := first(after, unit, "when"):
        return found if dated else first(cue(TABLE, "when", "clear"), _without(unit, after), "when")
    return first(cue(TABLE, "when", "clear"), unit, "when")


def _without(unit: Unit, pattern: re.Pattern[str]) -> Unit:
    """Return the unit with words blanked out, so that places stay as they were."""
    return Unit(unit.start, pattern.sub(lambda found: " " * len(found[0]), unit.text))


def _merged(lines: Iterable[Line]) -> Iterator[Line]:
    """Read neighbours on one line together where each says only a part."""
    for _, neighbours in groupby(lines, key=lambda line: line.unit.line):
        held: Line | None = None
        for line in neighbours:
            if held is None or not held.lacks or not line.lacks:
                if held:
                    yield held
                held = line
            else:
                held = _joined(held, line)
        if held:
            yield held


def _joined(one: Line, other: Line) -> Line:
    text = one.unit.text + " " * (other.unit.start - one.unit.start - len(one.unit.text)) + other.unit.text
    unit = Unit(one.unit.start, text, one.unit.section, one.unit.line)
    return Line(unit, one.what or other.what, one.who or other.who, one.when or other.when)
