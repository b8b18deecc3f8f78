"""Calls as a hospital's record makes them, of a synthetic patient, and the tokens it signs them with."""

from __future__ import annotations

import json
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

Content = dict[str, Any]
BASE = "/cds-services"
EPJ, KEY_SET = "https://epj.example", "https://epj.example/keys"
OTHER_EPJ, CHART = "https://epj.elsewhere.example", "https://chart.example"
FHIR = "https://epj.example/fhir"
KEY = ECKey.generate_key("P-384", {"kid": "one", "alg": "ES384", "use": "sig"}, private=True)
RSA = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"}, private=True)
OTHER = ECKey.generate_key("P-384", {"kid": "one", "alg": "ES384", "use": "sig"}, private=True)
FETCHED = ECKey.generate_key("P-384", {"kid": "three", "alg": "ES384", "use": "sig"}, private=True)
LIST = (("C03CA01", "furosemid"), ("C07AB02", "metoprolol"), ("A10BA02", "metformin"), ("N02BE01", "paracetamol"))


def patient(id: str = "p1", born: str = "1944-03-02", **more: Any) -> Content:
    """Return a Patient without an identity number."""
    return {"resourceType": "Patient", "id": id, "birthDate": born, "gender": "female", **more}


def medicine(id: str, atc: str | None, name: str, *, of: str = "p1", **more: Any) -> Content:
    """Return a medicine in regular use, once a day."""
    coded = {"coding": [{"system": "http://www.whocc.no/atc", "code": atc}]} if atc else {}
    daily = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
    return {
        "resourceType": "MedicationStatement",
        "id": id,
        "status": "active",
        "subject": {"reference": f"Patient/{of}"},
        "medicationCodeableConcept": {**coded, "text": name},
        "dosage": [{"asNeededBoolean": False, "timing": daily}],
        **more,
    }


def medicines(listed: Iterable[tuple[str, str]] = LIST, *, of: str = "p1") -> Content:
    """Return a search's answer with medicines."""
    return found(*(medicine(f"m{n}", atc, name, of=of) for n, (atc, name) in enumerate(listed)))


def found(*resources: Content, next_page: str | None = None, base: str = FHIR) -> Content:
    """Return a search's answer."""
    entries = [
        {"fullUrl": f"{base}/{each['resourceType']}/{each['id']}", "resource": each, "search": {"mode": "match"}}
        for each in resources
    ]
    links = {"link": [{"relation": "next", "url": next_page}]} if next_page else {}
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries, **links}


def order(id: str, atc: str | None, name: str, *, of: str = "p1") -> Content:
    """Return an order that is not signed yet."""
    said = medicine(id, atc, name, of=of)
    said["dosageInstruction"] = said.pop("dosage")
    return {**said, "resourceType": "MedicationRequest", "status": "draft", "intent": "order"}


def outcome() -> Content:
    """Return what stands where the caller could not get what was asked for."""
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}


def level(cfs: int, *, of: str = "p1", days_ago: float = 1, **more: Any) -> Content:
    """Return a CFS that someone has set in the hospital's record."""
    when = datetime.now(UTC) - timedelta(days=days_ago)
    return {
        "resourceType": "Observation",
        "id": "cfs",
        "status": "final",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "763264000"}]},
        "subject": {"reference": f"Patient/{of}"},
        "effectiveDateTime": when.isoformat(timespec="seconds"),
        "valueInteger": cfs,
        **more,
    }


def call(hook: str, prefetch: Content | None = None, *, more: Content | None = None, **context: Any) -> Content:
    """Return a call's body; `more` stands beside the context."""
    needed = {"encounterId": "e1"} if hook.startswith("encounter-") else {}
    said = {"userId": "Practitioner/1", "patientId": "p1", **needed, **context}
    return {
        "hook": hook,
        "hookInstance": str(uuid.uuid4()),
        "context": {name: value for name, value in said.items() if value is not None},
        **({} if prefetch is None else {"prefetch": prefetch}),
        **(more or {}),
    }


def selecting(*orders: Content, prefetch: Content, selected: Iterable[str] | None = None, **more: Any) -> Content:
    """Return a call at the selection of orders."""
    chosen = [f"{each['resourceType']}/{each['id']}" for each in orders] if selected is None else list(selected)
    drafts = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in orders]}
    return call("order-select", prefetch, selections=chosen, draftOrders=drafts, **more)


def at(hook: str) -> str:
    """Return the path of a hook's service."""
    return f"{BASE}/rett-hjem-{hook}"


def token(audience: object, *, key: Any = KEY, header: Content | None = None, **changed: Any) -> str:
    """Return a client's token, right but for what is given; a claim that is None is left out."""
    now = int(time.time())
    claims = {"iss": EPJ, "aud": audience, "iat": now, "exp": now + 300, "jti": str(uuid.uuid4()), **changed}
    said = {name: value for name, value in claims.items() if value is not None}
    algorithm = "RS384" if isinstance(key, RSAKey) else "ES384"
    full = {"alg": algorithm, "typ": "JWT", "kid": key.kid, **(header or {})}
    kept = {name: value for name, value in full.items() if value is not None}
    signed = f"{_part(kept)}.{_part(said)}"
    return f"{signed}.{_written(_signature(signed.encode(), key, str(full['alg'])))}"


def _signature(signed: bytes, key: Any, algorithm: str) -> bytes:
    """Sign by hand: no library would make some of the tokens that must be refused."""
    model = JWSRegistry.algorithms[algorithm]
    return model.sign(signed, key)


def _part(content: Content) -> str:
    return _written(json.dumps(content).encode())


def _written(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
