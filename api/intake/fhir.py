"""A FHIR R4 Bundle as a case: each kind of resource in its own module, and a count of what is not used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api.intake.fhir_answers import answers
from api.intake.fhir_bundle import Bundle, read_bundle, refuse_modified
from api.intake.fhir_conditions import conditions
from api.intake.fhir_encounter import stay
from api.intake.fhir_medicines import medicines
from api.intake.fhir_patient import patient
from api.intake.fhir_subject import require_one_patient
from api.intake.fhir_tables import fhir_table
from api.intake.mapped import Intake, Mapped, to_intake
from rules.case import Note

_USED = frozenset(
    {
        "Patient",
        "Encounter",
        "Condition",
        "MedicationStatement",
        "MedicationRequest",
        "Observation",
        "QuestionnaireResponse",
    }
)


def bundle_to_case(content: Mapping[str, Any], now: datetime | None = None) -> Intake:
    """Return the case that a Bundle proposes, or raise `InputError` where it is not one patient's, or not FHIR R4."""
    bundle = read_bundle(content)
    require_one_patient(bundle)
    for resource in bundle.of_kind(*fhir_table("modifiers")["kinds"]):
        refuse_modified(resource)
    encounter = stay(bundle)
    return to_intake(
        [
            patient(bundle),
            encounter.mapped,
            conditions(bundle, encounter.main),
            medicines(bundle),
            answers(bundle, encounter.admitted, now),
            Mapped(notes=_not_used(bundle)),
        ]
    )


def _not_used(bundle: Bundle) -> tuple[Note, ...]:
    expected = _USED | set(fhir_table("resource_types")["referred_to"])
    counts = Counter(each.kind for each in bundle.resources if each.kind not in expected)
    if not counts:
        return ()
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
    return (Note("input_resources_not_used", "Bundle", {"count": counts.total(), "kinds": kinds}),)
