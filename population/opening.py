"""The files of an extract, found fit to be read: which there are, in which encoding, with which columns.

What is wrong with a whole file is an error here, before anything is written; what is wrong with a row is counted later.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from errno import ENOSPC
from hashlib import sha256
from pathlib import Path

import polars as pl

from engine.errors import InputError
from population.extract import CSV, PARQUET, PATIENTS, Column, Table, tables
from population.files import CHUNK, has_room, is_full

LONGEST_HEADER = 10_000
SEPARATORS = ",;\t"
NUMBERS = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)
TYPES: dict[str, tuple[type[pl.DataType], ...]] = {
    "person": (pl.String, *NUMBERS),
    "day": (pl.String, pl.Date, pl.Datetime),
    "yes_no": (pl.String, pl.Boolean, *NUMBERS),
    "amount": (pl.String, pl.Float32, pl.Float64, *NUMBERS),
    "value": (pl.String, *NUMBERS),
}
"""What a Parquet column of each kind may be; every other kind is text."""

FEW_WORDS = ("yes_no", "choice", "municipality", "code", "system", "atc")
"""The kinds of columns that hold few distinct words."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table's file: where it is, its columns' types, a checksum of what it held, and how old and large it was."""

    table: Table
    path: Path
    types: dict[str, pl.DataType]
    checksum: str
    separator: str = ""
    seen: tuple[int, int] = (0, 0)

    @property
    def name(self) -> str:
        """Return the file's name, which is all that is said of where it lies."""
        return self.path.name

    def scan(self) -> pl.LazyFrame:
        """Return its rows with their numbers, none read yet: lines of a CSV file, rows of a Parquet file."""
        if not self.separator:
            return pl.scan_parquet(self.path, row_index_name="row", row_index_offset=1, glob=False)
        return pl.scan_csv(
            self.path,
            separator=self.separator,
            infer_schema=False,
            row_index_name="row",
            row_index_offset=2,
            glob=False,
        )

    def refuse_changed(self) -> None:
        """Refuse a file that was written again since it was opened: some of what was read of it may be of another."""
        if _age_and_size(self.path) != self.seen:
            raise InputError(self.name, "table_changed")

    def worded(self) -> list[str]:
        """Return the columns of text that are of few distinct words."""
        few = {column.name for column in self.table.columns if column.kind in FEW_WORDS}
        return [name for name, kind in self.types.items() if name in few and kind == pl.String()]

    @contextmanager
    def being_read(self, into: Path | None = None) -> Iterator[None]:
        """Say what is wrong with the file where Polars cannot go on; unless it is that there is no room to write in."""
        try:
            yield
        except (pl.exceptions.PolarsError, OSError) as wrong:
            if into and (is_full(wrong) or not has_room(into)):
                raise OSError(ENOSPC, "") from None
            if self.separator and (line := _uneven_line(self)):
                raise InputError(f"line {line} {self.name}", "csv_uneven", columns=len(self.types)) from None
            raise InputError(self.name, "table_damaged") from None


def opened(folder: Path) -> dict[str, Source]:
    """Return the extract's files by table; one that cannot be read is an `InputError` that says how to mend it."""
    if not folder.is_dir():
        raise InputError("EXTRACT", "extract_not_folder")
    paths = {name: path for name in tables() if (path := _file_of(folder, name))}
    # A checksum lets other threads run; of several files that cannot be read it is still the first that is told of.
    with ThreadPoolExecutor() as at_once:
        sources = at_once.map(lambda name: _opened(paths[name], tables()[name]), paths)
        found = dict(zip(paths, sources, strict=True))
    if PATIENTS not in found:
        raise InputError("EXTRACT", "extract_without_patients")
    return found


def in_place(table: str, path: Path) -> Source:
    """Return a Parquet file that was found fit to be read before."""
    return Source(tables()[table], path, dict(pl.scan_parquet(path, glob=False).collect_schema()), checksum="")


def _file_of(folder: Path, name: str) -> Path | None:
    found = [path for ending in (PARQUET, CSV) if (path := folder / f"{name}{ending}").exists()]
    if len(found) > 1:
        raise InputError(found[0].name, "table_twice", other=found[1].name)
    return found[0] if found else None


def _opened(path: Path, table: Table) -> Source:
    try:
        seen = _age_and_size(path)
        return replace(_csv(path, table) if path.suffix == CSV else _parquet(path, table), seen=seen)
    except OSError:
        raise InputError(path.name, "table_unreadable") from None


def _age_and_size(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _parquet(path: Path, table: Table) -> Source:
    try:
        types = dict(pl.scan_parquet(path, glob=False).collect_schema())
    except pl.exceptions.PolarsError:
        raise InputError(path.name, "parquet_damaged") from None
    _check_columns(list(types), table, path.name)
    for name, kind in types.items():
        if kind not in TYPES.get(table.named(name).kind, (pl.String,)) and not isinstance(
            kind, pl.Categorical | pl.Enum
        ):
            raise InputError(f"{path.name} {name}", "column_type", allowed=_types_of(table.named(name)))
    return Source(table, path, types, _checksum(path))


def _types_of(column: Column) -> list[str]:
    return [kind.__name__ for kind in TYPES.get(column.kind, (pl.String,))]


def _csv(path: Path, table: Table) -> Source:
    checksum = _checksum(path, text=True)
    with path.open(encoding="utf-8-sig", newline="") as file:
        line = file.readline(LONGEST_HEADER)
    separator = max(SEPARATORS, key=line.count)
    names = next(csv.reader([line], delimiter=separator), [])
    _check_columns(names, table, path.name)
    return Source(table, path, dict.fromkeys(names, pl.String()), checksum, separator)


def _check_columns(names: Sequence[str], table: Table, file: str) -> None:
    """Refuse a header that is not the table's; a name is not repeated, for without a header it is a person's value."""
    known = [column.name for column in table.columns]
    for place, name in enumerate(names, start=1):
        if name not in known:
            raise InputError(f"{file} #{place}", "column_unknown", allowed=known)
        if name in names[: place - 1]:
            raise InputError(f"{file} {name}", "column_twice")
    for column in table.columns:
        if column.needed and column.name not in names:
            raise InputError(f"{file} {column.name}", "column_missing")


def _checksum(path: Path, *, text: bool = False) -> str:
    """Return the file's checksum; a text that is not UTF-8 is refused at its line."""
    digest, lines = sha256(), 1
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            if text:
                _decode(decoder, chunk, lines, file=path.name)
                lines += chunk.count(b"\n")
    return digest.hexdigest()


def _decode(decoder: codecs.IncrementalDecoder, chunk: bytes, lines: int, *, file: str) -> None:
    if b"\0" in chunk:  # UTF-16, or no text at all
        raise InputError(f"line {lines + chunk[: chunk.index(0)].count(10)} {file}", "csv_not_utf8")
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError as wrong:
        line = lines + wrong.object[: wrong.start].count(b"\n")
        raise InputError(f"line {line} {file}", "csv_not_utf8") from None


def _uneven_line(source: Source) -> int | None:
    """Return the first line with more values than there are columns."""
    with source.path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=source.separator)
        return next((reader.line_num for row in reader if len(row) > len(source.types)), None)
