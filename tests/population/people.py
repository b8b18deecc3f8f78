"""Random and boundary people, as cases for the bedside and as tables for the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import polars as pl

from engine.facts import SetAnswer
from population.diagnoses import code_table
from population.facts import ANSWERED, Tables
from population.medicines import atc_table
from rules.case import Answer, Case, Diagnosis, Medicine
from rules.knowledge import ITEMS
from rules.scores.norgep import criteria
from tests.spec.people import person
from tests.unit.profiles import AGES, ASKED, ATC, BOUNDARIES, DATES, ICD10, OUTSIDE

KNOWN = (0.15, 0.5, 0.8, 0.95, 1.0)
"""How much is known of a person, from little to all."""

NAMED = tuple(group for name in ("NORGEP", "NORGEP-NH") for each in criteria(name) for group in each.groups)
SUBSTANCES = tuple(code for group in NAMED for code in group.prefixes if len(code) == 7)
"""Substances that a criterion names."""

PLACES = {item.id: place for place, item in enumerate(ANSWERED)}


def random_people(count: int, seed: int) -> list[Case]:
    """Return as many people as asked for, the same for the same seed."""
    draw = Random(seed)
    return [_person(draw) for _ in range(count)]


def _person(draw: Random) -> Case:
    known = draw.choice(KNOWN)

    def is_known() -> bool:
        return draw.random() < known

    return replace(
        person(age=draw.choice(AGES) if is_known() else None),
        answers={item: _answer(draw, item) for item in ASKED if is_known()},
        diagnoses=_diagnoses(draw) if is_known() else None,
        medicines=tuple(_medicine(draw) for _ in range(draw.randint(0, 12))) if is_known() else None,
    )


def _answer(draw: Random, item: str) -> Answer:
    known = ITEMS[item]
    if known.kind == "yes_no":
        return draw.random() < 0.5
    if known.kind == "choice":
        return draw.choice(known.codes)
    if known.kind == "set":
        said = {code: draw.choice((True, False, None)) for code in known.codes}
        whole = draw.random() < 0.5
        yes = frozenset(code for code in said if said[code])
        return SetAnswer(yes, frozenset(code for code in said if said[code] is False or whole) - yes)
    return draw.choice(BOUNDARIES.get(item, tuple(range(known.low or 0, (known.high or 0) + 1))))


def _medicine(draw: Random) -> Medicine:
    dated, dose = draw.random() < 0.3, draw.choice((None, None, 5, 7.5, 30, 45))
    atc = draw.choice((*ATC, *ATC, *ATC, None, "C07", "x", *SUBSTANCES))
    return Medicine(
        name="Legemiddel",
        atc=atc,
        use=draw.choice(("regular", "regular", "regular", "as_needed", None)),
        start=draw.choice(DATES) if dated else None,
        stop=draw.choice(DATES) if dated else None,
        dose=dose,
        unit=None if dose is None else draw.choice(("mg", "mg", "g", None, "ml")),
    )


def _diagnoses(draw: Random) -> tuple[Diagnosis, ...]:
    codes = draw.choices((*ICD10, *ICD10, *ICD10, OUTSIDE), k=draw.randint(0, 9))
    found = [Diagnosis(code, "icpc-2" if code == OUTSIDE else "icd-10") for code in codes]
    if found and draw.random() < 0.5:
        found[0] = replace(found[0], main=True)
    return tuple(found)


@dataclass
class _Rows:
    """The rows of the tables, and the numbers that codes go by."""

    people: list[tuple[Any, ...]] = field(default_factory=list)
    answers: list[tuple[Any, ...]] = field(default_factory=list)
    diagnoses: list[tuple[Any, ...]] = field(default_factory=list)
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    icd: dict[tuple[str, str], int] = field(default_factory=dict)
    atc: dict[str | None, int] = field(default_factory=dict)

    def add(self, person: int, case: Case) -> None:
        known = (case.diagnoses is not None, case.medicines is not None)
        self.people.append((person, case.patient.birth_date, *known))
        self.answers += [(person, PLACES[item], *_coded(item, case.answers[item])) for item in case.answers]
        for each in case.diagnoses or ():
            code = self.icd.setdefault((each.code, each.system), len(self.icd))
            self.diagnoses.append((person, code, each.main))
        for line in case.medicines or ():
            code = self.atc.setdefault(line.atc, len(self.atc))
            self.lines.append((person, code, line.use, line.start, line.stop, line.dose, line.unit))


def tables_of(cases: Sequence[Case]) -> Tables:
    """Return cases as the tables of an extract."""
    rows = _Rows()
    for number, case in enumerate(cases):
        rows.add(number, case)
    icd = list(rows.icd)
    return Tables(
        _table(rows.people, "person birth_date diagnoses_known medicines_known"),
        _table(rows.answers, "person item value other"),
        _table(rows.diagnoses, "person code main"),
        _table(rows.lines, "person atc use from to dose unit"),
        code_table(_table(icd, "code system", code=pl.String())),
        atc_table(pl.Series(list(rows.atc), dtype=pl.String)),
    )


TYPES: dict[str, pl.DataType] = {
    "person": pl.UInt32(), "birth_date": pl.Date(), "diagnoses_known": pl.Boolean(), "medicines_known": pl.Boolean(),
    "item": pl.UInt8(), "value": pl.Int32(), "other": pl.Int32(), "code": pl.UInt32(), "main": pl.Boolean(),
    "atc": pl.UInt32(), "use": pl.String(), "from": pl.Date(), "to": pl.Date(), "dose": pl.Float64(),
    "unit": pl.String(), "id": pl.UInt32(), "system": pl.String(),
}  # fmt: skip


def _table(rows: list[tuple[Any, ...]], columns: str, **other: pl.DataType) -> pl.DataFrame:
    return pl.DataFrame(rows, {name: other.get(name, TYPES[name]) for name in columns.split()}, orient="row")


def _coded(item: str, answer: Answer) -> tuple[int, int]:
    codes = ITEMS[item].codes
    if isinstance(answer, SetAnswer):
        yes, no = (sum(1 << codes.index(code) for code in side) for side in (answer.yes, answer.no))
        return yes, no
    return (codes.index(answer) if isinstance(answer, str) else int(answer)), 0
