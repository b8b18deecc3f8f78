"""The figures on the screen: each with its definition, a line for each row, and words where nothing can be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from api.steering.counted import months_counted, spare, stays_counted
from api.steering.words import categories, definition, hidden, parts, title, when
from engine.texts import Texts
from engine.words import number
from population.steering.disclosure import Row, Table
from population.steering.figures import Figure, figures, limit


def told(tables: Iterable[Table], texts: Texts) -> Iterator[str]:
    """Give each figure with its definition, then a line for each row."""
    last = None
    for table in sorted(tables, key=lambda each: (list(figures()).index(each.figure), each.breakdown, each.first)):
        figure = figures()[table.figure]
        if (table.figure, table.breakdown) != last:
            last = (table.figure, table.breakdown)
            yield f"\n{title(figure, texts)} ({figure.id}). {definition(figure, texts)}"
        for row in table.rows:
            yield f"  {when(table, texts)}  {_in_a_line(table, row, texts)}"
        if not table.rows:
            yield f"  {when(table, texts)}  {hidden(texts)}"


def not_apart(tables: Iterable[Table], breakdown: str, texts: Texts, *, asked: str | None) -> Iterator[str]:
    """Say of each figure that is broken down so, but not in the tables, that its parts cannot be told apart."""
    there = {table.figure for table in tables}
    for figure in figures().values():
        if breakdown in figure.breakdowns and figure.id not in there and asked in (None, figure.id):
            by = texts(f"figure_breakdown.{breakdown}")
            said = texts("figure_sheet.not_apart", breakdown=by, fewest=limit("fewest"))
            yield f"\n{title(figure, texts)} ({figure.id}). {said}"


def _in_a_line(table: Table, row: Row, texts: Texts) -> str:
    figure = figures()[table.figure]
    part = parts(table.breakdown, row.parts, texts)
    blocks = "; ".join(f"{categories(figure, each.categories, texts)}: {each.count}" for each in row.blocks)
    return f"{part}  {blocks} ({', '.join(_besides(table, figure, row, texts))})".strip()


def _besides(table: Table, figure: Figure, row: Row, texts: Texts) -> Iterator[str]:
    """Yield how many there are, who is missing, and what else the row has; and what it is of, where not as usual."""
    yield texts("figure_line.of", number=row.n)
    if row.lacking:
        yield texts("figure_line.lacking", number=row.lacking)
    if category := spare(figure, row, texts):
        yield texts("figure_line.unsure", number=row.unsure, category=category)
    if row.total is not None:
        yield texts("figure_line.days", number=row.total)
    if row.kappa is not None:
        yield texts("figure_line.kappa", number=number(row.kappa, texts))
    if table.of != figure.within:
        yield texts("figure_line.stays", stays=stays_counted(table, texts))
    if 0 < len(table.covers) < table.months:
        yield texts("figure_line.covers", months=months_counted(table))
