"""A patient, as little as is needed to know whom the rest is about."""

from __future__ import annotations

from api.fhir.about import About
from api.fhir.elements import OURS, Json, begun, code_table, known, meta, narrative
from api.record.streams import Naming
from careplans.words import date_words
from forms.identity import parse_identity_number


def patient(about: About) -> Json:
    """Return the patient; no address, so that a protected one cannot be told by mistake."""
    who, texts = about.course.who, about.texts
    born = date_words(who.born, texts) if who.born else ""
    return begun("Patient", about.person, texts, meta(about.version, about.updated)) | known(
        {
            "text": narrative([texts("fhir.patient"), who.name or "", born]),
            "identifier": [identifier(about.naming)],
            "active": True,
            "name": [{"text": who.name}] if who.name else None,
            "gender": who.sex,
            "birthDate": who.born.isoformat() if who.born else None,
            "deceasedDateTime": about.course.died.isoformat() if about.course.died else None,
        }
    )


def identifier(naming: Naming) -> Json:
    """Return the number by which no-basis knows the patient, else the hospital's own id."""
    if naming.identity is None:
        return {"use": "usual", "system": f"{OURS}:local-id", "value": naming.local_id}
    kind = parse_identity_number(naming.identity, "patient.id").kind
    return {"use": "official", "system": code_table("identity")[kind], "value": naming.identity}
