"""Cases as the files of an extract, and an extract screened in one process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from engine.facts import SetAnswer
from population.run import Request, screen
from population.runners import local
from rules.case import Answer, Case
from tests.spec.people import ON


def nobody(_: str) -> bool:
    return False


def quietly(_done: int, _of: int) -> None:
    pass


def asked(folder: Path, **other: Any) -> Request:
    return Request(**{"extract": folder, "on": ON, "names_a_person": nobody, **other})


def screened_to(out: Path, folder: Path, **other: Any) -> pl.DataFrame:
    """Screen an extract, and return everyone's rows."""
    screen(asked(folder, **other), out, local(1), tell=quietly, dictionary="")
    return pl.read_parquet(out / "persons.parquet")


def written(folder: Path, **tables: Sequence[Mapping[str, object]]) -> Path:
    """Write rows as the CSV files of an extract."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        said = [{key: None if value is None else str(value) for key, value in row.items()} for row in rows]
        pl.DataFrame(said, infer_schema_length=None).write_csv(folder / f"{name}.csv")
    return folder


def extract_of(cases: Sequence[Case]) -> dict[str, list[dict[str, object]]]:
    """Return cases as the rows of an extract; a case is the person of its place."""
    rows: dict[str, list[dict[str, object]]] = {
        name: [] for name in ("patients", "diagnoses", "prescriptions", "answers")
    }
    for person, case in enumerate(cases):
        known = {"diagnoses_known": case.diagnoses is not None, "medicines_known": case.medicines is not None}
        rows["patients"].append({"person": person, "birth_date": case.patient.birth_date, **known})
        rows["diagnoses"] += [
            {"person": person, "code": each.code, "system": each.system, "main": each.main}
            for each in case.diagnoses or ()
        ]
        rows["prescriptions"] += [
            {
                "person": person, "atc": line.atc, "use": line.use, "from": line.start, "to": line.stop,
                "dose": line.dose, "unit": line.unit,
            }
            for line in case.medicines or ()
        ]  # fmt: skip
        rows["answers"] += [row for item in case.answers for row in _answer(person, item, case.answers[item])]
    return rows


def _answer(person: int, item: str, answer: Answer) -> list[dict[str, object]]:
    if isinstance(answer, SetAnswer):
        said = {**dict.fromkeys(answer.yes, "yes"), **dict.fromkeys(answer.no, "no")}
        return [{"person": person, "item": item, "member": member, "value": word} for member, word in said.items()]
    word = {True: "yes", False: "no"}[answer] if isinstance(answer, bool) else str(answer)
    return [{"person": person, "item": item, "member": None, "value": word}]
