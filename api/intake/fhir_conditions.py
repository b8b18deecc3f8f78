"""FHIR Conditions as the case's diagnoses: active ones, by ICD-10 first, and nothing dropped in silence."""

from __future__ import annotations

from collections import Counter

from api.intake.fhir_bundle import Bundle, Resource
from api.intake.fhir_elements import Coding, Element, codes, codings, words
from api.intake.fhir_tables import fhir_table
from api.intake.mapped import Mapped, Values, count_note, proposed, shortened
from rules.case import Note


def conditions(bundle: Bundle, main: Resource | None) -> Mapped:
    """Return the diagnoses that hold now, or none at all where no resource says so: that is unknown, not "none"."""
    every = bundle.of_kind("Condition")
    believed = [each for each in every if not _status(each, "verificationStatus", "not_so")]
    kept = [each for each in believed if not _no_longer(each)]
    notes = (
        *count_note("input_diagnoses_no_longer", "Condition", len(believed) - len(kept)),
        *count_note("input_diagnoses_refuted", "Condition", len(every) - len(believed)),
        *count_note("input_diagnoses_not_confirmed", "Condition", _not_confirmed(kept)),
        *_main_notes(main, kept),
    )
    if not kept:
        empty = (Note("input_no_active_diagnosis", "Condition"),) if every else ()
        return Mapped(notes=(*notes, *empty))
    rows = tuple(_diagnosis(each, main=each is main) for each in kept)
    return Mapped(conditions=rows, sources={"conditions": proposed("Condition")}, notes=(*notes, *_other_systems(rows)))


def _status(resource: Resource, name: str, group: str) -> bool:
    return bool(codes(resource.element.one(name)) & set(fhir_table("condition")[group]))


def _no_longer(resource: Resource) -> bool:
    """Return whether the diagnosis is over; an end without a clinical status says so too (FHIR's con-4)."""
    element = resource.element
    ended = any(element.has(f"abatement{kind}") for kind in ("DateTime", "Age", "Period", "Range", "String"))
    return _status(resource, "clinicalStatus", "no_longer") or (ended and not element.has("clinicalStatus"))


def _not_confirmed(kept: list[Resource]) -> int:
    return sum(_status(each, "verificationStatus", "not_confirmed") for each in kept)


def _main_notes(main: Resource | None, kept: list[Resource]) -> tuple[Note, ...]:
    left_out = main is not None and main not in kept
    return (Note("input_main_diagnosis_left_out", "Encounter.diagnosis"),) if left_out else ()


def _diagnosis(resource: Resource, *, main: bool) -> Values:
    concept = resource.element.one("code")
    code, system = _code(concept)
    name = shortened(" ".join((words(concept) or "").split()))
    return {"code": code, "system": system, **({"main": True} if main else {}), **_named(name, code)}


def _named(name: str, code: str) -> Values:
    """Return what the sender calls it, where that says more than the code."""
    return {"name": name} if name and name != code else {}


def _code(concept: Element | None) -> tuple[str, str]:
    """Return the code and its system: ICD-10, else ICPC-2, else the sender's own, else the words."""
    table = fhir_table("condition")
    found = codings(concept)
    for system in table["system_order"]:
        for each in found:
            if each.system == system:
                return _plain(each), system
    if found:
        return shortened(found[0].code), shortened(found[0].uri or table["unnamed_system"])
    return shortened(words(concept) or table["unnamed_system"]), table["text_system"]


def _plain(found: Coding) -> str:
    marks = fhir_table("condition")["icd10_marks"]
    return found.code.rstrip(marks).strip() or found.code


def _other_systems(rows: tuple[Values, ...]) -> tuple[Note, ...]:
    """Return one note for each system that the scores cannot read."""
    counts = Counter(row["system"] for row in rows if row["system"] not in fhir_table("condition")["system_order"])
    return tuple(
        Note("input_diagnoses_other_system", "Condition", {"count": n, "system": system})
        for system, n in sorted(counts.items())
    )
