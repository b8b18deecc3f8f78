"""What the page of one figure shows: its chart and table over time, or its table part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from api.charts.drawing import Drawn
from api.steering.charted import Series, control, kind_of, placed, shown_rows, value
from api.steering.shown import Shown
from api.steering.words import categories, category, in_words, parts, percent, title, when
from engine.texts import Texts
from engine.words import number
from population.steering.control import Point
from population.steering.counting import UNKNOWN
from population.steering.disclosure import Row, Table
from population.steering.figures import ROOT, Chart, Figure, figures
from population.steering.samdata import Inhabitants, long_stayers, per_inhabitants

NOBODY: Mapping[str, Inhabitants] = {}


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a row; it fills `wide` columns, and `names` are the categories where those are several."""

    count: int
    share: str
    wide: int = 1
    names: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the table; `bar` is its share of a hundred, `part` the part that it leads to."""

    head: str
    value: str | None = None
    cells: tuple[Cell, ...] = ()
    n: int = 0
    lacking: str = ""
    signals: tuple[str, ...] = ()
    bar: int | None = None
    part: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class FigurePage:
    """One figure: its columns, its rows, its chart where it is over time, and the periods to choose between."""

    figure: Figure
    title: str
    heading: str
    kind: Chart | None
    columns: tuple[str, ...]
    rows: tuple[Told, ...]
    notes: tuple[str, ...]
    chart: Drawn | None = None
    periods: tuple[tuple[str, str, bool], ...] = ()
    kappa: str | None = None
    long_stay: str | None = None


@dataclass(frozen=True, slots=True)
class _Telling:
    """What every row of a page is told with: the categories that some row tells apart, as `columns`."""

    figure: Figure
    kind: Chart | None
    columns: tuple[tuple[str, ...], ...]
    texts: Texts

    @classmethod
    def of(cls, figure: Figure, rows: Sequence[Row], texts: Texts) -> _Telling:
        starts = {block.categories[0] for row in rows for block in row.blocks} or set(figure.categories)
        columns: list[list[str]] = []
        for each in figure.categories:
            if each in starts or not columns:
                columns.append([])
            columns[-1].append(each)
        return cls(figure, kind_of(figure, rows), tuple(map(tuple, columns)), texts)

    def row(self, row: Row, head: str) -> Told:
        """Return a row as it is told."""
        found = value(self.figure, row, self.kind)
        bar = round(found * 100) if found is not None and self.kind == "p" else None
        said = in_words(found, self.kind, self.texts)
        return Told(head, said, tuple(self._cells(row)), row.n, _lacking(row, self.texts), bar=bar)

    def _cells(self, row: Row) -> Iterator[Cell]:
        for block in row.blocks:
            wide = sum(1 for column in self.columns if column[0] in block.categories)
            share = percent(block.count / row.n, self.texts) if row.n and self.figure.id != ROOT else ""
            names = categories(self.figure, block.categories, self.texts) if wide > 1 else ""
            yield Cell(block.count, share, wide, names)


def over_time(shown: Shown, figure: Figure, texts: Texts) -> FigurePage:
    """Return a figure of the whole hospital, period by period."""
    tables = shown.published.of(shown.hospital or "", figure.id)
    series = [(table, next(iter(table.rows), None)) for table in tables]
    return _page(figure, series, texts, heading=texts("figure_breakdown.all"))


def of_part(shown: Shown, figure: Figure, breakdown: str, *, part: str, texts: Texts) -> FigurePage:
    """Return a figure of one part over time, a gap where the part is told with others."""
    tables = shown.published.of(shown.hospital or "", figure.id, breakdown)
    every_one = _with_gaps(tables, max(shown.months)) if tables else ()
    series = [(table, next((row for row in table.rows if row.parts == (part,)), None)) for table in every_one]
    return _page(figure, series, texts, heading=parts(breakdown, (part,), texts))


def is_part(shown: Shown, breakdown: str, part: str) -> bool:
    """Return whether a part is named anywhere in what is published of the hospital."""
    tables = (table for table in shown.published.tables if table.breakdown == breakdown)
    return any(part in row.parts for table in tables for row in table.rows)


def _with_gaps(tables: Sequence[Table], last: date) -> Iterator[Table]:
    """Yield a table for each period from the first that is told apart, without rows where none is."""
    held = {table.first: table for table in tables}
    first, months = tables[0].first, tables[0].months
    while _later(first, months - 1) <= last:
        yield held.get(first) or replace(tables[0], first=first, covers=(), rows=())
        first = _later(first, months)


def _later(month: date, months: int) -> date:
    return date(month.year + (month.month - 1 + months) // 12, (month.month - 1 + months) % 12 + 1, 1)


def by_part(
    shown: Shown,
    figure: Figure,
    breakdown: str,
    *,
    first: date | None,
    texts: Texts,
    live: Mapping[str, Inhabitants] = NOBODY,
) -> FigurePage:
    """Return a figure part by part, in the period that is asked for or the newest; `live` says how many live where."""
    tables = shown.published.of(shown.hospital or "", figure.id, breakdown)
    newest = tables[-1:] and tables[-1]
    table = next((each for each in tables if each.first == first), newest or None)
    rows = table.rows if table else ()
    telling = _Telling.of(figure, rows, texts)
    return FigurePage(
        figure,
        title(figure, texts),
        texts(f"figure_breakdown.{breakdown}"),
        telling.kind,
        _names(telling),
        tuple(_led(telling.row(row, parts(breakdown, row.parts, texts)), row) for row in rows),
        (
            *((_of_another(figure, table, texts),) if table and _of_another(figure, table, texts) else ()),
            *_notes(figure, rows, texts),
            *_per_inhabitants(figure, breakdown, rows, live=live, texts=texts),
        ),
        periods=tuple((each.first.isoformat(), when(each, texts), each is table) for each in tables),
    )


def _page(figure: Figure, series: Series, texts: Texts, *, heading: str) -> FigurePage:
    rows = shown_rows(series)
    telling, chart = _Telling.of(figure, rows, texts), control(figure, series)
    told = [
        _told_at(telling, table, row, point=point) for (table, row), point in zip(series, chart.points, strict=True)
    ]
    return FigurePage(
        figure,
        title(figure, texts),
        heading,
        telling.kind,
        _names(telling),
        tuple(reversed(told)),
        tuple(_notes(figure, rows, texts)),
        chart=placed(figure, series, texts, chart=chart),
        kappa=_kappa(series, texts),
        long_stay=_long_stay(figure, rows, texts),
    )


def _kappa(series: Series, texts: Texts) -> str | None:
    """Return the newest kappa that is shown, with the period that it is of."""
    known = [(table, row.kappa) for table, row in series if row and row.kappa is not None]
    if not known:
        return None
    table, kappa = known[-1]
    return texts("steering.kappa", kappa=number(kappa, texts), period=when(table, texts))


def _told_at(telling: _Telling, table: Table, row: Row | None, *, point: Point) -> Told:
    texts, head = telling.texts, when(table, telling.texts)
    if row is None:
        return Told(head)
    months = ", ".join(texts(f"calendar.month.{month.month}") for month in table.covers)
    covers = texts("figure_note.covers", months=months) if 0 < len(table.covers) < table.months else ""
    signals = tuple(texts(f"figure_signal.{each}") for each in point.signals) if telling.kind else ()
    note = " ".join(filter(None, (covers, _of_another(telling.figure, table, texts))))
    return replace(telling.row(row, head), signals=signals, note=note)


def _of_another(figure: Figure, table: Table, texts: Texts) -> str:
    """Say that other stays were counted than the figure's own, which were too few to be shown."""
    own = figures()[figure.within]
    return "" if table.of == own.id else texts("figure_note.of_another", title=title(own, texts))


