"""What `/openapi.json` says is what is answered: no 5xx, no status, content or shape that is not described.

Every route is asked with data that fits its description and data that does not, by ids made up and by a patient's own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.types import Receive, Scope, Send

from api.app import make_app
from tests.v1.matrix import SIGNED_IN
from tests.v1.people import ADMINISTRATOR, DOCTOR, SYSTEM, Patient
from tests.v1.serving import ADDRESS, service_over, settings_over

ROUTES = sorted({each.partition("#")[0] for each in SIGNED_IN if " /api/v1/" in each})
EXAMPLES = int(os.environ.get("RETTHJEM_EXAMPLES", "8"))
PHASES = (Phase.explicit, Phase.generate)
OFTEN = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
ADMINISTRATION = ("access-log", "retractions", "devices")
# An id, a number's check digits, and what a plan may hold cannot be said in a schema.
NOT_ASKED: list[Any] = [positive_data_acceptance]


@dataclass(frozen=True)
class WithoutLifespan:
    """The application as it is while it runs: each question would otherwise start and stop it."""

    app: Any

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a question, and pass starting and stopping over."""
        if scope["type"] == "http":
            await self.app(scope, receive, send)
            return
        for kind in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{kind}.complete"})


def caller(path: str) -> dict[str, str]:
    """Return someone who may ask here."""
    if any(part in path for part in ADMINISTRATION):
        return ADMINISTRATOR
    return SYSTEM if path.endswith("/admissions") else DOCTOR


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The application's description, with the application behind it."""
    path = tmp_path_factory.mktemp("schema") / "record.sqlite"
    service = service_over(settings_over(f"sqlite:///{path}"))
    app = WithoutLifespan(make_app(service))
    yield schemathesis.openapi.from_asgi("/openapi.json", app)
    service.record.close()


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("route", ROUTES)
def test_whatever_is_asked_is_answered_as_described(described: Any, route: str, mode: GenerationMode):
    @given(case=described.find_operation_by_label(route).as_strategy(generation_mode=mode))
    @OFTEN
    def ask(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(headers=caller(case.path), excluded_checks=NOT_ASKED)

    ask()


@pytest.mark.parametrize("route", [each for each in ROUTES if "{patient}" in each or "{screening}" in each])
def test_whatever_is_asked_of_a_patient_who_is_there_is_answered_as_described(described: Any, known: Known, route: str):
    ids = {"patient": known.patient.id, "screening": known.patient.screening}
    mine = {name: id for name, id in ids.items() if f"{{{name}}}" in route}

    @given(case=described.find_operation_by_label(route).as_strategy(path_parameters=mine))
    @OFTEN
    def ask(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(headers=caller(case.path) | known.version(case), excluded_checks=NOT_ASKED)

    ask()


@dataclass(frozen=True)
class Known:
    """A patient with a plan and a draft, and the version that a change is made from."""

    client: TestClient
    patient: Patient

    def version(self, case: schemathesis.Case[Any]) -> dict[str, str]:
        """Return the newest version where the case is a change."""
        if case.method not in {"POST", "PUT"}:
            return {}
        path = case.formatted_path.removesuffix("/events")
        return {"If-Match": self.client.get(path, headers=DOCTOR).headers.get("etag", '"0"')}


@pytest.fixture(scope="module")
def known(described: Any) -> Iterator[Known]:
    """A patient who is there."""
    with TestClient(described.app, base_url=ADDRESS) as client:
        patient = Patient.screened(client, 60).with_plan("P60")
        client.put(f"{patient.path}/drafts/screening", json={}, headers=DOCTOR | {"If-None-Match": "*"})
        yield Known(client, patient)
