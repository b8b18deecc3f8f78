"""The Clinical Frailty Scale that a clinician set, as an Observation derived from the answers.

A level that the tree proposes, or that was read elsewhere and not confirmed, is nobody's judgement and is not told as
one: there is an Observation only where a person has judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api.fhir.about import About, Screening
from api.fhir.elements import Json, begun, code_table, coding, concept, known, meta, narrative, person_words
from engine.texts import Texts
from rules.case import Case
from rules.items import cfs_clinician


def judged(case: Case) -> int | None:
    """Return the level that a person judged, or None."""
    told = case.sources.get(cfs_clinician.id)
    level = case.answers.get(cfs_clinician.id)
    confirmed = told is None or told.status == "confirmed"
    return level if isinstance(level, int) and confirmed else None


def cfs_observation(about: About, screening: Screening) -> Json | None:
    """Return the level of a stored screening, with who wrote it down."""
    level = judged(screening.basis.case)
    if level is None:
        return None
    stored, texts = screening.stored, about.texts
    head = begun("Observation", screening.id, texts, meta(stored.version, stored.at))
    who = {"display": person_words(screening.recorded.by, texts)}
    rater = screening.basis.case.rater
    at = rater.time if rater and rater.time else stored.at
    status = "final" if stored.version == 1 else "corrected"
    return (
        head
        | observed(level, texts, status=status, subject=about.patient, at=at)
        | {
            "performer": [who],
            "derivedFrom": [about.place.reference("QuestionnaireResponse", screening.id)],
        }
    )


def observed(level: int, texts: Texts, *, status: str, subject: Mapping[str, Any], at: datetime | None) -> Json:
    """Return what an Observation of the level says."""
    table = code_table("cfs")
    return known(
        {
            "text": narrative([texts("fhir.level", level=level), texts(f"cfs.{level}")]),
            "status": status,
            "category": [concept(coding(table["category"]))],
            "code": concept(coding(table), text=texts("score.cfs")),
            "subject": dict(subject),
            "effectiveDateTime": at.isoformat() if at else None,
            "valueQuantity": {"value": level},
            "interpretation": [concept(text=texts(f"cfs.{level}"))],
            "method": concept({"system": table["system"], "code": table["method"], "display": table["method_display"]}),
        }
    )
