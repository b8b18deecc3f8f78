"""What the server can, as a CapabilityStatement that is made from what it really has."""

from __future__ import annotations

from datetime import UTC, datetime

from api.fhir.elements import Json, begun, concept, instant, narrative
from api.fhir.outcome import FHIR_JSON
from api.fhir.searching import BY_POST, NARROWS
from api.fhir.told import OF_PATIENT
from engine.texts import Texts
from forms.questionnaire import CANONICAL

VERSION = "4.0.1"
SECURITY = "http://terminology.hl7.org/CodeSystem/restful-security-service"
TYPES = {
    "identifier": "token",
    "code": "token",
    "status": "token",
    "category": "token",
    "intent": "token",
    "type": "token",
    "action": "token",
    "_id": "token",
    "version": "token",
    "date": "date",
    "_lastUpdated": "date",
    "url": "uri",
    "questionnaire": "reference",
    "patient": "reference",
    "subject": "reference",
    "target": "reference",
    "based-on": "reference",
}
"""FHIR's kind of each search parameter."""

CREATED = frozenset({"QuestionnaireResponse"})
STARTED = datetime.now(UTC)


def capability_statement(base: str, version: str, texts: Texts) -> Json:
    """Return what the server at an address can."""
    return begun("CapabilityStatement", None, texts) | {
        "text": narrative([texts("fhir.server")]),
        "status": "active",
        "date": instant(STARTED),
        "publisher": texts("form.publisher"),
        "kind": "instance",
        "software": {"name": texts("form.publisher"), "version": version},
        "implementation": {"description": texts("fhir.server"), "url": base},
        "fhirVersion": VERSION,
        "format": [FHIR_JSON, "json"],
        "rest": [
            {
                "mode": "server",
                "security": _security(texts),
                "resource": [_resource(kind, texts) for kind in NARROWS],
                "operation": [{"name": "screen", "definition": f"{base}/OperationDefinition/screen"}],
            }
        ],
    }


def operation_definition(base: str, texts: Texts) -> Json:
    """Return what `$screen` takes and gives."""
    return begun("OperationDefinition", "screen", texts) | {
        "text": narrative([texts("fhir.risk")]),
        "url": f"{base}/OperationDefinition/screen",
        "name": "Screen",
        "status": "active",
        "kind": "operation",
        "affectsState": False,
        "code": "screen",
        "system": True,
        "type": False,
        "instance": False,
        "parameter": [
            {"name": "bundle", "use": "in", "min": 1, "max": "1", "type": "Bundle"},
            {"name": "return", "use": "out", "min": 1, "max": "1", "type": "Bundle"},
        ],
    }


def _security(texts: Texts) -> Json:
    return {"service": [concept({"system": SECURITY, "code": "OAuth"})], "description": texts("fhir.security")}


def _resource(kind: str, texts: Texts) -> Json:
    interactions = [
        "read",
        *(["vread"] if kind in OF_PATIENT else []),
        "search-type",
        *(["create"] if kind in CREATED else []),
    ]
    names = ["_id", "_lastUpdated", *NARROWS[kind]]
    found: Json = {
        "type": kind,
        "interaction": [{"code": each} for each in interactions],
        "versioning": "versioned",
        "conditionalRead": "not-match",
        "searchParam": [_parameter(each, texts) for each in names],
    }
    if kind == "Questionnaire":
        found["documentation"] = CANONICAL
    return found


def _parameter(name: str, texts: Texts) -> Json:
    said: Json = {"name": name, "type": TYPES[name]}
    return said | ({"documentation": texts("fhir.by_post")} if name in BY_POST else {})
