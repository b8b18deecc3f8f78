"""Medicines started and stopped during the stay, as far as the dates on the list say so (SPEC section 5)."""

from __future__ import annotations

from datetime import date

from careplans.parts import MedicineChange
from careplans.pathway import local_day
from rules.case import Case, Medicine


def started(case: Case) -> tuple[MedicineChange, ...]:
    """Return what began on the day of admission or later."""
    first = _first_day(case)
    dated = ((medicine, medicine.start) for medicine in case.medicines or ())
    return tuple(MedicineChange(_name(m), day) for m, day in dated if first and day and day >= first)


def stopped(case: Case, *, last: date) -> tuple[MedicineChange, ...]:
    """Return what ended between the day of admission and `last`."""
    first = _first_day(case)
    dated = ((medicine, medicine.stop) for medicine in case.medicines or ())
    return tuple(MedicineChange(_name(m), day) for m, day in dated if first and day and first <= day <= last)


def _first_day(case: Case) -> date | None:
    return local_day(case.encounter.admitted) if case.encounter.admitted else None


def _name(medicine: Medicine) -> str:
    return medicine.name or medicine.atc or ""
