"""The resources that a card offers to make: proposals in FHIR R4, which the hospital's record may take or leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.cds.telling import Offer
from engine.texts import Texts

Resource = dict[str, Any]
ACTIONS = "urn:retthjem:actions"


@dataclass(frozen=True, slots=True)
class About:
    """Whom a resource is about, in the caller's own ids, and when it is made."""

    patient: str
    encounter: str | None
    at: datetime


def resource_of(offer: Offer, about: About, texts: Texts) -> Resource:
    """Return the resource that an offer makes."""
    return _task(offer, about, texts) if offer.kind == "screening" else _service_request(offer, about, texts)


def _task(offer: Offer, about: About, texts: Texts) -> Resource:
    return {
        "resourceType": "Task",
        "status": "draft",
        "intent": "proposal",
        "priority": "routine",
        "code": _code(offer, texts),
        "description": texts(f"suggest.{offer.rule}"),
        "for": {"reference": f"Patient/{about.patient}"},
        **_encounter(about),
        "authoredOn": _moment(about),
    }


def _service_request(offer: Offer, about: About, texts: Texts) -> Resource:
    return {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "proposal",
        "priority": "routine",
        "code": _code(offer, texts),
        "subject": {"reference": f"Patient/{about.patient}"},
        **_encounter(about),
        "authoredOn": _moment(about),
    }


def _code(offer: Offer, texts: Texts) -> Resource:
    said = texts(f"cds.offer.{offer.kind}")
    return {"coding": [{"system": ACTIONS, "code": offer.kind, "display": said}], "text": said}


def _encounter(about: About) -> Resource:
    return {"encounter": {"reference": f"Encounter/{about.encounter}"}} if about.encounter else {}


def _moment(about: About) -> str:
    return about.at.isoformat(timespec="seconds")
