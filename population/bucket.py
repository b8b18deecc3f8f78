"""A bucket of people from its files: who they are, their tables, and what was set aside.

A person stands once; a row of nobody is set aside. A list that has lost a row is not complete: what is in it counts,
and nothing is said of what else there may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from population.answered import EMPTY, answers_of
from population.by_person import are_among, places_among
from population.diagnoses import code_table
from population.extract import PATIENTS, tables
from population.facts import Tables
from population.faults import Fault, bits_of, counted, told
from population.medicines import atc_table
from population.splitting import Part, part

PERSON = pl.UInt32
LISTS = {
    "diagnoses": "diagnoses_known", "prescriptions": "medicines_known", "services": "services_known",
    "stays": "stays_known",
}  # fmt: skip
"""The tables that are lists, and the column that says whether a person's is complete."""

UNKNOWN_PERSON = Fault("person", "unknown_person", "row")
TWICE = Fault("person", "twice", "value")
OVERLAPPING = Fault("from", "overlapping", "nothing")
BACKWARDS = Fault("to", "end_before_start", "row")
PERIODS = {"prescriptions": ("from", "to"), "services": ("from", "to"), "stays": ("admitted", "discharged")}


@dataclass(frozen=True, slots=True)
class Bucket:
    """People with their tables; `who` has what they are called and where they lie, in the same order.

    `stays`: person, by the place among the people, admitted, discharged; none that was set aside.
    """

    who: pl.DataFrame
    tables: Tables
    rows: Mapping[str, int]
    faults: Sequence[Mapping[str, object]]
    stays: pl.DataFrame


@dataclass
class _Reading:
    """What is being read: rows by person, and the faults found on the way."""

    folder: Path
    bucket: int
    on: date
    faults_of: Mapping[str, Sequence[Fault]]
    rows: dict[str, int] = field(default_factory=dict)
    found: list[Mapping[str, object]] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)

    def table(self, name: str) -> pl.DataFrame | None:
        read = self.parts[name] = part(self.folder, name, self.bucket)
        rows = read.rows
        self.rows[name] = rows.height if rows is not None else 0
        if rows is None:
            return None
        self.found += counted(name, self.faults_of[name], rows)
        no_one = 1 << self.faults_of[name].index(Fault("person", "missing", "row"))
        return _kept(rows, (pl.col("fault") & no_one) == 0)

    def unread(self, column: str) -> int:
        """Return the bit of a patient's word that could not be read, 0 where the file has no such column."""
        faults = self.faults_of[PATIENTS]
        return sum(1 << place for place, each in enumerate(faults) if each == Fault(column, "unknown_choice", "value"))

    def set_aside(self, name: str) -> pl.Expr:
        return (pl.col("fault") & bits_of(self.faults_of[name], aside="row")) != 0

    def tell(self, table: str, fault: Fault, rows: pl.DataFrame) -> None:
        if rows.height:
            self.found.append(told(table, fault, rows=rows.height, first=rows["row"]))


def read_bucket(folder: Path, bucket: int, on: date, *, faults_of: Mapping[str, Sequence[Fault]]) -> Bucket:
    """Return a bucket; `faults_of` names what each table's rows were found to lack when they were split."""
    reading = _Reading(folder, bucket, on, faults_of)
    people = _people(reading)
    listed = {name: _of_people(reading, name, people) for name in tables() if name != PATIENTS and name in faults_of}
    complete = people.select("person", *_known(reading, people, listed))
    icd, atc = (reading.parts.get(name, Part()) for name in ("diagnoses", "prescriptions"))
    made = Tables(
        people=people.select("birth_date").with_columns(complete["diagnoses_known"], complete["medicines_known"]),
        answers=answers_of(listed, complete, on, tell=reading.tell),
        diagnoses=_diagnoses(listed.get("diagnoses"), icd.systems, on),
        lines=_lines(listed.get("prescriptions")),
        icd=_NO_CODES if icd.codes is None else icd.codes,
        atc=_NO_MEDICINES if atc.codes is None else atc.codes,
    )
    stays = listed.get("stays")
    return Bucket(_who(people, stays, on), made, reading.rows, reading.found, _stays(stays))


