"""A figure over time as a control chart: its points out of what is published, a gap where nothing may be shown."""

from __future__ import annotations

from collections.abc import Sequence

from api.charts.drawing import Drawn, Point, drawn
from api.steering.words import when
from engine.texts import Texts
from population.steering.control import ControlChart, Counted, p_chart, xmr_chart
from population.steering.disclosure import Row, Table
from population.steering.figures import ROOT, Chart, Figure
from population.steering.samdata import mean_days

Series = Sequence[tuple[Table, Row | None]]


def kind_of(figure: Figure, rows: Sequence[Row]) -> Chart | None:
    """Return how a figure is charted: where no mean may be shown, as the share that it is about."""
    if figure.chart == "xmr" and figure.share_of and all(mean_days(row) is None for row in rows):
        return "p"
    return figure.chart


def control(figure: Figure, series: Series) -> ControlChart:
    """Return the control chart of a figure, of days and counts as single values and else of shares."""
    if kind_of(figure, shown_rows(series)) == "xmr":
        return xmr_chart([_number(figure, row) for _, row in series])
    return p_chart([_counted(figure, row) for _, row in series])


def placed(figure: Figure, series: Series, texts: Texts, *, chart: ControlChart) -> Drawn | None:
    """Return the control chart as it is drawn, None where there is none or nothing of it may be shown."""
    kind = kind_of(figure, shown_rows(series))
    points = [
        Point(
            label=_short(table, texts),
            value=point.value,
            centre=None if point.value is None else chart.centre,
            lower=None if point.lower is None else max(0.0, point.lower),
            upper=point.upper,
            signal=bool(point.signals),
        )
        for (table, _), point in zip(series, chart.points, strict=True)
    ]
    return drawn(points, most=1.0) if kind == "p" else drawn(points) if kind else None


def value(figure: Figure, row: Row, kind: Chart | None) -> float | None:
    """Return what a row comes to: mean days, how many, or a share."""
    if kind == "xmr":
        return _number(figure, row)
    counted = _counted(figure, row)
    return None if counted is None else counted.met / counted.n


def shown_rows(series: Series) -> list[Row]:
    """Return the rows of the periods in which anything is shown."""
    return [row for _, row in series if row]


def _number(figure: Figure, row: Row | None) -> float | None:
    if row is None:
        return None
    return row.n if figure.id == ROOT else mean_days(row)


def _counted(figure: Figure, row: Row | None) -> Counted | None:
    met = row.count(*figure.share_of) if row and figure.share_of else None
    return Counted(met, row.n) if row and met is not None else None


def _short(table: Table, texts: Texts) -> str:
    month, year = when(table, texts).rsplit(" ", 1)
    return f"{month} {year[-2:]}"