def _led(told: Told, row: Row) -> Told:
    alone = row.parts[0] if len(row.parts) == 1 else UNKNOWN
    return replace(told, part=alone or None)


def _long_stay(figure: Figure, rows: Sequence[Row], texts: Texts) -> str | None:
    if figure.id != "days_after_ready":
        return None
    told = [count for row in rows if (count := long_stayers(row)) is not None]
    return texts("steering.long_stayers", count=sum(told), periods=len(told), of=len(rows)) if told else None


def _lacking(row: Row, texts: Texts) -> str:
    if row.lacking is not None:
        return str(row.lacking)
    return texts("steering.at_most", number=row.unsure) if row.unsure else "0"


def _notes(figure: Figure, rows: Sequence[Row], texts: Texts) -> Iterator[str]:
    """Say who is not in the figure, where those are counted while they are few, and that categories are told as one."""
    yield texts(f"figure.{figure.words}.lacks")
    if figure.spare and any(row.unsure for row in rows):
        yield texts("steering.counted_with", category=category(figure, figure.spare, texts))
    if any(len(block.categories) > 1 for row in rows for block in row.blocks):
        yield texts("figure_note.together")


def _per_inhabitants(
    figure: Figure, breakdown: str, rows: Sequence[Row], *, live: Mapping[str, Inhabitants], texts: Texts
) -> Iterator[str]:
    """Say of each municipality how many stays there were for each thousand who live there, or that this lacks."""
    if figure.id != ROOT or breakdown != "municipality" or not rows:
        return
    known = [(row, each) for row in rows if (each := per_inhabitants(row, live)) is not None]
    if not known:
        yield texts("figure_note.inhabitants")
    for row, each in known:
        of = live[row.parts[0]]
        said = texts(
            "figure_note.per_inhabitants", number=number(round(each, 1), texts), source=of.source, year=of.year
        )
        yield f"{parts(breakdown, row.parts, texts)}: {said}"


def _names(telling: _Telling) -> tuple[str, ...]:
    return tuple(categories(telling.figure, each, telling.texts) for each in telling.columns)
