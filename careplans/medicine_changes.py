"""Medicines started and stopped during the stay, as far as the dates on the list say so (SPEC section 5)."""

from __future__ import annotations

from datetime import date

from careplans.parts import MedicineChange
from rules.case import Case, Medicine


def started(case: Case) -> tuple[MedicineChange, ...]:
    """Return what began on the day of admission or later."""
    first = case.encounter.first_day
    dated = ((medicine, medicine.start) for medicine in case.medicines or ())
    return tuple(MedicineChange(_name(m), day) for m, day in dated if first and day and day >= first)


def stopped(case: Case, *, last: date) -> tuple[MedicineChange, ...]:
    """Return what ended between the day of admission and `last`."""
    first = case.encounter.first_day
    dated = ((medicine, medicine.stop) for medicine in case.medicines or ())
    return tuple(MedicineChange(_name(m), day) for m, day in dated if first and day and first <= day <= last)


def _name(medicine: Medicine) -> str:
    return medicine.name or medicine.atc or ""
