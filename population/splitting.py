"""An extract split into buckets by person: rows as whole numbers and days, in constant memory.

Codes are numbered once for the whole extract, and what each counts as is looked up once. Persons are whole numbers:
their own where they are numbers, else a hash; with a key, of their keyed hash, and what they were called is not kept.
"""

from __future__ import annotations

import hmac
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl

from engine.errors import InputError
from population.diagnoses import code_table
from population.extract import PATIENTS
from population.faults import Fault, masked
from population.files import written_whole
from population.medicines import atc_table
from population.opening import Source
from population.reading import Numbered, Read, read
from rules.codes import CODE_SHAPES
from rules.scores.comorbidity import ICD10
from rules.scores.medicines import SUBSTANCE

PEOPLE_A_BUCKET = 100_000
LONGEST_CODE = 40
HEX = 32
"""Half of a SHA-256: enough that no two of a whole nation's people are the same."""

SEED = 20_260_101
CODES = {"icd": "diagnoses", "atc": "prescriptions"}
NamesPerson = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Splitting:
    """How an extract is split: on which day, into how many buckets, with which key for who the people are."""

    on: date
    buckets: int
    key: bytes | None = None


def how_to_split(sources: Mapping[str, Source], on: date, key: bytes | None) -> Splitting:
    """Return how to split an extract, by how many people there are."""
    patients = sources[PATIENTS]
    with patients.being_read():
        people = patients.scan().select(pl.len()).collect(engine="streaming").item()
    return Splitting(on, max(1, -(-people // PEOPLE_A_BUCKET)), key)


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
            with source.being_read():
                _written(source, how, numbered, numbers=numbers, into=folder / name)
            written_whole(done, b"")
        yield name


def faults_of(source: Source, on: date) -> tuple[Fault, ...]:
    """Return what can be wrong with a table's rows, in the order of their bits."""
    nothing = Numbered(dict.fromkeys(("icd", "icd-10", "system", "atc"), ()), on)
    return tuple(fault for fault, _ in _all_faults(list(read(source.table, source.types, nothing))))


def part(folder: Path, table: str, bucket: int) -> pl.DataFrame | None:
    """Return a table's rows in a bucket, None where it has none."""
    files = sorted((folder / table / f"bucket={bucket}").glob("*.parquet"))
    return pl.read_parquet(files, hive_partitioning=False, glob=False) if files else None


def code_tables(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Return what diagnosis and ATC codes count as, and how many code systems the first is over."""
    icd, atc = (pl.read_parquet(folder / f"{name}.parquet") for name in CODES)
    return icd.drop("systems"), atc, icd["systems"].to_list()[0] if icd.height else 1


def _written(source: Source, how: Splitting, numbered: Numbered, *, numbers: bool, into: Path) -> None:
    reads = list(read(source.table, source.types, numbered))
    person = pl.col("person").cast(pl.Int64) if numbers else _named(_as_text(), how.key)
    key = person.reinterpret(signed=False) if numbers else person.hash(SEED)
    kept = {"person": person} if source.table.name == PATIENTS else {}
    rows = source.scan().select(
        "row",
        key=key.fill_null(0),
        fault=masked(_all_faults(reads)),
        **kept,
        **{name: value for each in reads for name, value in each.values.items()},
    )
    bucket = (pl.col("key").hash(SEED) % how.buckets).cast(pl.UInt32)
    rows.with_columns(bucket=bucket).sink_parquet(
        pl.PartitionBy(into, key="bucket", include_key=False),
        compression="lz4",
        statistics=False,
        mkdir=True,
        maintain_order=False,
    )


def _all_faults(reads: list[Read]) -> list[tuple[Fault, pl.Expr]]:
    missing = (
        Fault("person", "missing", "row"),
        pl.col("person").cast(pl.String).str.strip_chars().fill_null("") == "",
    )
    return [missing, *(fault for each in reads for fault in each.faults)]


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
    codes = {"system": (ICD10,), "icd": (), "icd-10": (), "atc": ()} | {
        name: found
        for table, number in (("diagnoses", _diagnosis_codes), ("prescriptions", _atc_codes))
        if (source := sources.get(table))
        for name, found in number(source).items()
    }
    _write_tables(codes, folder)
    return Numbered(codes, on)


def _diagnosis_codes(source: Source) -> dict[str, tuple[str, ...]]:
    system = pl.col("system") if "system" in source.types else pl.lit(None, pl.String)
    code = pl.col("code").cast(pl.String).str.strip_chars()
    pairs = source.scan().select(code=code, system=system.cast(pl.String).str.strip_chars().str.to_lowercase())
    with source.being_read():
        distinct = pairs.unique().collect(engine="streaming")
    of_icd = distinct["system"].fill_null(ICD10).replace("", ICD10) == ICD10
    shaped = distinct["code"].str.contains(rf"^(?:{CODE_SHAPES[ICD10]})$")
    usable = distinct.filter((of_icd & shaped) | (~of_icd & (distinct["code"].str.len_chars() <= LONGEST_CODE)))
    systems = usable["system"].drop_nulls().unique().sort()
    return {
        "icd": _sorted(usable["code"]),
        "icd-10": _sorted(distinct.filter(of_icd & shaped)["code"]),
        "system": (ICD10, *(each for each in systems if each not in {ICD10, ""})),
    }


def _atc_codes(source: Source) -> dict[str, tuple[str, ...]]:
    code = pl.col("atc").cast(pl.String).str.strip_chars().str.to_uppercase()
    with source.being_read():
        distinct = source.scan().select(code.unique()).collect(engine="streaming")["atc"]
    return {
        "atc": _sorted(distinct.filter(distinct.str.contains(rf"^(?:{SUBSTANCE.pattern})$").fill_null(value=False)))
    }


def _sorted(codes: pl.Series) -> tuple[str, ...]:
    return tuple(codes.drop_nulls().unique().sort())


def _write_tables(codes: Mapping[str, tuple[str, ...]], folder: Path) -> None:
    """Write what each code counts as, one row for each code in each system and a last one for a row set aside."""
    pairs = [(code, system) for code in codes["icd"] for system in codes["system"]]
    icd = code_table(pl.DataFrame(pairs, {"code": pl.String, "system": pl.String}, orient="row"))
    systems = pl.lit(len(codes["system"]), pl.UInt32).alias("systems")
    atc = atc_table(pl.Series([None, *codes["atc"]], dtype=pl.String))
    for name, table in (("icd", icd.with_columns(systems)), ("atc", atc)):
        unfinished = folder / f"{name}.unfinished"
        table.write_parquet(unfinished)
        unfinished.replace(folder / f"{name}.parquet")
