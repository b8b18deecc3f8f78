"""The demo's sixty patients as their file tells them, and the case that each comes with."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, with_config

from api.demo.people import Person, person_of
from careplans.course.events import Sex

DATA = Path(__file__).parent / "data"
Content = dict[str, Any]
WORDS_FOR = {"matters": "what_matters", "before": "function_before", "now": "function_now"}


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class Patient:
    """A patient of the demo: who it is, what is wrong, and which life of `lives.py` it has lived."""

    number: int
    name: str
    sex: Sex
    age: int
    life: str
    ward: str = "GER2"
    room: str | None = None
    municipality: str = "5001"
    illness: str | None = None
    cfs: int | None = None
    help: str = "none"
    living_alone: bool = False
    kin: str | None = None
    interpreter: str | None = None
    gp: str | None = None
    practice: str | None = None
    matters: str | None = None
    before: str | None = None
    now: str | None = None
    unknown: tuple[str, ...] = ()
    hours: int = 0
    days: int = 0
    expected: int | None = None
    undated: bool = False
    waited: int = 0
    done: tuple[str, ...] = ()
    done_late: tuple[str, ...] = ()

    def person(self, today: date) -> Person:
        """Return birth date and identity number."""
        return person_of(self.age, self.sex, number=self.number, today=today)


PATIENTS = TypeAdapter(tuple[Patient, ...])


@dataclass(frozen=True, slots=True)
class Stay:
    """What a case says of the stay; one without an id is no stay, such as a score at home."""

    id: str | None = None
    admitted: datetime | None = None
    expected: date | None = None
    scored: datetime | None = None
    scored_by: str = "ward_nurse"


@cache
def patients() -> tuple[Patient, ...]:
    """Return everyone, in the order of the file."""
    rows = written("patients")["patients"]
    return PATIENTS.validate_python([{"number": number, **row} for number, row in enumerate(rows)])


def case_of(patient: Patient, stay: Stay, *, today: date) -> Content:
    """Return the case as JSON; without a score and an illness it tells of the stay alone."""
    person = patient.person(today)
    content: Content = {
        "schema": "retthjem/case/1",
        "patient": {
            "id": person.identity,
            "name": patient.name,
            "birth_date": person.born.isoformat(),
            "sex": patient.sex,
            "municipality": patient.municipality,
        },
        "encounter": _encounter(patient, stay),
    }
    if patient.illness is None:
        return content
    content |= {"answers": _answers(patient, patient.illness), **_lists(patient.illness)}
    if stay.scored and "cfs_clinician" in content["answers"]:
        content["rater"] = {"role": stay.scored_by, "time": stay.scored.isoformat()}
    return content


def _encounter(patient: Patient, stay: Stay) -> Content:
    if stay.id is None or stay.admitted is None:
        return {}
    expected = {"expected_discharge": stay.expected.isoformat()} if stay.expected else {}
    room = {"room": patient.room} if patient.room else {}
    said = {"id": stay.id, "admitted": stay.admitted.isoformat(), "ward": patient.ward, "urgency": "acute"}
    return said | room | expected


def _answers(patient: Patient, illness: str) -> Content:
    illnesses, function = written("illnesses"), written("function")
    found: Content = {
        **illnesses["usual"]["answers"],
        **illnesses[illness]["answers"],
        **function["level"][str(patient.cfs)],
        **function["help"][patient.help],
        "cfs_clinician": patient.cfs,
        "living_alone": patient.living_alone,
        "discharge_to": "home",
        "gp": patient.gp or _gp(patient),
    }
    if patient.kin:
        found["next_of_kin"] = f"{patient.kin}, 900 00 {patient.number:03}"
    if patient.interpreter:
        found["interpreter"] = patient.interpreter
    found |= {item: said for name, item in WORDS_FOR.items() if (said := getattr(patient, name))}
    return {item: answer for item, answer in found.items() if item not in patient.unknown}


def _gp(patient: Patient) -> str:
    offices = written("words")["gp"][patient.municipality]
    if patient.practice:
        return next(str(each) for each in offices if each.startswith(patient.practice))
    return str(offices[-1])


def _lists(illness: str) -> Content:
    found = written("illnesses")[illness]
    names = written("illnesses")["names"]
    conditions = [
        {"code": code, "name": names[code]} | ({} if place else {"main": True})
        for place, code in enumerate(found["conditions"])
    ]
    return {"conditions": conditions, "medicines": [_medicine(line) for line in found["medicines"]]}


def _medicine(line: str) -> Content:
    """Return a line of the medicine list from its ATC code, name and doses a day; none a day is as needed."""
    atc, _, rest = line.partition(" ")
    name, _, doses = rest.rpartition(" ")
    use = {"use": "regular", "doses_per_day": int(doses)} if int(doses) else {"use": "as_needed"}
    return {"atc": atc, "name": name, **use}


@cache
def written(name: str) -> Mapping[str, Any]:
    """Return a file of the demo's data."""
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))
