"""The figures as a file that a Norwegian spreadsheet opens as it is: a line for each number, beside what it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from api.steering.besides import Beside
from api.steering.shown import Shown
from api.steering.words import categories, definition, hidden, parts, period, title
from engine.texts import Texts
from population.steering.disclosure import Block, Row, Table
from population.steering.figures import figures

COLUMNS = (
    "hospital",
    "figure",
    "title",
    "definition",
    "breakdown",
    "part",
    "period",
    "months",
    "category",
    "count",
    "of",
    "lacking",
    "unsure",
    "days",
    "kappa",
    "note",
)
MONTHS = 4
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
    when = (_when(table, t), len(table.covers))
    if not table.rows:
        yield (*what, None, *when, *[None] * 7, hidden(t))
    for row in table.rows:
        part = parts(table.breakdown, row.parts, t) or None
        for place, block in enumerate(row.blocks):
            said = categories(figure, block.categories, t)
            yield (*what, part, *when, said, *_numbers(row, block, first=place == 0), None)


def _when(table: Table, t: Texts) -> str:
    return period(table.first, "month" if table.months == 1 else "tertial", t)


def _numbers(row: Row, block: Block, *, first: bool) -> tuple[Cell, ...]:
    """Return a block's count and what it is of; what is said of the whole row stands on its first line alone."""
    whole: tuple[Cell, ...] = (row.lacking, row.unsure or None, row.total, row.kappa)
    return (block.count, row.n, *(whole if first else (None,) * len(whole)))


def _beside(each: Beside, hospital: str, t: Texts) -> Iterator[tuple[Cell, ...]]:
    words = f"figure_beside.{each.figure}"
    about = t(f"rule.{each.about}") if f"rule.{each.about}" in t else each.about
    what = (hospital, each.figure, t(f"{words}.title"), t(f"{words}.definition"), t("figure_breakdown.all"), about)
    for outcome, number in each.counts.items():
        said = t(f"figure_beside.outcome.{outcome}")
        note = t("figure_beside.rounded") if number is not None else hidden(t)
        yield (*what, period(each.first, "tertial", t), MONTHS, said, number, *[None] * 5, note)


def _cell(value: Cell, t: Texts) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:g}".replace(".", t("words.decimal"))
    return f"'{value}" if value.lstrip(" ").startswith(RISKY) else value
