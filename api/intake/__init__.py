"""What comes in from other systems: a case, a FHIR R4 Bundle or a national message, all turned into a case.

Mapping proposes and never confirms: what is not clearly said stays unknown, what cannot be used is in the notes, and
what is wrong is refused by place, without quoting it. Nothing here scores or validates; `forms.model` reads it next.
Begin reading in `reading.py`, then `fhir.py` or `message_facts.py`; `docs/input-mapping.md` has the tables.
"""

from __future__ import annotations

from datetime import datetime

from api.intake.fhir import bundle_to_case
from api.intake.mapped import Intake
from api.intake.message_facts import message_to_case
from api.intake.reading import Document, read_document

__all__ = ["Document", "Intake", "read_document", "to_case"]


def to_case(document: Document, now: datetime | None = None) -> Intake:
    """Return the case that the document holds or proposes, with notes on what could not be used.

    With `now`, a Bundle's answers that are dated ahead of it are left out: each would be the newest for years.
    """
    match document.kind:
        case "bundle":
            return bundle_to_case(document.content, now)
        case "message":
            return message_to_case(document.content)
        case "case":
            return Intake(document.content)
