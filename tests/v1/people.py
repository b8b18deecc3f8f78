"""Synthetic patients, and the people who ask about them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi.testclient import TestClient

from engine.errors import InputError
from forms.identity import parse_identity_number
from tests.v1.issuer import bearer

NURSE = bearer("nurse", "ward:STO/GER2")
DOCTOR = bearer("doctor", "ward:STO/GER2")
OTHER_NURSE = bearer("nurse", "ward:STO/KIR1")
SYSTEM = bearer("system", "hospital:STO")
CONTESTED = {
    "cfs_clinician": 7,
    "surprised_if_died_within_12_months": False,
    "spict_admissions": True,
    "spict_performance": True,
    "spict_dependent": True,
    "spict_weight": True,
    "spict_symptoms": True,
    "spict_wish": True,
}
ADMINISTRATOR = bearer("administrator", "hospital:STO")


@cache
def number(which: int) -> str:
    """Return a synthetic identity number (month + 80), another for each `which`."""
    found = 0
    for serial in range(100_000):
        text = f"158145{serial:05d}"
        try:
            parse_identity_number(text, "patient.id")
        except InputError:
            continue
        if found == which:
            return text
        found += 1
    raise LookupError(which)


def case(which: int, **changes: Any) -> dict[str, Any]:
    """Return a case on the geriatric ward about one of the synthetic patients."""
    return {
        "patient": {
            "id": number(which),
            "name": f"Prøve {which}",
            "birth_date": "1945-01-15",
            "sex": "female",
            "municipality": "5001",
        },
        "encounter": {
            "id": f"E-{which}",
            "admitted": "2026-11-16T14:10:00+01:00",
            "ward": "GER2",
            "room": "204",
            "expected_discharge": "2026-11-23",
        },
        "answers": {
            "residence": "home",
            "living_alone": True,
            "lifelong_disability": False,
            "terminal_illness": False,
            "badl_help": ["bathe"],
            "iadl_help": ["shopping", "housework", "medication"],
            "cfs_clinician": 6,
            "dementia_stage": "none",
            "falls_last_12_months": 1,
            "recent_function_decline": True,
            "four_at": 1,
            "next_of_kin": "Ola Pårørende",
            "what_matters": "Komme hjem til hagen.",
        },
        "conditions": [{"code": "S72.0", "system": "icd-10", "main": True}],
        "medicines": [{"atc": "C03CA01", "name": "furosemid", "use": "regular"}],
    } | changes


def with_answers(which: int, **answers: Any) -> dict[str, Any]:
    """Return the case with some answers in place of what it has."""
    plain = case(which)
    return plain | {"answers": plain["answers"] | answers}


@dataclass
class Patient:
    """A patient as the tests know one: the ids that the API gave, and what can be told of them."""

    client: TestClient
    id: str
    screening: str
    assessment: str
    findings: list[str]

    @classmethod
    def screened(cls, client: TestClient, which: int, *, contested: bool = False) -> Patient:
        """Screen a patient on the geriatric ward; a contested one has two tracks to choose between."""
        sent = with_answers(which, **CONTESTED) if contested else case(which)
        answer = client.post("/api/v1/screenings", json=sent, headers=NURSE)
        assert answer.status_code == 201, answer.text
        body = answer.json()
        kept = body["screening"]
        return cls(client, kept["patient"], kept["id"], kept["assessment"], [each["rule"] for each in body["findings"]])

    @property
    def path(self) -> str:
        """Where the patient is read."""
        return f"/api/v1/patients/{self.id}"

    @property
    def events(self) -> str:
        """Where events are read and sent."""
        return f"{self.path}/events"

    @property
    def etag(self) -> str:
        """The version there is now."""
        found: str = self.client.get(self.path, headers=SYSTEM).headers["etag"]
        return found

    def post(self, who: dict[str, str], **event: Any) -> Any:
        """Send an event from the newest version."""
        return self.client.post(
            self.events, json=event, headers=who | {"If-Match": self.client.get(self.path, headers=who).headers["etag"]}
        )

    def tell(self, who: dict[str, str], **event: Any) -> Any:
        """Send an event that is taken, and return the course after it."""
        answer = self.post(who, **event)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def with_plan(self, plan: str) -> Patient:
        """Start a plan from everything that was suggested."""
        self.tell(
            DOCTOR, kind="plan_started", plan=plan, assessment=self.assessment, on="2026-11-17", rules=self.findings
        )
        return self

    def told_to_municipality(self) -> Patient:
        """Notify the municipality, which sees nobody of whom it has not been told."""
        stay = self.client.get(self.path, headers=DOCTOR).json()["stay"]["id"]
        self.tell(NURSE, kind="step_done", course=stay, step="municipal_notice", at="2026-11-17T09:00:00+01:00")
        return self
