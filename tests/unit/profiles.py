"""Random and boundary patients for the property tests, how a blank is filled, and facts made into a case again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from engine.facts import SetAnswer
from rules.case import Answer, Case, Diagnosis, Medicine
from rules.knowledge import ITEMS
from tests.spec.people import ON, born, person

BOUNDARIES = {
    "admissions_last_12_months": (0, 2, 3, 4),
    "chronic_conditions": (0, 9, 10, 11),
    "falls_last_12_months": (0, 1, 2),
    "four_at": (0, 1, 3, 4, 12),
    "mst": (0, 1, 2, 5),
}
AGES = (30, 49, 50, 64, 65, 69, 70, 75, 80, 95)
ASKED = tuple(
    item.id
    for item in ITEMS.values()
    if item.kind in {"yes_no", "choice", "count", "set"} and item.id not in {"age", "sex"}
)
ATC = (
    "A10BA02", "B01AA03", "B01AC06", "C03CA01", "C07AB02", "C08DA01", "C09AA02", "C09BX01", "C10AA05",
    "D01BA02", "D07AC01", "H03AA01", "J01FA01", "M01AE01", "M01AX05", "N02AA01", "N02BE01", "N05AX08",
    "N05BA01", "N05BA04", "N05CF01", "N06AB04", "R03AC13", "R03DA04", "S01EC01",
)  # fmt: skip
ICD10 = (
    "E11.9", "F00.1", "G30.1", "H90.3", "I10", "I11.0", "I50.9", "I63.9", "J44.9",
    "K74.6", "M81.9", "N18.3", "N39.0", "R54", "S72.0", "U80", "W19",
)  # fmt: skip
OUTSIDE = "K77"
"""A code that is not in ICD-10."""

DATES = (None, date(2026, 1, 1), date(2026, 11, 1), ON, date(2026, 12, 1))


def answers_to(item: str) -> st.SearchStrategy[Answer]:
    """Return the complete answers that an item can have, its boundaries often."""
    known = ITEMS[item]
    if known.kind == "yes_no":
        return st.booleans()
    if known.kind == "choice":
        return st.sampled_from(known.codes)
    if known.kind == "set":
        return st.sets(st.sampled_from(known.codes)).map(
            lambda yes: SetAnswer(frozenset(yes), frozenset(known.codes) - yes)
        )
    return st.sampled_from(BOUNDARIES.get(item, tuple(range(known.low or 0, (known.high or 0) + 1))))


@st.composite
def partial_sets(draw: st.DrawFn, item: str) -> Answer:
    """Return set answers where some members are unknown."""
    said = {code: draw(st.sampled_from((True, False, None))) for code in ITEMS[item].codes}
    return SetAnswer(
        frozenset(code for code in said if said[code]), frozenset(code for code in said if said[code] is False)
    )


@st.composite
def medicines(draw: st.DrawFn) -> Medicine:
    """Return lines of a medicine list, many with blanks."""
    atc = draw(st.sampled_from((*ATC, *ATC, *ATC, None, "C07", "x")))
    use = draw(st.sampled_from(("regular", "regular", "regular", "as_needed", None)))
    dated = draw(st.integers(0, 3)) == 0
    dose = draw(st.sampled_from((None, None, 5, 7.5, 30, 45)))
    return Medicine(
        name="Legemiddel",
        atc=atc,
        use=use,  # type: ignore[arg-type] # drawn from its own literals
        start=draw(st.sampled_from(DATES)) if dated else None,
        stop=draw(st.sampled_from(DATES)) if dated else None,
        dose=dose,
        unit=None if dose is None else draw(st.sampled_from(("mg", "mg", "g", None, "ml"))),
    )


@st.composite
def diagnosis_lists(draw: st.DrawFn) -> tuple[Diagnosis, ...]:
    """Return lists of diagnoses: some without a main one, some with codes outside ICD-10."""
    codes: list[str] = draw(st.lists(st.sampled_from((*ICD10, OUTSIDE)), max_size=9))
    found = [Diagnosis(code, "icpc-2" if code == OUTSIDE else "icd-10") for code in codes]
    has_main: bool = draw(st.booleans())
    if found and has_main:
        found[0] = replace(found[0], main=True)
    return tuple(found)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Return people of whom more or less is known."""
    known = draw(st.sampled_from((15, 50, 80, 95)))

    def is_known() -> bool:
        return draw(st.integers(1, 100)) <= known

    answers = {item: draw(answers_to(item)) for item in ASKED if is_known()}
    for item in ("badl_help", "iadl_help", "municipal_services"):
        if item in answers and draw(st.booleans()):
            answers[item] = draw(partial_sets(item))
    return replace(
        person(age=draw(st.sampled_from(AGES)) if is_known() else None),
        answers=answers,
        diagnoses=draw(diagnosis_lists()) if is_known() else None,
        medicines=tuple(draw(st.lists(medicines(), max_size=12))) if is_known() else None,
    )