def empty_bucket() -> Bucket:
    """Return a bucket of nobody, whose columns are those of any other."""
    people = _EMPTY_PATIENTS.rename({"person": "called"}).with_columns(person=pl.lit(None, PERSON))
    none = Tables(
        people=people.select("birth_date", "diagnoses_known", "medicines_known"),
        answers=EMPTY,
        diagnoses=_diagnoses(None, 1, date.max),
        lines=_lines(None),
        icd=_NO_CODES,
        atc=_NO_MEDICINES,
    )
    return Bucket(_who(people, None, date.max), none, {}, (), _stays(None))


def _people(reading: _Reading) -> pl.DataFrame:
    """Return the people in the order of their keys; where the rows of one person differ, nothing is known."""
    rows = reading.table(PATIENTS)
    rows = _EMPTY_PATIENTS.clear() if rows is None else _sorted(rows, "key", "row")
    again = rows.filter((pl.col("key") == pl.col("key").shift(1)) | (pl.col("key") == pl.col("key").shift(-1)))
    if again.height:
        reading.tell(PATIENTS, TWICE, again.filter(~pl.col("key").is_first_distinct()))
        values = pl.exclude("key", "row", "person", "fault")
        merged = again.group_by("key", maintain_order=True).agg(
            pl.col("row", "person").first(),
            pl.col("fault").bitwise_or(),
            pl.when(values.n_unique() == 1).then(values.first()),
        )
        rows = pl.concat([rows.filter(~pl.col("key").is_duplicated()), merged.select(rows.columns)]).sort("key")
    return rows.rename({"person": "called"}).with_columns(person=pl.int_range(pl.len(), dtype=PERSON))


def _of_people(reading: _Reading, name: str, people: pl.DataFrame) -> pl.DataFrame | None:
    """Return a table's rows by person, with `aside` where the row is set aside."""
    rows = reading.table(name)
    if rows is None:
        return None
    rows = _sorted(rows, "key")
    rows = rows.drop("key").with_columns(places_among(rows["key"], people["key"]).alias("person"))
    if rows["person"].null_count():
        reading.tell(name, UNKNOWN_PERSON, rows.filter(pl.col("person").is_null()))
        rows = rows.filter(pl.col("person").is_not_null())
    rows = rows.with_columns(aside=reading.set_aside(name))
    if name in PERIODS:
        begin, end = PERIODS[name]
        backwards = (pl.col(end) < pl.col(begin)).fill_null(value=False)
        reading.tell(name, Fault(end, BACKWARDS.kind, "row"), rows.filter(backwards))
        rows = rows.with_columns(aside=pl.col("aside") | backwards)
    if name == "services":
        reading.tell(name, OVERLAPPING, _overlapping(rows))
    return rows


def _sorted(rows: pl.DataFrame, by: str, *then: str) -> pl.DataFrame:
    """Return rows in order; those of files that lie by person are so already."""
    ordered = rows[by].is_sorted() and all(rows[each].is_sorted() for each in then)
    return rows if ordered else rows.sort(by, *then, maintain_order=True)


def _kept(rows: pl.DataFrame, which: pl.Expr) -> pl.DataFrame:
    """Return the rows that are so; all of them as they are, for most often all are."""
    kept = rows.select(which).to_series()
    return rows if kept.all() else rows.filter(kept)


def _overlapping(services: pl.DataFrame) -> pl.DataFrame:
    """Return the decisions on a service that begin while an earlier one of the same is in force."""
    whole = services.filter(~pl.col("aside")).sort("person", "service", "from", "row")
    until = pl.col("to").fill_null(date.max).cum_max().shift(1).over("person", "service")
    return whole.filter(until >= pl.col("from").fill_null(date.min))


