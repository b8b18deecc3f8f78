"""Random patients without Hypothesis, for benchmarks and long runs: from hardly known to wholly known."""

from __future__ import annotations

import random
from datetime import date

from engine.facts import SetAnswer
from engine.items import Item
from rules.case import Answer, Case, Diagnosis, Medicine, Patient
from rules.knowledge import ITEMS, rows

SUBSTANCES = tuple(code for row in rows("norgep_atc") for code in row["atc_a"].split("|") if len(code) == 7)
OTHERS = ("A10BA02", "B01AC06", "C03CA01", "C09AA02", "C10AA05", "D01BA02", "D07AC01", "N02BE01", "R03AC13", "X")
ICD10 = tuple(row["code_prefix_nodot"] for row in rows("chronic_groups_icd10") if len(row["code_prefix_nodot"]) == 3)


def random_case(dice: random.Random) -> Case:
    """Return a person of whom more or less is known; the same dice give the same person."""
    known = dice.choice((0.1, 0.5, 0.8, 0.95, 1.0))
    asked = [item for item in ITEMS.values() if item.kind in {"yes_no", "choice", "count", "set"}]
    answers = {
        item.id: _answer(item, dice) for item in asked if item.id not in {"age", "sex"} and dice.random() < known
    }
    return Case(
        patient=Patient(birth_date=date(2026 - dice.choice((40, 64, 65, 69, 70, 75, 82, 95)), 1, 1)),
        answers=answers,
        diagnoses=_diagnoses(dice) if dice.random() < known else None,
        medicines=_medicines(dice) if dice.random() < known else None,
    )


def _answer(item: Item, dice: random.Random) -> Answer:
    if item.kind == "yes_no":
        return dice.random() < 0.5
    if item.kind == "choice":
        return dice.choice(item.codes)
    if item.kind == "count":
        return dice.randint(item.low or 0, min(item.high or 0, 12))
    said = {code: dice.choice((True, False, False, False, None)) for code in item.codes}
    return SetAnswer(
        frozenset(code for code, held in said.items() if held),
        frozenset(code for code, held in said.items() if held is False),
    )


def _diagnoses(dice: random.Random) -> tuple[Diagnosis, ...]:
    codes = [f"{dice.choice(ICD10)}.{dice.randint(0, 9)}" for _ in range(dice.randint(0, 10))]
    return tuple(Diagnosis(code, main=place == 0) for place, code in enumerate(codes))


def _medicines(dice: random.Random) -> tuple[Medicine, ...]:
    return tuple(
        Medicine(
            name="Legemiddel",
            atc=dice.choice(SUBSTANCES + OTHERS),
            use=dice.choice(("regular", "regular", "as_needed")),
        )
        for _ in range(dice.randint(0, 14))
    )
