"""An extract split into buckets by person: rows as whole numbers and days, in constant memory.

A table that lies in the order of its people is left where it is, and a bucket is read of it. Codes are numbered, and
what each counts as is looked up once. Persons are whole numbers: their own where they are numbers, else a hash; with a
key, of their keyed hash, and what they were called is not kept.
"""

from __future__ import annotations

import hmac
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import Any

import polars as pl

from engine.errors import InputError
from population.columns import Numbered
from population.diagnoses import code_table
from population.extract import PATIENTS
from population.faults import Fault
from population.files import made_whole, written_whole
from population.medicines import atc_table
from population.opening import Source, in_place
from population.reading import reading
from population.rows import CALLED, NUMBERED, Whose, every_fault, read_rows, worded
from population.spans import AT_ONCE, bounds_of, spans_of
from rules.codes import CODE_SHAPES
from rules.scores.comorbidity import ICD10
from rules.scores.medicines import SUBSTANCE

PEOPLE_A_BUCKET = 250_000
ROWS_A_BUCKET = 21 * PEOPLE_A_BUCKET
"""A bucket has no more people than that, and on average no more rows, which are what takes memory.

Twelve diagnoses, eight medicines and the row of the person: a list longer than that means fewer people.
"""

LONGEST_CODE = 40
HEX = 32
"""Half of a SHA-256: enough that no two of a whole nation's people are the same."""

SEED = 20_260_101
NamesPerson = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Splitting:
    """How an extract is split: on which day, into how many buckets, with which key for who the people are.

    `bounds` is the person that each bucket but the first begins with, where the patients lie in order.
    """

    on: date
    buckets: int
    key: bytes | None = None
    bounds: tuple[int, ...] | None = None


