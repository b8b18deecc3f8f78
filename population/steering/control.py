"""Control charts: what a process does by chance, and the points that say it is another process now.

Limits: Shewhart's three sigma; XmR with 2.66 and 3.268 times the mean moving range (Wheeler; NHS Making Data Count).
A shift is eight points in a row on one side of the centre [confirm: sources say seven to nine].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import sqrt
from typing import Literal

from population.steering.figures import limit

Signal = Literal["above", "below", "shift", "jump"]
"""Beyond the upper or the lower limit; many in a row on one side; too large a step from the point before."""

OF_RANGE, RANGE_LIMIT, SIGMAS, IN_A_ROW = 2.66, 3.268, 3, 8


@dataclass(frozen=True, slots=True)
class Counted:
    """A point of a p chart: so many of `n`."""

    met: int
    n: int


@dataclass(frozen=True, slots=True)
class Point:
    """A point with its limits and what it signals; `value` None is a gap, where nothing may be shown."""

    value: float | None
    lower: float | None = None
    upper: float | None = None
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class ControlChart:
    """Points around a centre; without a centre there are too few to say what chance does."""

    points: tuple[Point, ...]
    centre: float | None = None


def p_chart(counted: Sequence[Counted | None]) -> ControlChart:
    """Return a chart of shares, each point with the limits of its own number."""
    shown = [each for each in counted if each and each.n]
    if len(shown) < limit("fewest_points"):
        values = (each.met / each.n if each and each.n else None for each in counted)
        return ControlChart(tuple(Point(value) for value in values))
    centre = sum(each.met for each in shown) / sum(each.n for each in shown)
    points = [_share(each, centre) if each and each.n else Point(None) for each in counted]
    return ControlChart(_shifted(points, centre), centre)


def xmr_chart(values: Sequence[float | None]) -> ControlChart:
    """Return a chart of single values, with limits from the mean moving range; a gap ends a range.

    So many points have one range less between them; with gaps, there must be as many ranges all the same.
    """
    shown = [value for value in values if value is not None]
    ranges = [_range(pair) for pair in pairwise(values)]
    known = [size for size in ranges if size is not None]
    if len(known) < limit("fewest_points") - 1:
        return ControlChart(tuple(Point(value) for value in values))
    centre, spread = sum(shown) / len(shown), sum(known) / len(known)
    points = [_single(value, centre, spread) for value in values]
    jumps = [None, *ranges]
    jumped = [_jump(point, size, spread) for point, size in zip(points, jumps, strict=True)]
    return ControlChart(_shifted(jumped, centre), centre)


def _share(counted: Counted, centre: float) -> Point:
    spread = SIGMAS * sqrt(centre * (1 - centre) / counted.n)
    return _limited(counted.met / counted.n, max(0.0, centre - spread), min(1.0, centre + spread))


def _single(value: float | None, centre: float, spread: float) -> Point:
    if value is None:
        return Point(None)
    return _limited(value, centre - OF_RANGE * spread, centre + OF_RANGE * spread)


def _limited(value: float, lower: float, upper: float) -> Point:
    beyond: tuple[Signal, ...] = ("above",) if value > upper else ("below",) if value < lower else ()
    return Point(value, lower, upper, beyond)


def _range(pair: tuple[float | None, float | None]) -> float | None:
    before, value = pair
    return None if before is None or value is None else abs(value - before)


def _jump(point: Point, size: float | None, spread: float) -> Point:
    jumped = size is not None and size > RANGE_LIMIT * spread
    return Point(point.value, point.lower, point.upper, (*point.signals, "jump")) if jumped else point


def _shifted(points: Sequence[Point], centre: float) -> tuple[Point, ...]:
    """Return the points, those of a long run on one side marked; gaps and the centre itself are passed over."""
    sided = [place for place, point in enumerate(points) if point.value is not None and point.value != centre]
    runs = [list(run) for _, run in groupby(sided, key=lambda place: _above(points[place], centre))]
    marked = {place for run in runs if len(run) >= IN_A_ROW for place in run}
    return tuple(_marked(point) if place in marked else point for place, point in enumerate(points))


def _above(point: Point, centre: float) -> bool:
    return point.value is not None and point.value > centre


def _marked(point: Point) -> Point:
    return Point(point.value, point.lower, point.upper, (*point.signals, "shift"))
