"""People to test with, built in clinical words from the values of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from engine.facts import SetAnswer
from rules.case import Answer, Case, Diagnosis, Medicine, Patient
from rules.knowledge import ITEMS

ON = date(2026, 11, 23)
"""The day every case is assessed."""

HARMLESS = (
    "A10BA02",
    "C07AB02",
    "N02BE01",
    "R03AC13",
    "B01AC06",
    "H03AA01",
    "C10AA05",
    "A02BC02",
    "B03BA03",
    "M04AA01",
)
"""Ten medicines for regular use that meet no NORGEP criterion together and raise no fall risk."""


def person(
    *,
    age: Any = None,
    diagnoses: Any = None,
    medicines: Any = None,
    **answers: Any,
) -> Case:
    """Return someone of whom only this is known; a list is a complete set, a dict a partial one, a bare code a line."""
    return Case(
        patient=Patient(birth_date=None if age is None else born(age)),
        answers={item: _answer(item, answer) for item, answer in answers.items()},
        diagnoses=None if diagnoses is None else tuple(map(_diagnosis, diagnoses)),
        medicines=None if medicines is None else tuple(map(_medicine, medicines)),
    )


def older(**known: Any) -> Case:
    """Return someone of 80 without a lifelong disability, so that the CFS is valid."""
    return person(**{"age": 80, "lifelong_disability": False, **known})


def born(age: int) -> date:
    """Return the birth date of someone who turns `age` on the day of the assessment."""
    return ON.replace(year=ON.year - age)


def main(code: str, system: str = "icd-10") -> Diagnosis:
    """Return the main diagnosis."""
    return Diagnosis(code, system, main=True)


def icpc(code: str) -> Diagnosis:
    """Return a diagnosis in ICPC-2."""
    return Diagnosis(code, "icpc-2")


def as_needed(atc: str) -> Medicine:
    """Return a medicine that is taken as needed."""
    return Medicine(atc=atc, use="as_needed")


def dosed(atc: str, dose: float, unit: str = "mg") -> Medicine:
    """Return a medicine in regular use with its daily dose."""
    return Medicine(atc=atc, use="regular", dose=dose, unit=unit)


def course(atc: str, days: int, *, started: int = 3) -> Medicine:
    """Return a course of so many days, started some days ago."""
    start = ON - timedelta(days=started)
    return Medicine(atc=atc, use="regular", start=start, stop=start + timedelta(days=days - 1))


def uncoded(name: str = "Naturmiddel") -> Medicine:
    """Return a medicine in regular use without an ATC code."""
    return Medicine(name=name, use="regular")


def no_to(*items: str) -> dict[str, bool]:
    """Return the answer no to each item."""
    return dict.fromkeys(items, False)


def set_answer(item: str, answer: Sequence[str] | Mapping[str, bool]) -> SetAnswer:
    """Return a set answer: a list says all, a mapping only what it names."""
    if isinstance(answer, Mapping):
        yes = frozenset(code for code, ticked in answer.items() if ticked)
        return SetAnswer(yes, frozenset(answer) - yes)
    return SetAnswer(frozenset(answer), frozenset(ITEMS[item].codes) - frozenset(answer))


def _answer(item: str, answer: Any) -> Answer:
    known: Answer = set_answer(item, answer) if ITEMS[item].kind == "set" else answer
    return known


def _diagnosis(each: str | Diagnosis) -> Diagnosis:
    return each if isinstance(each, Diagnosis) else Diagnosis(each)


def _medicine(each: str | Medicine) -> Medicine:
    return each if isinstance(each, Medicine) else Medicine(atc=each, use="regular")
