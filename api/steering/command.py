"""`retthjem figures`: the figures of what is closed, on the screen or as a file; and the months closed by hand."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from api.files import print_out, write_whole
from api.record.record import Record
from api.screening import texts_in
from api.settings import read_settings
from api.steering.besides import besides
from api.steering.closing import Closing, close
from api.steering.reading import Shelves, hospitals
from api.steering.sheet import sheet_of
from api.steering.shown import Shown
from api.steering.words import categories, definition, hidden, parts, period, title
from api.storage import schema
from api.storage.engine import make_engine, reading
from engine.errors import InputError
from engine.texts import Texts
from population.steering.counting import ALL, breakdowns
from population.steering.disclosure import Row, Table
from population.steering.figures import figures, limit


def run(arguments: Namespace) -> int:
    """Do what was asked, and return the exit code."""
    _refuse_unknown(arguments)
    texts = texts_in(arguments.lang)
    with _record(arguments) as record:
        if arguments.close:
            months = close(Closing.of(record, now=datetime.now(UTC)), whole=True)
            print_out(texts("figure_sheet.closed", count=len(months)) + "\n")
        if not arguments.close or arguments.csv or arguments.figure:
            _show(arguments, _shown(record, arguments.hospital), texts)
    return 0


def _refuse_unknown(arguments: Namespace) -> None:
    if arguments.figure and arguments.figure not in figures():
        raise InputError("--figure", "not_an_allowed_answer", allowed=list(figures()))
    if arguments.by and arguments.by not in breakdowns():
        raise InputError("--by", "not_an_allowed_answer", allowed=list(breakdowns()))
    if arguments.csv and arguments.csv.suffix != ".csv":
        raise InputError("--csv", "ending_not_allowed", allowed=(".csv",))


@contextmanager
def _record(arguments: Namespace) -> Iterator[Record]:
    """Give the record of the database, which must be this version's."""
    from api.serving import screening_for

    settings = read_settings(database=arguments.database)
    engine = make_engine(settings.database)
    try:
        schema.require_current(engine)
        record = Record.start(screening_for(settings), engine, settings.hospital, figures=Shelves.of_settings(settings))
        try:
            yield record
        finally:
            record.writer.close()
    finally:
        engine.dispose()


def _shown(record: Record, asked: str | None) -> Shown:
    with reading(record.engine) as connection:
        known = hospitals(connection)
        if asked is not None and asked not in known:
            raise InputError("--hospital", "not_an_allowed_answer", allowed=list(known))
        chosen = asked or (record.hospital if record.hospital in known else next(iter(known), None))
        if chosen is None:
            return Shown(known)
        shelf = record.figures.of(record.engine, chosen)
        return Shown(known, chosen, shelf.months, shelf.published, besides(connection, chosen))


def _show(arguments: Namespace, shown: Shown, texts: Texts) -> None:
    narrowed = any((arguments.figure, arguments.by, arguments.since, arguments.until))
    tables = [each for each in shown.published.tables if _is_asked_for(each, arguments)]
    if arguments.csv:
        write_whole(arguments.csv, sheet_of(shown, texts, tables=tables if narrowed else None), read_from="-")
        return
    if not shown.months:
        print_out(texts("figure_sheet.nothing", days=limit("close_after_days")) + "\n")
    whole = [each for each in tables if arguments.by or each.breakdown == ALL]
    print_out("".join(f"{line}\n" for line in _told(whole, texts)))


def _is_asked_for(table: Table, arguments: Namespace) -> bool:
    wanted = arguments.figure in (None, table.figure) and arguments.by in (None, table.breakdown)
    after = arguments.since is None or table.first >= arguments.since.replace(day=1)
    return wanted and after and (arguments.until is None or table.first <= arguments.until)


def _told(tables: list[Table], texts: Texts) -> Iterator[str]:
    """Give each figure with its definition, then a line for each row."""
    last = None
    for table in sorted(tables, key=lambda each: (list(figures()).index(each.figure), each.breakdown, each.first)):
        figure = figures()[table.figure]
        if (table.figure, table.breakdown) != last:
            last = (table.figure, table.breakdown)
            yield f"\n{title(figure, texts)} ({figure.id}). {definition(figure, texts)}"
        for row in table.rows:
            yield f"  {_when(table, texts)}  {_in_a_line(table, row, texts)}"
        if not table.rows:
            yield f"  {_when(table, texts)}  {hidden(texts)}"


def _when(table: Table, texts: Texts) -> str:
    return period(table.first, "month" if table.months == 1 else "tertial", texts)


def _in_a_line(table: Table, row: Row, texts: Texts) -> str:
    figure = figures()[table.figure]
    part = parts(table.breakdown, row.parts, texts)
    blocks = "; ".join(f"{categories(figure, each.categories, texts)}: {each.count}" for each in row.blocks)
    return f"{part}  {blocks}".strip()
