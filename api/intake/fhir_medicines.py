"""FHIR MedicationStatement and MedicationRequest as the case's medicines; what is left out is counted in notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from api.intake.fhir_bundle import Bundle, Resource
from api.intake.fhir_dosage import daily_dose, doses_per_day, use
from api.intake.fhir_elements import Element, codings, words
from api.intake.fhir_tables import fhir_table
from api.intake.mapped import Mapped, Values, count_note, known, proposed, shortened
from rules.case import Note

_KINDS = ("MedicationStatement", "MedicationRequest")


def medicines(bundle: Bundle) -> Mapped:
    """Return the medicines in use, or none at all where no resource says so: that is unknown, not "none"."""
    every = bundle.of_kind(*_KINDS)
    reasons = {each: _left_out(each.element) for each in every}
    lines = [_Line(bundle, each) for each in every if reasons[each] is None]
    counts = Counter(
        [reason for reason in reasons.values() if reason] + [flag for line in lines for flag in line.flags]
    )
    notes = tuple(note for code in sorted(counts) for note in count_note(code, "medicines", counts[code]))
    if not lines:
        return Mapped(notes=(*notes, *((Note("input_no_medicine_in_use", "medicines"),) if every else ())))
    kinds = " + ".join(kind for kind in _KINDS if any(line.resource.kind == kind for line in lines))
    rows = tuple(line.row for line in lines)
    return Mapped(medicines=rows, sources={"medicines": proposed(kinds)}, notes=notes)


def _left_out(element: Element) -> str | None:
    """Return the note under which a resource is left out, or None where it belongs in the list."""
    table, status, intent = fhir_table("medicine"), element.text("status"), element.text("intent")
    if element.truth("doNotPerform"):
        return "input_medicines_not_to_be_given"
    if intent is not None and intent not in table["orders"]:
        return "input_medicines_only_proposed"
    if status in table["on_hold"]:
        return "input_medicines_on_hold"
    return "input_medicines_not_current" if status in table["not_current"] else None


class _Line:
    """One line of the list while it is read: its row, and the notes it takes part in."""

    def __init__(self, bundle: Bundle, resource: Resource) -> None:
        self.resource = resource
        self.flags: list[str] = []
        self.row = known({**self._medicine(bundle), **self._use(), **self._period()})

    @property
    def _dosages(self) -> tuple[Element, ...]:
        name = "dosage" if self.resource.kind == "MedicationStatement" else "dosageInstruction"
        return self.resource.element.many(name)

    def _medicine(self, bundle: Bundle) -> Values:
        concept, display = self._concept(bundle)
        found = codings(concept)
        atc = next((each.code for each in found if each.system == "atc"), None)
        name = words(concept) or display or next((each.code for each in found), None)
        if name is None:
            self.flags.append("input_medicines_without_name")
            name = fhir_table("medicine")["name_not_known"]
        if found and atc is None:
            self.flags.append("input_medicines_other_code")
        return {"atc": atc, "name": shortened(name)}

    def _concept(self, bundle: Bundle) -> tuple[Element | None, str | None]:
        """Return the medicine as a concept, in place or in a Medication, and what the reference displays."""
        element = self.resource.element
        reference = element.one("medicationReference")
        target = bundle.resolve(reference, self.resource)
        if reference is None or target is None or target.kind != "Medication":
            return element.one("medicationCodeableConcept"), reference.text("display") if reference else None
        return target.element.one("code"), reference.text("display")

    def _use(self) -> Values:
        if self.resource.element.text("status") not in fhir_table("medicine")["in_use"]:
            self.flags.append("input_medicines_status_unknown")
            return {}
        found, both = use(self._dosages)
        if both:
            self.flags.append("input_medicines_regular_and_as_needed")
        if found is None:
            self.flags.append("input_medicines_use_unknown")
        times = doses_per_day(self._dosages) if found == "regular" and not both else None
        return {"use": found, "doses_per_day": times, **daily_dose(self._dosages, times)}

    def _period(self) -> Values:
        periods = list(self._periods())
        start = next((day for first, _ in periods if (day := first)), None)
        stop = next((day for _, last in periods if (day := last)), None)
        return {"from": start, "to": stop}

    def _periods(self) -> Iterator[tuple[str | None, str | None]]:
        """Yield first and last day as each element says, the one closest to the treatment itself first."""
        element = self.resource.element
        yield _days(element.one("effectivePeriod"))
        if len(self._dosages) == 1:
            timing = self._dosages[0].one("timing")
            repeat = timing.one("repeat") if timing else None
            yield _days(repeat.one("boundsPeriod") if repeat else None)
        for name in ("effectiveDateTime", "authoredOn"):
            moment = element.moment(name)
            yield (moment.first_day.isoformat() if moment else None), None
        yield self._validity()

    def _validity(self) -> tuple[str | None, str | None]:
        dispense = self.resource.element.one("dispenseRequest")
        start, end = _days(dispense.one("validityPeriod") if dispense else None)
        if end:
            # A prescription that has run out is not a medicine that was stopped, so its end is only told.
            self.flags.append("input_medicines_end_of_prescription")
        return start, None


def _days(period: Element | None) -> tuple[str | None, str | None]:
    """Return the first day that the start allows and the last that the end allows."""
    start, end = (period.moment("start"), period.moment("end")) if period else (None, None)
    return (start.first_day.isoformat() if start else None), (end.last_day.isoformat() if end else None)
