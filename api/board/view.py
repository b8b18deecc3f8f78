"""What the board shows, in words: rows in the order of the rooms, each with a sign that needs no colour."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Literal

from api.board.when import day_in_words, moment_in_words, since_in_words, time_in_words
from api.record.list_rows import OnBoard
from api.record.projection import LEAVING
from careplans.catalogue import steps
from careplans.course.due import NEED, SCREENING, standing
from careplans.course.state import Standing, StepClock
from engine.texts import Texts
from rules.times import oslo_day

UNSCREENED = "unscreened"
LOUD: tuple[Standing, ...] = ("late", "due_soon")
ONE_PANEL = 8
HEIGHTS = (6, 8, 10, 12, 14, 16, 18, 20)
OTHERS_SHOWN = 1  # the most pressing; more would crowd the row


@dataclass(frozen=True, slots=True)
class Sign:
    """How a clock stands: a shape, and the word beside it."""

    shape: str
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """A patient on the board."""

    room: str
    initials: str
    unscreened: bool
    what: str
    who: str | None
    sign: Sign | None
    deadline: str | None
    others: tuple[Sign, ...]
    more: str | None
    home: str
    home_is: Literal["known", "unknown", "passed"]
    ready: str | None


@dataclass(frozen=True, slots=True)
class Board:
    """The board of one ward; `height` is how many rows the panels are made for."""

    ward: str
    patients: str
    day: str
    updated: str
    counts: tuple[tuple[int, Sign], ...]
    panels: tuple[tuple[Line, ...], ...]
    height: int


def board_of(rows: Sequence[OnBoard], ward: str, *, texts: Texts, now: datetime) -> Board:
    """Return the board of a ward as it stands now."""
    in_order = sorted(rows, key=_by_room)
    lines = tuple(_line(row, texts, now) for row in in_order)
    panels = _panels(lines)
    tallest = max((len(panel) for panel in panels), default=0)
    return Board(
        ward=ward.rpartition("/")[2],
        patients=texts("board.one_patient") if len(rows) == 1 else texts("board.patients", count=len(rows)),
        day=_today_in_words(now, texts),
        updated=time_in_words(now, texts),
        counts=_counts(lines, texts),
        panels=panels,
        height=next((height for height in HEIGHTS if height >= tallest), HEIGHTS[-1]),
    )


def _line(row: OnBoard, texts: Texts, now: datetime) -> Line:
    coming, loud = _next_clock(row), _others_that_press(row, now)
    stands = standing(coming, now) if coming else None
    foremost = loud[0] if loud and _presses_more(standing(loud[0], now), stands) else coming
    named = foremost is not coming
    left = [clock for clock in loud if named or clock is not foremost]
    return Line(
        room=row.room or texts("board.no_room"),
        initials=row.initials or texts("board.no_initials"),
        unscreened=row.unscreened,
        what=texts(f"next.{coming.step}") if coming else texts("board.nothing"),
        who=_who(coming.owner, texts) if coming else None,
        others=tuple(Sign(standing(clock, now), texts(f"clock.{clock.step}")) for clock in left[:OTHERS_SHOWN]),
        more=texts("board.more", count=len(left) - OTHERS_SHOWN) if len(left) > OTHERS_SHOWN else None,
        sign=_sign(foremost, texts, now),
        deadline=_deadline(foremost, texts, now=now, named=named),
        home=day_in_words(row.expected, texts, now=now) if row.expected else texts("board.no_date"),
        home_is=_home_is(row.expected, now),
        ready=_ready(row.ready, texts, now),
    )


def _presses_more(other: Standing, coming: Standing | None) -> bool:
    """A task that is late takes the deadline's place from one that comes next and is not, so that the counts hold."""
    return coming not in LOUD or LOUD.index(other) < LOUD.index(coming)


def _sign(clock: StepClock | None, texts: Texts, now: datetime) -> Sign | None:
    stands = standing(clock, now) if clock else None
    return Sign(stands, texts(f"standing.{stands}")) if stands else None


def _deadline(clock: StepClock | None, texts: Texts, *, now: datetime, named: bool) -> str | None:
    """Say when; a clock that presses more than what comes next is named beside it, and its day is enough."""
    if clock is None or clock.due is None:
        return None
    if named:
        return since_in_words(clock.due, texts, now=now)
    return moment_in_words(clock.due, texts, now=now)


def _next_clock(row: OnBoard) -> StepClock | None:
    """Return the clock of what comes next; a task that is no step of the pathway has one by its date alone."""
    if row.next_what is None:
        return None
    same = (clock for clock in row.clocks if (clock.step, clock.due) == (row.next_what, row.next_due))
    left = (clock for clock in same if clock.state in {"open", "paused"})
    return next(left, StepClock("", row.next_what, row.next_owner or "", row.next_due))


def _who(owner: str, texts: Texts) -> str | None:
    """Say whose it is; what is no role could be a person's name, which has no place on a wall."""
    return texts(f"who.{owner}") if f"who.{owner}" in texts else None


def _others_that_press(row: OnBoard, now: datetime) -> list[StepClock]:
    """Return the hospital's other clocks that are late or due soon, the most pressing first."""
    here = (clock for clock in row.clocks if clock.step in _of_the_hospital() and clock.step != row.next_what)
    loud = [(LOUD.index(stands), clock) for clock in here if (stands := standing(clock, now)) in LOUD]
    return [clock for _, clock in sorted(loud, key=lambda found: (found[0], found[1].due or now))]


@cache
def _of_the_hospital() -> frozenset[str]:
    """The steps up to the day of discharge; those after it are on the municipality's list."""
    upto = (step.id for step in steps() if step.due.anchor != "event" and not step.due.days)
    return frozenset((SCREENING, NEED, LEAVING, *upto))


def _home_is(expected: date | None, now: datetime) -> Literal["known", "unknown", "passed"]:
    if expected is None:
        return "unknown"
    return "passed" if expected < oslo_day(now) else "known"


def _ready(ready: datetime | None, texts: Texts, now: datetime) -> str | None:
    return texts("board.when.ready", when=since_in_words(ready, texts, now=now)) if ready else None


def _counts(lines: Iterable[Line], texts: Texts) -> tuple[tuple[int, Sign], ...]:
    shown = tuple(lines)
    found = Counter(line.sign.shape for line in shown if line.sign)
    found[UNSCREENED] = sum(line.unscreened for line in shown)
    found["ready"] = sum(line.ready is not None for line in shown)
    return tuple((found[kind], Sign(kind, texts(f"board.{kind}"))) for kind in (*LOUD, UNSCREENED, "ready"))


def _panels(lines: tuple[Line, ...]) -> tuple[tuple[Line, ...], ...]:
    if len(lines) <= ONE_PANEL:
        return (lines,) if lines else ()
    half = -(-len(lines) // 2)
    return lines[:half], lines[half:]


def _by_room(row: OnBoard) -> tuple[bool, list[tuple[bool, int, str]], str]:
    """Sort rooms as people count them, 9 before 10; a patient without a room comes last."""
    parts = re.findall(r"\d+|\D+", row.room or "")
    numbered = [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]
    return not row.room, numbered, row.initials or ""


def _today_in_words(now: datetime, texts: Texts) -> str:
    day = oslo_day(now)
    weekday, month = texts(f"patient.weekday.{day.weekday()}"), texts(f"patient.month.{day.month}")
    return texts("patient.due.day", weekday=weekday, day=day.day, month=month)
