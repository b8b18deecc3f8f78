"""FHIR Dosage: regular or as needed, doses a day and the daily dose, each only where it is clear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.intake.fhir_elements import Element
from api.intake.fhir_tables import fhir_table

_UNCLEAR = ("frequencyMax", "periodMax", "count", "countMax", "dayOfWeek", "offset")
_DECIMALS = 6


def use(dosages: Sequence[Element]) -> tuple[str | None, bool]:
    """Return regular, as_needed or None, and whether the list says both; a regular part makes it regular."""
    said = {as_needed for dosage in dosages if (as_needed := _as_needed(dosage)) is not None}
    if False in said:
        return "regular", True in said
    all_said = all(_as_needed(dosage) is not None for dosage in dosages)
    return ("as_needed" if said and all_said else None), False


def doses_per_day(dosages: Sequence[Element]) -> float | None:
    """Return how many doses are taken a day, or None unless each dosage says so and they hold at the same time."""
    if not _at_the_same_time(dosages):
        return None
    times = [_times_per_day(dosage) for dosage in dosages]
    found = [each for each in times if each is not None]
    return (_tidy(sum(found)) or None) if found and len(found) == len(times) else None


def daily_dose(dosages: Sequence[Element], times: float | None) -> Mapping[str, object]:
    """Return the daily dose and its unit where one kind of dose in a known unit of mass is taken `times` a day."""
    doses = {_dose(dosage) for dosage in dosages}
    one = doses.pop() if len(doses) == 1 else None
    dose = _tidy(one[0] * times) if one and times else 0
    return {"dose": dose, "unit": one[1]} if one and dose else {}


def _as_needed(dosage: Element) -> bool | None:
    reason = dosage.one("asNeededCodeableConcept")
    return True if reason else dosage.truth("asNeededBoolean")


def _at_the_same_time(dosages: Sequence[Element]) -> bool:
    """Return whether the dosages are no sequence, such as a dose being stepped down."""
    return len({dosage.number("sequence") for dosage in dosages}) <= 1


def _times_per_day(dosage: Element) -> float | None:
    timing = dosage.one("timing")
    repeat = timing.one("repeat") if timing else None
    if repeat is None or any(map(repeat.has, _UNCLEAR)):
        return None
    named = len(repeat.texts("timeOfDay") or repeat.texts("when"))
    frequency, period = repeat.number("frequency"), repeat.number("period")
    days = fhir_table("medicine")["days"].get(repeat.text("periodUnit"))
    if frequency and frequency > 0 and period and period > 0 and days:
        return float(frequency / (period * days))
    return float(named) if named and frequency is None and period in {None, 1} and days in {None, 1} else None


def _dose(dosage: Element) -> tuple[float, str] | None:
    rates = dosage.many("doseAndRate")
    quantity = rates[0].one("doseQuantity") if len(rates) == 1 else None
    if quantity is None or quantity.has("comparator"):
        return None
    value = quantity.number("value")
    units = fhir_table("medicine")["units"]
    unit = units.get(quantity.text("code")) or units.get(quantity.text("unit"))
    return (value, unit) if value and value > 0 and unit else None


def _tidy(number: float) -> float:
    rounded = round(number, _DECIMALS)
    return int(rounded) if rounded == int(rounded) else rounded
