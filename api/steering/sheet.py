"""The figures as a file that a Norwegian spreadsheet opens as it is: a line for each number, beside what it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from api.steering.besides import Beside
from api.steering.counted import lacks, months_counted, spare, stays_counted
from api.steering.shown import Shown
from api.steering.words import categories, definition, hidden, parts, period, title, when
from engine.texts import Texts
from population.steering.counting import months_of
from population.steering.disclosure import Row, Table
from population.steering.figures import Figure, figures

COLUMNS = (
    "hospital",
    "figure",
    "title",
    "definition",
    "breakdown",
    "part",
    "first_day",
    "period",
    "months",
    "which_months",
    "stays",
    "category",
    "count",
    "of",
    "lacking",
    "unsure",
    "spare",
    "lacks",
    "days",
    "kappa",
    "note",
)
MARK = "\ufeff"
"""What tells a spreadsheet that the file is UTF-8."""

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would carry out as a formula: a ward may be called anything."""

Cell = str | int | float | None


def sheet_of(shown: Shown, t: Texts, *, tables: Iterable[Table] | None = None) -> bytes:
    """Return the file: all that is published of the hospital, or these tables of it alone."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(t(f"figure_sheet.{column}") for column in COLUMNS)
    for table in shown.published.tables if tables is None else tables:
        for line in _lines(table, t):
            writer.writerow(_cell(value, t) for value in line)
    for each in shown.besides if tables is None else ():
        for line in _beside(each, shown.hospital or "", t):
            writer.writerow(_cell(value, t) for value in line)
    return (MARK + out.getvalue()).encode()


def _lines(table: Table, t: Texts) -> Iterator[tuple[Cell, ...]]:
    figure = figures()[table.figure]
    by = t(f"figure_breakdown.{table.breakdown}")
    what = (table.hospital, figure.id, title(figure, t), definition(figure, t), by)
    dated = (table.first.isoformat(), when(table, t), len(table.covers), months_counted(table))
    if not table.rows:
        yield (*what, None, *dated, *[None] * 10, hidden(t))
    for row in table.rows:
        part = parts(table.breakdown, row.parts, t) or None
        for place, block in enumerate(row.blocks):
            said = categories(figure, block.categories, t)
            numbers = (block.count, row.n, *_of_row(figure, row, t, first=place == 0))
            yield (*what, part, *dated, stays_counted(table, t), said, *numbers, None)


def _of_row(figure: Figure, row: Row, t: Texts, *, first: bool) -> tuple[Cell, ...]:
    """Return what is said of the whole row, which stands on its first line alone."""
    if not first:
        return (None,) * 6
    return (row.lacking, row.unsure or None, spare(figure, row, t), lacks(figure, row, t), row.total, row.kappa)


def _beside(each: Beside, hospital: str, t: Texts) -> Iterator[tuple[Cell, ...]]:
    words = f"figure_beside.{each.figure}"
    about = t(f"rule.{each.about}") if f"rule.{each.about}" in t else each.about
    what = (hospital, each.figure, t(f"{words}.title"), t(f"{words}.definition"), t("figure_breakdown.all"), about)
    months = months_of(each.first)
    covered = " ".join(f"{month:%Y-%m}" for month in months)
    dated = (each.first.isoformat(), period(each.first, "tertial", t), len(months), covered)
    for outcome, number in each.counts.items():
        said = t(f"figure_beside.outcome.{outcome}")
        note = t("figure_beside.rounded") if number is not None else hidden(t)
        yield (*what, *dated, None, said, number, *[None] * 7, note)


def _cell(value: Cell, t: Texts) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:g}".replace(".", t("words.decimal"))
    return f"'{value}" if value.lstrip(" ").startswith(RISKY) else value