@st.composite
def filled(draw: st.DrawFn, case: Case, items: Sequence[str], *, recoded: bool = False) -> Case:
    """Return the case with each of the items answered completely; what was known stays as it was.

    `recoded` gives codes to the entries of a list that had none: an answer to "what is it", and not a blank, since an
    entry without a code already counts as one by itself.
    """
    answers = dict(case.answers)
    for item in items:
        if item in ITEMS and ITEMS[item].kind not in {"list", "text"} and item != "age":
            answers[item] = completed(answers.get(item), draw(answers_to(item)))
    patient = case.patient
    if "age" in items and patient.birth_date is None:
        patient = replace(patient, birth_date=born(draw(st.sampled_from(AGES))))
    return replace(
        case,
        answers=answers,
        patient=patient,
        medicines=draw(filled_medicines(case.medicines, recoded)) if "medicines" in items else case.medicines,
        diagnoses=draw(filled_diagnoses(case.diagnoses, recoded)) if "conditions" in items else case.diagnoses,
    )


def completed(known: Answer | None, drawn: Answer) -> Answer:
    """Return what is known, its blanks taken from what is drawn."""
    if isinstance(known, SetAnswer) and isinstance(drawn, SetAnswer):
        yes = known.yes | (drawn.yes - known.no)
        return SetAnswer(yes, (known.yes | known.no | drawn.yes | drawn.no) - yes)
    return drawn if known is None else known


@st.composite
def filled_medicines(draw: st.DrawFn, known: tuple[Medicine, ...] | None, recoded: bool) -> tuple[Medicine, ...]:
    """Return a medicine list without blanks."""
    lines = [
        draw(filled_medicine(line)) for line in (draw(st.lists(medicines(), max_size=12)) if known is None else known)
    ]
    return tuple(
        replace(each, atc=draw(st.sampled_from(ATC))) if recoded and each.atc not in ATC else each for each in lines
    )


@st.composite
def filled_medicine(draw: st.DrawFn, line: Medicine) -> Medicine:
    """Return a line with its use, its dose in milligrams and, where it has an end, its start."""
    start = line.start
    if line.stop is not None and start is None:
        start = draw(st.sampled_from([day for day in DATES if day and day <= min(line.stop, ON)] or [line.stop]))
    return replace(
        line,
        use=line.use or draw(st.sampled_from(("regular", "as_needed"))),
        start=start,
        dose=draw(st.sampled_from((5, 7.5, 30, 45))) if line.dose is None else line.dose,
        unit=line.unit if line.unit in {"mg", "g"} else "mg",
    )


@st.composite
def filled_diagnoses(draw: st.DrawFn, known: tuple[Diagnosis, ...] | None, recoded: bool) -> tuple[Diagnosis, ...]:
    """Return a list of diagnoses with a main one."""
    found = list(draw(diagnosis_lists()) if known is None else known)
    if recoded:
        found = [
            replace(each, code=draw(st.sampled_from(ICD10)), system="icd-10") if each.system != "icd-10" else each
            for each in found
        ]
    if found and not any(each.main for each in found):
        place = draw(st.integers(0, len(found) - 1))
        found[place] = replace(found[place], main=True)
    return tuple(found)


def from_facts(facts: Mapping[str, Any]) -> Case:
    """Return the case that says these facts and nothing else."""
    known = dict(facts)
    lists = {"diagnoses": known.pop("conditions", None), "medicines": known.pop("medicines", None)}
    case = person(age=known.pop("age", None), **known)
    return replace(
        case,
        diagnoses=None if lists["diagnoses"] is None else tuple(map(_diagnosis, lists["diagnoses"])),
        medicines=None if lists["medicines"] is None else tuple(map(_medicine, lists["medicines"])),
    )


def _diagnosis(entry: Any) -> Diagnosis:
    return Diagnosis(entry) if isinstance(entry, str) else Diagnosis(**entry)


def _medicine(entry: Any) -> Medicine:
    if isinstance(entry, str):
        return Medicine(atc=entry, use="regular")
    rest = {key: value for key, value in entry.items() if key not in {"from", "to"}}
    start, stop = (date.fromisoformat(entry[end]) if end in entry else None for end in ("from", "to"))
    return Medicine(**rest, start=start, stop=stop)
