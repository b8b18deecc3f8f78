"""An extract split into buckets by person: rows as whole numbers and days, in constant memory.

Codes are numbered once for the whole extract, and what each counts as is looked up once. Persons are whole numbers:
their own where they are numbers, else a hash; with a key, of their keyed hash, and what they were called is not kept.
"""

from __future__ import annotations

import hmac
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl

from engine.errors import InputError
from population.diagnoses import code_table
from population.extract import PATIENTS
from population.faults import Fault, masked
from population.files import made_whole, written_whole
from population.medicines import atc_table
from population.opening import Source
from population.reading import Numbered, Reading, reading
from rules.codes import CODE_SHAPES
from rules.scores.comorbidity import ICD10
from rules.scores.medicines import SUBSTANCE

PEOPLE_A_BUCKET = 100_000
LONGEST_CODE = 40
HEX = 32
"""Half of a SHA-256: enough that no two of a whole nation's people are the same."""

SEED = 20_260_101
NamesPerson = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Splitting:
    """How an extract is split: on which day, into how many buckets, with which key for who the people are."""

    on: date
    buckets: int
    key: bytes | None = None


def how_to_split(
    sources: Mapping[str, Source], on: date, *, key: bytes | None, people_a_bucket: int = PEOPLE_A_BUCKET
) -> Splitting:
    """Return how to split an extract, by how many people there are."""
    patients = sources[PATIENTS]
    with patients.being_read():
        people = patients.scan().select(pl.len()).collect(engine="streaming").item()
    return Splitting(on, max(1, -(-people // people_a_bucket)), key)


def refuse_named(patients: Source, names_a_person: NamesPerson) -> None:
    """Refuse national identity numbers, which are not to be read without a key that hides them."""
    person = _as_text()
    ids = patients.scan().select("row", person=person).filter(pl.col("person").str.contains(r"^\d{10,11}$"))
    with patients.being_read():
        for batch in ids.collect_batches(engine="streaming"):
            for row, text in batch.iter_rows():
                if names_a_person(text.zfill(11)):
                    raise InputError(f"line {row} {patients.name}", "identity_without_key")


def split(sources: Mapping[str, Source], how: Splitting, folder: Path) -> Iterator[str]:
    """Write the buckets of every table and what its codes count as, and yield each table when it is written."""
    folder.mkdir(parents=True, exist_ok=True)
    numbered = _numbered(sources, how.on, folder)
    numbers = all(not _is_text(source) for source in sources.values()) and how.key is None
    for name, source in sources.items():
        done = folder / f"{name}.done"
        if not done.exists():
            shutil.rmtree(folder / name, ignore_errors=True)
            with source.being_read(into=folder):
                _written(source, how, numbered, numbers=numbers, into=folder / name)
            written_whole(done, b"")
        yield name


def faults_of(source: Source, on: date) -> tuple[Fault, ...]:
    """Return what can be wrong with a table's rows, in the order of their bits."""
    return tuple(fault for fault, _ in _all_faults(reading(source.table, source.types, Numbered(on)), source.types))


def part(folder: Path, table: str, bucket: int) -> pl.DataFrame | None:
    """Return a table's rows in a bucket, None where it has none."""
    files = sorted((folder / table / f"bucket={bucket}").glob("*.parquet"))
    return pl.read_parquet(files, hive_partitioning=False, glob=False) if files else None


def code_tables(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Return what diagnosis and ATC codes count as, and how many code systems the first is over."""
    icd, atc = (pl.read_parquet(folder / f"{name}.parquet") for name in ("icd", "atc"))
    return icd.drop("systems"), atc, icd["systems"].to_list()[0] if icd.height else 1


def _written(source: Source, how: Splitting, numbered: Numbered, *, numbers: bool, into: Path) -> None:
    read = reading(source.table, source.types, numbered)
    person = pl.col("person").cast(pl.Int64) if numbers else _named(_as_text(), how.key)
    key = person.reinterpret(signed=False) if numbers else person.hash(SEED)
    kept = {"person": person} if source.table.name == PATIENTS else {}
    rows = read.of(source.scan()).select(
        "row", key=key.fill_null(0), fault=masked(_all_faults(read, source.types)), **kept, **read.values
    )
    bucket = (pl.col("key").hash(SEED) % how.buckets).cast(pl.UInt32)
    rows.with_columns(bucket=bucket).sink_parquet(
        pl.PartitionBy(into, key="bucket", include_key=False),
        compression="lz4",
        statistics=False,
        mkdir=True,
        maintain_order=False,
    )


def _all_faults(read: Reading, types: Mapping[str, pl.DataType]) -> list[tuple[Fault, pl.Expr]]:
    person = pl.col("person")
    missing = (
        person.is_null()
        if types["person"].is_integer()
        else person.cast(pl.String).str.strip_chars().fill_null("") == ""
    )
    return [(Fault("person", "missing", "row"), missing), *read.faults]


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


def _numbered(sources: Mapping[str, Source], on: date, folder: Path) -> Numbered:
    icd = _diagnosis_codes(sources["diagnoses"]) if "diagnoses" in sources else _NO_CODES
    atc = _atc_codes(sources["prescriptions"]) if "prescriptions" in sources else ()
    systems = {name: place for place, name in enumerate(dict.fromkeys((ICD10, *icd.systems.values())))}
    _write_tables(icd.codes, tuple(systems), atc, into=folder)
    numbers = {written: systems[name] for written, name in icd.systems.items()}
    return Numbered(on, icd.codes, icd.of_icd, icd.blank, atc, numbers)


@dataclass(frozen=True, slots=True)
class _Codes:
    """Diagnosis codes as they are written, the first of them ICD-10's; and the system that each written name is."""

    codes: tuple[str, ...]
    of_icd: int
    blank: tuple[str, ...]
    systems: Mapping[str, str]


_NO_CODES = _Codes((), 0, (), {})


def _diagnosis_codes(source: Source) -> _Codes:
    written = pl.col("system").cast(pl.String) if "system" in source.types else pl.lit(None, pl.String)
    pairs = source.scan().select(code=pl.col("code").cast(pl.String), written=written)
    with source.being_read():
        distinct = pairs.unique().collect(engine="streaming")
    named = pl.col("written").str.strip_chars().str.to_lowercase()
    distinct = distinct.with_columns(
        system=pl.when(named != "").then(named).otherwise(pl.lit(ICD10)),
        shaped=pl.col("code").str.contains(rf"^\s*(?:{CODE_SHAPES[ICD10]})\s*$"),
    )
    shaped = _sorted(distinct.filter("shaped")["code"])
    elsewhere = (pl.col("system") != ICD10) & (pl.col("code").str.len_chars() <= LONGEST_CODE)
    other = _sorted(distinct.filter(elsewhere & ~pl.col("shaped") & (pl.col("code").str.strip_chars() != ""))["code"])
    systems = distinct.filter(pl.col("written").is_not_null()).select("written", "system").unique().sort("written")
    blank = _sorted(distinct.filter(pl.col("code").str.strip_chars() == "")["code"])
    return _Codes((*shaped, *other), len(shaped), blank, dict(systems.iter_rows()))


def _atc_codes(source: Source) -> tuple[str, ...]:
    """Return the usable ATC codes as they are written."""
    with source.being_read():
        distinct = source.scan().select(pl.col("atc").cast(pl.String).unique()).collect(engine="streaming")["atc"]
    usable = distinct.str.strip_chars().str.to_uppercase().str.contains(rf"^(?:{SUBSTANCE.pattern})$")
    return _sorted(distinct.filter(usable.fill_null(value=False)))


def _sorted(codes: pl.Series) -> tuple[str, ...]:
    return tuple(codes.drop_nulls().unique().sort())


def _write_tables(codes: Sequence[str], systems: Sequence[str], atc: Sequence[str], *, into: Path) -> None:
    """Write what each diagnosis code counts as in each system, and what each ATC code does, number 0 being none."""
    pairs = [(code.strip(), system) for code in codes for system in systems]
    icd = code_table(pl.DataFrame(pairs, {"code": pl.String, "system": pl.String}, orient="row"))
    icd = icd.with_columns(pl.lit(len(systems), pl.UInt32).alias("systems"))
    tables = {"icd": icd, "atc": atc_table(pl.Series([None, *atc], dtype=pl.String))}
    for name, table in tables.items():
        made_whole(into / f"{name}.parquet", table.write_parquet)