def _known(reading: _Reading, people: pl.DataFrame, listed: Mapping[str, pl.DataFrame | None]) -> Iterator[pl.Series]:
    """Yield which of a person's lists are complete: said to be so, or with a row; and none of its rows set aside."""
    for table, column in LISTS.items():
        rows = listed.get(table)
        said = people[column] if column in people.columns else pl.Series(column, [None] * people.height, pl.Boolean)
        if said.null_count():
            has = _holds(people, rows, pl.lit(value=True))
            said = said.fill_null(has & ((people["fault"] & reading.unread(column)) == 0))
        yield (said & ~_holds(people, rows, pl.col("aside"))).alias(column)


def _holds(people: pl.DataFrame, rows: pl.DataFrame | None, which: pl.Expr) -> pl.Series:
    persons = pl.Series(dtype=PERSON) if rows is None else rows.filter(which)["person"]
    return are_among(persons, people.height)


def _diagnoses(rows: pl.DataFrame | None, systems: int, on: date) -> pl.DataFrame:
    if rows is None:
        return pl.DataFrame(schema={"person": PERSON, "code": pl.UInt32, "main": pl.Boolean})
    kept = _kept(rows, ~pl.col("aside") & (pl.col("on").fill_null(on) <= on))
    code = pl.col("code") if systems == 1 else (pl.col("code") * systems + pl.col("system")).cast(pl.UInt32)
    return kept.select("person", code.alias("code"), pl.col("main").fill_null(value=False))


def _lines(rows: pl.DataFrame | None) -> pl.DataFrame:
    words = tables()["prescriptions"].named("use").codes
    if rows is None:
        rows = _EMPTY_LINES
    use = pl.col("use").cat.to(pl.Enum(words))
    return _kept(rows, ~pl.col("aside")).select("person", "atc", use, "from", "to", "dose", "unit")


def _stays(rows: pl.DataFrame | None) -> pl.DataFrame:
    if rows is None:
        return pl.DataFrame(schema={"person": PERSON, "admitted": pl.Date, "discharged": pl.Date})
    return rows.filter(~pl.col("aside")).select("person", "admitted", "discharged").sort("person", "admitted")


def _who(people: pl.DataFrame, stays: pl.DataFrame | None, on: date) -> pl.DataFrame:
    """Return what people are called, and the ward where they lie on the day."""
    who = people.select("person", "called", "sex", "municipality")
    if stays is None:
        return who.with_columns(
            *(pl.lit(None, pl.String).alias(name) for name in ("hospital", "ward")), in_hospital=False
        )
    open_ = (pl.col("admitted") <= on) & (pl.col("discharged").is_null() | (pl.col("discharged") > on))
    now = stays.filter(~pl.col("aside") & open_).sort("person", "admitted", "row").group_by("person").last()
    placed = now.select("person", "hospital", "ward", in_hospital=True)
    found = who.join(placed, on="person", how="left", maintain_order="left")
    return found.with_columns(pl.col("in_hospital").fill_null(value=False))


_EMPTY_PATIENTS = pl.DataFrame(
    schema={
        "row": pl.UInt32, "key": pl.UInt64, "fault": pl.UInt32, "person": pl.String, "birth_date": pl.Date,
        "sex": pl.UInt8, "municipality": pl.String, **dict.fromkeys(LISTS.values(), pl.Boolean),
    }
)  # fmt: skip
_EMPTY_LINES = pl.DataFrame(
    schema={
        "person": PERSON, "aside": pl.Boolean, "atc": pl.UInt32, "use": pl.UInt8, "from": pl.Date, "to": pl.Date,
        "dose": pl.Float64, "unit": pl.String,
    }
)  # fmt: skip
_NO_CODES = code_table(pl.DataFrame(schema={"code": pl.String, "system": pl.String}))
_NO_MEDICINES = atc_table(pl.Series([None], dtype=pl.String))
