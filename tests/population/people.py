"""Random and boundary people, as cases for the bedside and as tables for the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl

from engine.facts import SetAnswer
from population.diagnoses import code_table
from population.facts import ANSWERED, Tables
from population.medicines import atc_table
from rules.case import Answer, Case, Diagnosis, Medicine, Patient
from rules.knowledge import CODE_SETS, ITEMS, rows
from rules.ruleset import national
from rules.scores.norgep import Criterion, criteria
from tests.spec.people import ON, born
from tests.unit.profiles import AGES, ASKED, ATC, BOUNDARIES, DATES, ICD10, OUTSIDE

KNOWN = (0.15, 0.5, 0.8, 0.95, 1.0)
"""How much is known of a person, from little to all."""

BIRTHDAYS = (49, 50, 59, 60, 64, 65, 69, 70, 74, 75, 79, 80, 89, 90)
"""Each age that a rule or a score draws a line at, and the year before."""

EVERY = tuple(each for name in ("NORGEP", "NORGEP-NH") for each in criteria(name))
SUBSTANCES = tuple(code for each in EVERY for group in each.groups for code in group.prefixes if len(code) == 7)
"""Substances that a criterion names."""

TABLED = (
    *(row["code_prefix_nodot"] for row in rows("charlson_quan2005_icd10")),
    *(row["icd10_3char"] for row in rows("hfrs_icd10_weights")),
    *(prefix for name in ("stroke", "injury", "fall_coded") for prefix in CODE_SETS[name].prefixes if len(prefix) > 2),
)
"""What the tables of the comorbidity scores list."""

TOGETHER = (
    ("R31", "L03.1"),  # a Hospital Frailty Risk Score of exactly 5.0
    ("F05.0", "F05.8"),  # two codes of one weight
    ("F00.1", "G81.9", "R31", "R26.0"),
    ("C50.9", "C78.0"),  # the severe one silences the mild one
    ("E11.9", "E11.2"),
    ("K70.3", "K72.9"),
)
COURSE = int(national().limits["course_days"])
PLACES = {item.id: place for place, item in enumerate(ANSWERED)}


def random_people(count: int, seed: int) -> list[Case]:
    """Return as many people as asked for, the same for the same seed."""
    draw = Random(seed)
    return [_person(draw) for _ in range(count)]


def _person(draw: Random) -> Case:
    known = draw.choice(KNOWN)

    def is_known() -> bool:
        return draw.random() < known

    answers = {item: _answer(draw, item) for item in ASKED if is_known()}
    return replace(
        Case(patient=Patient(birth_date=_birth_date(draw) if is_known() else None), answers=answers),
        diagnoses=_diagnoses(draw) if is_known() else None,
        medicines=_medicines(draw) if is_known() else None,
    )


def _birth_date(draw: Random) -> date:
    """Return a birthday on the day, a day before or after it, or the leap day."""
    born_then = born(draw.choice((*AGES, *BIRTHDAYS)))
    leap = date(born_then.year - born_then.year % 4, 2, 29)
    return draw.choice((born_then, *(born_then + timedelta(days=days) for days in (-1, 1)), leap))


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


def _medicines(draw: Random) -> tuple[Medicine, ...]:
    lines = [_medicine(draw) for _ in range(draw.randint(0, 12))]
    if draw.random() < 0.4:
        lines += _for_criterion(draw, draw.choice(EVERY))
    draw.shuffle(lines)
    return tuple(lines)


def _medicine(draw: Random) -> Medicine:
    dose = draw.choice((None, None, 5, 7.5, 30, 45))
    start, stop = _period(draw) if draw.random() < 0.4 else (None, None)
    return Medicine(
        name="Legemiddel",
        atc=draw.choice((*ATC, *ATC, *ATC, None, "C07", "x", *SUBSTANCES)),
        use=draw.choice(("regular", "regular", "regular", "as_needed", None)),
        start=start,
        stop=stop,
        dose=dose,
        unit=None if dose is None else draw.choice(("mg", "mg", "g", None, "ml")),
    )


def _period(draw: Random) -> tuple[date | None, date | None]:
    """Return when a line begins and ends: about the day itself, and about the length of a course."""
    if draw.random() < 0.5:
        return draw.choice(DATES), draw.choice(DATES)
    stop = ON + timedelta(days=draw.choice((-1, 0, 1, COURSE, COURSE - 1, COURSE - 2)))
    return stop - timedelta(days=COURSE - 1 + draw.choice((-1, 0, 1))), stop


def _for_criterion(draw: Random, criterion: Criterion) -> list[Medicine]:
    """Return lines that nearly or wholly meet a criterion: as many substances, and as high a dose, as it asks for."""
    if criterion.over_mg is not None:
        return _about_dose(draw, criterion.groups[0].prefixes[0], criterion.over_mg)
    uses = ("regular", "regular", "as_needed", None)
    groups = [draw.choice(criterion.groups[0].prefixes) for _ in range(criterion.count)]
    groups += [draw.choice(group.prefixes) for group in criterion.groups[1:]]
    return [Medicine(name="", atc=_substance(draw, group), use=draw.choice(uses)) for group in groups]  # type: ignore[arg-type] # drawn from its own literals


def _substance(draw: Random, group: str) -> str:
    """Return a substance of a group of substances."""
    return group + f"AX0{draw.randint(1, 5)}"[len(group) - 7 :] if len(group) < 7 else group


def _about_dose(draw: Random, atc: str, limit: float) -> list[Medicine]:
    """Return doses that add up to the limit, or to a little less or more, each in a unit of its own."""
    doses = [limit / 3] * 3 if draw.random() < 0.2 else draw.choice(([limit], [limit - 2.5, 2.5], [limit - 2.4, 2.4]))
    doses = [*doses, *draw.choice(((), (), (0.1,)))]
    units = {"mg": 1.0, "g": 0.001, "µg": 1000.0, "mcg": 1000.0, "MG": 1.0}
    named = [(dose, draw.choice(tuple(units))) for dose in doses[: draw.choice((3, 3, 3, 1))]]
    return [Medicine(name="", atc=atc, use="regular", dose=dose * units[unit], unit=unit) for dose, unit in named]


def _diagnoses(draw: Random) -> tuple[Diagnosis, ...]:
    codes = draw.choices((*ICD10, *ICD10, OUTSIDE), k=draw.randint(0, 9))
    if draw.random() < 0.5:
        codes = [_written(draw, draw.choice(TABLED)) if draw.random() < 0.7 else code for code in codes]
    codes += draw.choice(TOGETHER) if draw.random() < 0.2 else ()
    found = [Diagnosis(code, "icpc-2" if code == OUTSIDE else "icd-10") for code in codes]
    for place in range(len(found)):
        if draw.random() < 0.5 ** (place + 1):
            found[place] = replace(found[place], main=True)
    return tuple(found)


def _written(draw: Random, stem: str) -> str:
    """Return a code under a stem, with a dot or without, and in either case."""
    code = stem + draw.choice(("", str(draw.randint(0, 9)))) if len(stem) < 5 else stem
    dotted = f"{code[:3]}.{code[3:]}" if len(code) > 3 and draw.random() < 0.5 else code
    return dotted if draw.random() < 0.9 else dotted[0].lower() + dotted[1:]


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
        self.people.append((case.patient.birth_date, *known))
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
        _table(rows.people, "birth_date diagnoses_known medicines_known"),
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
