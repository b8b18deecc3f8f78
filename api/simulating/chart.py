"""A queue over time placed as SVG: for each policy a line and the band of its intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from population.simulator.intervals import Interval
from population.simulator.results import Result

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 12, 34
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
MOST_STEPS, LABELS = 5, 13


@dataclass(frozen=True, slots=True)
class Line:
    """One policy: the mean week by week as a path, and the band as another."""

    path: str
    band: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart in SVG units."""

    lines: tuple[Line, ...]
    levels: tuple[tuple[float, int], ...]
    weeks: tuple[tuple[float, int], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


Weeks = Sequence[Interval | None]


def chart(result: Result, queue: str) -> Chart:
    """Return the chart of a queue."""
    count = result.runs.weeks
    series = [[result.queue(queue, week, at) for week in range(count)] for at in range(len(result.policies))]
    most = max([1.0, *(each.high for weeks in series for each in weeks if each)])
    step = next((each for each in STEPS if most / each <= MOST_STEPS), STEPS[-1])
    top = step * ceil(most / step)
    every = ceil(count / LABELS)
    return Chart(
        lines=tuple(_line(weeks, count, top) for weeks in series),
        levels=tuple((_y(level, top), level) for level in range(0, top + 1, step)),
        weeks=tuple((_x(week, count), week + 1) for week in range(0, count, every)),
    )


def _line(weeks: Weeks, count: int, top: float) -> Line:
    known = [(_x(week, count), each) for week, each in enumerate(weeks) if each]
    above = [f"{x} {_y(each.high, top)}" for x, each in known]
    below = [f"{x} {_y(each.low, top)}" for x, each in reversed(known)]
    means = [f"{x} {_y(each.mean, top)}" for x, each in known]
    return Line("M" + "L".join(means), "M" + "L".join([*above, *below]) + "Z")


def _x(week: int, count: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * (week + 0.5) / count, 1)


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top, 1)
