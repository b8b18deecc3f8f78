"""A list as a file that a Norwegian spreadsheet opens as it is: semicolons, decimal commas, days as 16.11.2026."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from unicodedata import normalize

from api.record.list_rows import Listing
from api.ward.lists.reader import Reader, track_in_words
from api.ward.lists.view import place_in_words, row_of, status_in_words
from careplans.course.due import standing
from rules.times import age_on, oslo, oslo_day

COLUMNS = (
    "name",
    "age",
    "place",
    "cfs_low",
    "cfs_high",
    "cfs_is",
    "track",
    "track_is",
    "pathway",
    "next",
    "owner",
    "due",
    "standing",
    "late",
    "home",
    "status",
    "why",
)
MARK = "\ufeff"
"""What tells a spreadsheet that the file is UTF-8."""

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet reads as the beginning of a formula, and would carry out."""

Cell = str | int | float | date | None


def sheet_of(found: Iterable[Listing], reader: Reader) -> bytes:
    """Return the file: what the list shows, and no identity number."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(cell(reader.t(f"lists.sheet.{column}"), reader) for column in COLUMNS)
    for each in found:
        writer.writerow(cell(value, reader) for value in _values(each, reader))
    return (MARK + out.getvalue()).encode()


def cell(value: Cell, reader: Reader) -> str:
    """Return a value as it stands in a cell; a text that begins as a formula does is quoted."""
    match value:
        case None:
            return ""
        case datetime():
            return f"{oslo(value):%d.%m.%Y %H:%M}"
        case date():
            return f"{value:%d.%m.%Y}"
        case int() | float():
            return f"{value:g}".replace(".", reader.t("words.decimal"))
    # Some spreadsheets pass over spaces before a sign, and take its full-width form for it.
    return f"'{value}" if normalize("NFKC", value).lstrip(" ").startswith(RISKY) else value


def _values(each: Listing, reader: Reader) -> tuple[Cell, ...]:
    row, t, coming = row_of(each, reader), reader.t, each.next_step
    next_clock = next((clock for clock in each.clocks if coming and clock.clock.step == coming.what), None)
    return (
        row.name,
        age_on(each.born, oslo_day(reader.now)) if each.born else None,
        place_in_words(each, reader),
        each.cfs_low,
        each.cfs_high,
        t(f"lists.sheet.cfs.{each.cfs_is}") if each.cfs_is else None,
        t(f"track.{each.track}") if each.track else None,
        track_in_words(each, t),
        each.pathway,
        row.what,
        row.who,
        coming.due if coming else None,
        t(f"standing.{standing(next_clock.clock, reader.now)}") if next_clock else None,
        sum(clock.standing == "late" for clock in each.clocks),
        each.expected,
        status_in_words(each, t),
        row.why,
    )
