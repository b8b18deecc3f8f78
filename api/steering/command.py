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
from api.steering.lines import not_apart, told
from api.steering.reading import Shelves, hospitals
from api.steering.sheet import sheet_of
from api.steering.shown import Shown
from api.storage import schema
from api.storage.engine import make_engine, reading
from engine.errors import InputError
from engine.texts import Texts
from population.steering.counting import ALL, breakdowns
from population.steering.disclosure import Table
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
    if arguments.figure and arguments.by and arguments.by not in (ALL, *figures()[arguments.figure].breakdowns):
        allowed = figures()[arguments.figure].breakdowns or ("-",)
        raise InputError("--by", "figure_not_divided", allowed=allowed)
    if arguments.since and arguments.until and arguments.since > arguments.until:
        raise InputError("--from", "from_after_to")
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
    lines = [*told(whole, texts)]
    if arguments.by and shown.months:
        lines += not_apart(whole, arguments.by, texts, asked=arguments.figure)
    if not lines and shown.months:
        lines = [texts("figure_sheet.nothing_then")]
    print_out("".join(f"{line}\n" for line in lines))


def _is_asked_for(table: Table, arguments: Namespace) -> bool:
    wanted = arguments.figure in (None, table.figure) and arguments.by in (None, table.breakdown)
    after = arguments.since is None or table.first >= arguments.since.replace(day=1)
    return wanted and after and (arguments.until is None or table.first <= arguments.until)