def how_to_split(
    sources: Mapping[str, Source], on: date, *, key: bytes | None, people_a_bucket: int = PEOPLE_A_BUCKET
) -> Splitting:
    """Return how to split an extract, by how many people there are, and the order they lie in."""
    rows = {name: _rows_in(source) for name, source in sources.items()}
    most = min(people_a_bucket, ROWS_A_BUCKET * rows[PATIENTS] // max(1, sum(rows.values())))
    buckets = max(1, ceil(rows[PATIENTS] / max(1, most)))
    if key is None and not any(_is_text(source) for source in sources.values()):
        bounds = bounds_of(sources[PATIENTS], ceil(rows[PATIENTS] / buckets))
        if bounds is not None:
            return Splitting(on, len(bounds) + 1, None, bounds)
    return Splitting(on, buckets, key)


def _rows_in(source: Source) -> int:
    with source.being_read():
        return int(source.scan().select(pl.len()).collect(engine="streaming").item())


def refuse_named(patients: Source, names_a_person: NamesPerson) -> None:
    """Refuse national identity numbers, which are not to be read without a key that hides them."""
    rows, number = patients.scan(), pl.col("person")
    if patients.types["person"].is_integer():  # of numbers, only those so long need be read as text
        rows = rows.filter(number.cast(pl.Int64, strict=False).is_between(10**9, 10**11 - 1))
    ids = rows.select("row", person=_as_text()).filter(pl.col("person").str.contains(r"^\d{10,11}$"))
    with patients.being_read():
        for batch in ids.collect_batches(engine="streaming"):
            for row, text in batch.iter_rows():
                if names_a_person(text.zfill(11)):
                    raise InputError(f"line {row} {patients.name}", "identity_without_key")


def split(sources: Mapping[str, Source], how: Splitting, folder: Path) -> Iterator[str]:
    """Write the buckets of every table, or where they lie in its file, and yield each table when that is written."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = all(not _is_text(source) for source in sources.values()) and how.key is None
    for name, source in sources.items():
        spans = None if how.bounds is None else spans_of(source, how.bounds)
        if spans is not None:
            where = {"path": str(source.path.resolve()), "spans": spans, "on": how.on.isoformat()}
            written_whole(folder / f"{name}.json", json.dumps(where).encode())
        else:
            _split_table(source, how, folder, numbers=numbers)
        yield name


def _split_table(source: Source, how: Splitting, folder: Path, *, numbers: bool) -> None:
    name = source.table.name
    done = folder / f"{name}.done"
    if done.exists():
        return
    shutil.rmtree(folder / name, ignore_errors=True)
    with source.being_read(into=folder):
        coded = _coded_of(source, how.on, source.scan())
        if coded.table is not None:
            made_whole(folder / f"{name}.parquet", coded.table.write_parquet)
        _written(source, how, coded.numbered, numbers=numbers, into=folder / name)
    written_whole(done, b"")


def faults_of(source: Source, on: date) -> tuple[Fault, ...]:
    """Return what can be wrong with a table's rows, in the order of their bits."""
    return tuple(fault for fault, _ in every_fault(reading(source.table, source.types, Numbered(on)), source.types))


@dataclass(frozen=True, slots=True)
class Part:
    """A table's rows in a bucket, None where it has none; what its codes count as, and over how many code systems."""

    rows: pl.DataFrame | None = None
    codes: pl.DataFrame | None = None
    systems: int = 1


def part(folder: Path, table: str, bucket: int) -> Part:
    """Return a table's rows in a bucket."""
    spans = folder / f"{table}.json"
    if spans.exists():
        return _read_in_place(table, bucket, json.loads(spans.read_bytes()))
    files = sorted((folder / table / str(bucket)).glob("*.arrow"))
    if not files:
        return Part()
    rows = pl.concat([pl.read_ipc(file) for file in files], rechunk=True)
    codes = folder / f"{table}.parquet"
    return _with_codes(rows, pl.read_parquet(codes) if codes.exists() else None)


def _with_codes(rows: pl.DataFrame, codes: pl.DataFrame | None) -> Part:
    if codes is None or "systems" not in codes.columns:
        return Part(rows, codes)
    return Part(rows, codes.drop("systems"), codes["systems"].to_list()[0] if codes.height else 1)


def _read_in_place(table: str, bucket: int, where: Mapping[str, Any]) -> Part:
    """Return a bucket's rows of a file that lies by person."""
    source, on = in_place(table, Path(where["path"])), date.fromisoformat(where["on"])
    first, after = where["spans"][bucket : bucket + 2]
    if first == after:
        return Part()
    with source.being_read():
        rows = source.scan().slice(first, after - first).collect()
    source, rows = worded(source, rows)
    coded = _coded_of(source, on, rows.lazy())
    return _with_codes(read_rows(source, rows.rechunk(), coded.numbered, whose=NUMBERED), coded.table)


def _written(source: Source, how: Splitting, numbered: Numbered, *, numbers: bool, into: Path) -> None:
    """Write a table's rows by bucket, so many at a time, for memory is to be the same at any size."""
    whose = NUMBERED if numbers else Whose(_named(_as_text(), how.key), CALLED.hash(SEED))
    for number, batch in enumerate(source.scan().collect_batches(chunk_size=AT_ONCE, engine="streaming")):
        known, rows = worded(source, batch)
        read = read_rows(known, rows, numbered, whose=whose).with_columns(bucket=_bucket(how))
        parts = read.partition_by("bucket", include_key=False, as_dict=True)
        for (bucket,), part_of_it in parts.items():
            path = into / str(bucket) / f"{number:05}.arrow"
            path.parent.mkdir(parents=True, exist_ok=True)
            part_of_it.write_ipc(path, compression="lz4")


def _bucket(how: Splitting) -> pl.Expr:
    key = pl.col("key")
    if how.bounds is None:
        return (key.hash(SEED) % how.buckets).cast(pl.UInt32)
    bounds = pl.Series(how.bounds, dtype=pl.Int64)

    def found(persons: pl.Series) -> pl.Series:
        return bounds.search_sorted(persons, side="right").cast(pl.UInt32)

    return key.reinterpret(signed=True).map_batches(found, return_dtype=pl.UInt32, is_elementwise=True)


def _is_text(source: Source) -> bool:
    return source.types["person"] == pl.String()


def _as_text() -> pl.Expr:
    person = pl.col("person").cast(pl.String).str.strip_chars()
    return pl.when(person != "").then(person)


def _named(person: pl.Expr, key: bytes | None) -> pl.Expr:
    """Return who it is, under the name that is kept: with a key, the keyed hash."""
    if key is None:
        return person

    def hashed(names: pl.Series) -> pl.Series:
        distinct = names.drop_nulls().unique()
        hidden = [hmac.digest(key, name.encode(), sha256).hex()[:HEX] for name in distinct]
        return names.replace_strict(distinct, pl.Series(hidden, dtype=pl.String), default=None, return_dtype=pl.String)

    return person.map_batches(hashed, return_dtype=pl.String, is_elementwise=True)


# The numbers of codes


@dataclass(frozen=True, slots=True)
class _Coded:
    """The numbers that a table's codes go by, and what each counts as; no table where it has no codes."""

    numbered: Numbered
    table: pl.DataFrame | None = None


def _coded_of(source: Source, on: date, rows: pl.LazyFrame) -> _Coded:
    match source.table.name:
        case "diagnoses":
            return _diagnosis_codes(on, _distinct(source, "code", rows), _distinct(source, "system", rows))
        case "prescriptions":
            return _atc_codes(on, _distinct(source, "atc", rows))
    return _Coded(Numbered(on))


def _distinct(source: Source, column: str, rows: pl.LazyFrame) -> tuple[str, ...]:
    """Return the distinct words of a column as they are written; where they are known beforehand, those."""
    kind = source.types.get(column)
    if kind is None:
        return ()
    if isinstance(kind, pl.Enum):
        return tuple(kind.categories)
    found = rows.select(pl.col(column).cast(pl.String).unique()).collect(engine="streaming")
    return tuple(found[column].drop_nulls())


# Of a process that reads many buckets, most have the same codes.


@lru_cache(maxsize=1)
def _diagnosis_codes(on: date, written: tuple[str, ...], under: tuple[str, ...]) -> _Coded:
    """Return diagnosis codes as they are written, ICD-10's first; the others count only under another system."""
    codes, systems = (pl.Series(each, dtype=pl.String) for each in (written, under))
    named = systems.str.strip_chars().str.to_lowercase()
    names = {each: name or ICD10 for each, name in sorted(zip(systems, named, strict=True))}
    places = {name: place for place, name in enumerate(dict.fromkeys((ICD10, *names.values())))}
    is_blank = codes.str.strip_chars() == ""
    is_shaped = codes.str.contains(rf"^\s*(?:{CODE_SHAPES[ICD10]})\s*$")
    elsewhere = ~is_shaped & ~is_blank & (codes.str.len_chars() <= LONGEST_CODE) & (len(places) > 1)
    shaped, other, blank = (tuple(codes.filter(each).sort()) for each in (is_shaped, elsewhere, is_blank))
    pairs = [(code.strip(), system) for code in (*shaped, *other) for system in places]
    table = code_table(pl.DataFrame(pairs, {"code": pl.String, "system": pl.String}, orient="row"))
    numbers = {each: places[name] for each, name in names.items()}
    numbered = Numbered(on, (*shaped, *other), len(shaped), blank, systems=numbers)
    return _Coded(numbered, table.with_columns(pl.lit(len(places), pl.UInt32).alias("systems")))


@lru_cache(maxsize=1)
def _atc_codes(on: date, written: tuple[str, ...]) -> _Coded:
    """Return the usable ATC codes as they are written, number 0 being none."""
    codes = pl.Series(written, dtype=pl.String)
    usable = codes.str.strip_chars().str.to_uppercase().str.contains(rf"^(?:{SUBSTANCE.pattern})$")
    found = tuple(codes.filter(usable).sort())
    return _Coded(Numbered(on, atc=found), atc_table(pl.Series([None, *found], dtype=pl.String)))
