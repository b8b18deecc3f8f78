"""A series of numbers placed on a plane: where its points, limits and scale are to be drawn; a gap stays a gap."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

WIDTH, HEIGHT = 760, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 14, 34
NICE = (1, 2, 2.5, 5, 10)
TICKS, LABELS, SMALLEST = 4, 12, 1e-9


@dataclass(frozen=True, slots=True)
class Point:
    """A number of one period, None where it is hidden; `signal` says that it is no chance variation."""

    label: str
    value: float | None
    centre: float | None = None
    lower: float | None = None
    upper: float | None = None
    signal: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of the chart, in SVG units."""

    x: float
    y: float
    signal: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart in SVG units: paths as `d`, and the texts of its scale at their places."""

    line: str
    centre: str
    lower: str
    upper: str
    dots: tuple[Dot, ...]
    levels: tuple[tuple[float, float], ...]
    labels: tuple[tuple[float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class _Plane:
    count: int
    low: float
    high: float

    def x(self, place: float) -> float:
        step = (WIDTH - LEFT - RIGHT) / max(1, self.count)
        return round(LEFT + step * (place + 0.5), 1)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP), 1)


def drawn(points: Sequence[Point], *, most: float = math.inf) -> Drawn | None:
    """Return the chart, None where no number is shown at all; its scale begins at zero and ends at `most` at most."""
    values = [number for each in points for number in (each.value, each.upper, each.lower) if number is not None]
    if all(each.value is None for each in points):
        return None
    highest = max(values) or 1.0
    step = _nice(highest / TICKS)
    high = min(most, step * math.ceil(highest / step - SMALLEST))
    plane = _Plane(len(points), 0, high)
    return Drawn(
        line=_joined(plane, [each.value for each in points]),
        centre=_steps(plane, [each.centre for each in points]),
        lower=_steps(plane, [each.lower for each in points]),
        upper=_steps(plane, [each.upper for each in points]),
        dots=tuple(_dots(plane, points)),
        levels=tuple((plane.y(level), level) for level in _levels(step, high)),
        labels=tuple(_labels(plane, points)),
    )


def _nice(step: float) -> float:
    size = 10.0 ** math.floor(math.log10(step))
    return size * next(each for each in NICE if each * size >= step * (1 - SMALLEST))


def _levels(step: float, high: float) -> Iterator[float]:
    for number in range(math.floor(high / step + SMALLEST) + 1):
        yield round(number * step, 10)


def _dots(plane: _Plane, points: Sequence[Point]) -> Iterator[Dot]:
    for place, each in enumerate(points):
        if each.value is not None:
            yield Dot(plane.x(place), plane.y(each.value), each.signal)


def _labels(plane: _Plane, points: Sequence[Point]) -> Iterator[tuple[float, str]]:
    every = max(1, math.ceil(len(points) / LABELS))
    for place in range(0, len(points), every):
        yield plane.x(place), points[place].label


def _joined(plane: _Plane, values: Sequence[float | None]) -> str:
    """Return a line from point to point, broken where one is hidden."""
    runs = (list(run) for shown, run in groupby(enumerate(values), key=lambda each: each[1] is not None) if shown)
    return "".join(
        _run([(plane.x(place), plane.y(value)) for place, value in run if value is not None]) for run in runs
    )


def _run(points: Sequence[tuple[float, float]]) -> str:
    """Return a line through points; one alone is a dot, as long as the pen is wide."""
    first, *others = (f"{x} {y}" for x, y in points)
    return f"M{first}" + ("".join(f"L{each}" for each in others) or "h0")


def _steps(plane: _Plane, values: Sequence[float | None]) -> str:
    """Return a level for each period, as wide as the period."""
    parts = [
        f"M{plane.x(place - 0.5)} {plane.y(min(value, plane.high))}H{plane.x(place + 0.5)}"
        for place, value in enumerate(values)
        if value is not None
    ]
    return "".join(parts)
