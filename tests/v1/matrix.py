"""The matrix of who gets what, read from its table, and the request that each of its rows stands for."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from starlette.routing import Mount

from api.people.user import ROLES
from tests.messages.sent import alone, message
from tests.v1.issuer import bearer
from tests.v1.people import ADMINISTRATOR, DOCTOR, NURSE, SYSTEM, Patient, case, number

Side = Literal["own", "other"]
FOLDER = Path(__file__).parent
TABLE, PAGES, FHIR = (
    tomllib.loads((FOLDER / name).read_text("utf-8"))
    for name in ("matrix.toml", "matrix_pages.toml", "matrix_fhir.toml")
)
SIGNED_IN: Mapping[str, str] = TABLE["signed_in"] | PAGES["signed_in"] | FHIR["signed_in"]
PUBLIC: Mapping[str, int] = TABLE["public"] | PAGES["public"] | FHIR["public"]
DEMO: Mapping[str, int] = TABLE["demo"]
WHO = (*ROLES, "anonymous", "device")
UNITS: Mapping[str, tuple[str, str]] = {
    "coordinator": ("municipality:5001", "municipality:0301"),
    "municipal_nurse": ("municipality:5001", "municipality:0301"),
    "gp": ("practice:Torget", "practice:Fjorden"),
    "geriatric_team": ("hospital:STO", "hospital:AHUS"),
    "analyst": ("hospital:STO", "hospital:AHUS"),
    "administrator": ("hospital:STO", "hospital:AHUS"),
    "system": ("hospital:STO", "hospital:AHUS"),
}
WARDS = ("ward:STO/GER2", "ward:STO/KIR1")
NOBODY = "f" * 32


@dataclass(frozen=True)
class Cell:
    """One answer of the matrix."""

    route: str
    who: str
    side: Side
    status: int

    def __str__(self) -> str:
        return f"{self.route} {self.who} {self.side}"


def cells() -> Iterator[Cell]:
    """Give every answer that the table states for those who sign in, and for who and what does not."""
    for route, row in SIGNED_IN.items():
        for line in row.strip().splitlines():
            statuses, *people = line.split()
            own, _, other = statuses.partition("/")
            for who in people:
                yield Cell(route, who, "own", int(own))
                yield Cell(route, who, "other", int(other or own))


def routes_of(app: FastAPI) -> set[str]:
    """Return every route of an application as a row names it."""
    found: set[str] = set()
    for each in iter_route_contexts(app.routes):
        if isinstance(each.original_route, Mount):
            found.add(f"MOUNT {each.path}")
        else:
            found |= {f"{method} {each.path}" for method in each.methods or () if method != "HEAD"}
    return found


@dataclass
class Ground:
    """A patient of one unit, and whoever asks about the patient from there and from another."""

    client: TestClient
    patient: Patient
    devices: Mapping[Side, str]
    numbers: Iterator[int] = field(default_factory=lambda: count(200))

    def headers(self, who: str, side: Side) -> dict[str, str]:
        """Return what identifies the caller; a screen sends its own cookie."""
        if who == "anonymous":
            return {}
        if who == "device":
            return {"Cookie": f"__Host-tavle={self.devices[side]}"}
        return bearer(who, UNITS.get(who, WARDS)[side == "other"])

    def ask(self, cell: Cell, patient: str | None = None) -> Any:
        """Make a cell's request, about another id where one is given."""
        method, _, path = cell.route.partition(" ")
        path, _, variant = path.partition("#")
        about = patient or self.patient.id
        values = {
            "patient": about,
            "person": about,
            "named": self.patient.assessment,
            "key": NOBODY,
            "screening": patient or self.patient.screening,
            "form": "screening",
            "name": variant,
            "rule": "cga_team",
            "figure": "screened",
            "event": patient or NOBODY,
            "id": patient or NOBODY,
            "kind": variant,
            "message": patient or NOBODY,
        }
        usual = _form if method == "POST" and not path.startswith(("/api/", "/fhir/")) else _plain
        asked = REQUESTS.get(cell.route.partition("#")[0], usual)(self, cell, variant)
        values |= asked.pop("values", {})
        headers = self.headers(cell.who, cell.side) | asked.pop("headers", {})
        return self.client.request(method, path.format_map(values), headers=headers, follow_redirects=False, **asked)


def _plain(*_: object) -> dict[str, Any]:
    return {}


def _form(*_: object) -> dict[str, Any]:
    """Send a form that says nothing that the page asks for."""
    return {"data": {"x": "1"}}


def _print(*_: object) -> dict[str, Any]:
    return {"params": {"what": "patient", "language": "nb", "how": "html"}}


def _case(_: Ground, cell: Cell, __: str) -> dict[str, Any]:
    return {"json": _about(cell)}


def _about(cell: Cell) -> dict[str, Any]:
    """Return the patient's case; another hospital's record sends one of its own, and is then its patient's too."""
    return case(150 if (cell.who, cell.side) == ("system", "other") else 100)


def _corrected(ground: Ground, *_: object) -> dict[str, Any]:
    held = ground.client.get(f"/api/v1/screenings/{ground.patient.screening}", headers=SYSTEM)
    return {"json": case(100), "headers": {"If-Match": held.headers["etag"]}}


def _admission(_: Ground, cell: Cell, __: str) -> dict[str, Any]:
    return {"json": {name: _about(cell)[name] for name in ("patient", "encounter")}}


def _search(*_: object) -> dict[str, Any]:
    return {"json": {"identity": number(100)}}


def _opening(_: Ground, cell: Cell, __: str) -> dict[str, Any]:
    """Open as someone who asks for nothing else: what is opened stays open."""
    asked = {"identity": number(100), "reason": "Ringer om medisinene"}
    if cell.who in {"anonymous", "device"}:
        return {"json": asked}
    unit = UNITS.get(cell.who, WARDS)[cell.side == "other"]
    return {"json": asked, "headers": bearer(cell.who, unit, id=f"opener-{cell.who}-{cell.side}")}


def _event(ground: Ground, _: Cell, kind: str) -> dict[str, Any]:
    if kind.startswith("undone_"):
        return _undoing(ground, kind.removeprefix("undone_"))
    return {"json": {"kind": kind} | EVENTS[kind], "headers": {"If-Match": ground.patient.etag}}


def _undoing(ground: Ground, kind: str) -> dict[str, Any]:
    """Take back what the ward's own nurse wrote of a patient whom everyone there sees."""
    patient = Patient.screened(ground.client, next(ground.numbers)).with_plan("P1").told_to_municipality()
    patient.tell(SYSTEM, kind="practice_set", practice="Torget")
    if kind == "transferred":
        stay = ground.client.get(patient.path, headers=DOCTOR).json()["stay"]["id"]
        patient.tell(NURSE, kind=kind, stay=stay, hospital="STO", ward="GER2", room="7")
    events = ground.client.get(f"{patient.events}?limit=200", headers=DOCTOR).json()["events"]
    event = next(each["id"] for each in events if each["kind"] == kind)
    values = {"patient": patient.id}
    sent = {"kind": "undone", "event": event, "reason": "Feil"}
    return {"json": sent, "headers": {"If-Match": patient.etag}, "values": values}


def _draft(*_: object) -> dict[str, Any]:
    return {"json": {"answers": {}}, "headers": {"If-None-Match": "*"}}


def _restored(ground: Ground, cell: Cell, _: str) -> dict[str, Any]:
    """Retract a patient's stay, to be brought back; the same for every cell, so that only the caller differs."""
    patient = Patient.screened(ground.client, next(ground.numbers))
    stay = ground.client.get(patient.path, headers=DOCTOR).json()["stay"]["id"]
    patient.post(DOCTOR, kind="retracted", of="stay", id=stay, reason="Feil pasient")
    listed = ground.client.get("/api/v1/retractions?limit=200", headers=ADMINISTRATOR).json()["retractions"]
    event = next(each["event"] for each in listed if each["patient"] == patient.id)
    return {"json": {"reason": "Riktig likevel"}, "values": {"event": event}}


def _of_patient(ground: Ground, cell: Cell, kind: str) -> dict[str, Any]:
    """Name the patient in the address by our own id."""
    return {"params": {"_id" if kind == "Patient" else "patient": ground.patient.id}}


def _by_number(*_: object) -> dict[str, Any]:
    return {"data": {"patient.identifier": number(100)}}


def _resource(ground: Ground, cell: Cell, kind: str) -> dict[str, Any]:
    """Name a resource of the patient, unless another id is asked about."""
    plan = _plan_of(ground)
    ids = {"Patient": ground.patient.id, "CarePlan": plan, "Composition": plan}
    return {"values": {"id": ids.get(kind, ground.patient.screening)}}


def _version(ground: Ground, cell: Cell, kind: str) -> dict[str, Any]:
    """Name the version of a screening's resource that stands."""
    asked = _resource(ground, cell, kind)
    at = f"/fhir/{kind}/{ground.patient.screening}"
    version = ground.client.get(at, headers=DOCTOR).json()["meta"]["versionId"]
    return {"values": asked["values"] | {"version": version}}


def _plan_of(ground: Ground) -> str:
    events = ground.client.get(f"{ground.patient.events}?limit=200", headers=DOCTOR).json()["events"]
    return next(str(each["id"]) for each in events if each["kind"] == "plan_started")


def _bundle(*_: object) -> dict[str, Any]:
    patient = {"resourceType": "Patient", "id": "p"}
    return {"json": {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": patient}]}}


def _response(ground: Ground, *_: object) -> dict[str, Any]:
    answer = {"linkId": "mst", "answer": [{"valueInteger": 2}]}
    subject = {"reference": f"Patient/{ground.patient.id}"}
    form = {"resourceType": "QuestionnaireResponse", "status": "completed", "subject": subject, "item": [answer]}
    return {"json": form}


def _line(ground: Ground, *_: object) -> dict[str, Any]:
    about = {"patient": ground.patient.id, "_count": "1"}
    lines = ground.client.get("/fhir/AuditEvent", params=about, headers=ADMINISTRATOR).json()
    return {"values": {"id": lines["entry"][0]["resource"]["id"]}}


def _new_device(*_: object) -> dict[str, Any]:
    return {"json": {"ward": "STO/GER2", "label": "Vaktrommet"}}


def _device(ground: Ground, *_: object) -> dict[str, Any]:
    made = ground.client.post("/api/v1/devices", json=_new_device()["json"], headers=ADMINISTRATOR)
    return {"values": {"id": made.json()["id"]}}


def _message(_: Ground, cell: Cell, __: str) -> dict[str, Any]:
    """Hand over a message about the patient; another hospital's record may send one about anyone."""
    about = number(150 if cell.side == "other" else 100)
    body = message("INNLEGGELSESRAPPORT", about, alone(), sent="2026-11-16T15:00:00")
    return {"content": body, "headers": {"Content-Type": "application/xml"}}


def _kept(ground: Ground, *_: object) -> dict[str, Any]:
    """Name a message about the patient that was handed over."""
    body = message("INNLEGGELSESRAPPORT", number(100), alone(), sent="2026-11-16T15:00:00", msg_id="matrix")
    answer = ground.client.post("/api/v1/messages", content=body, headers=SYSTEM | {"Content-Type": "application/xml"})
    return {"values": {"message": answer.json()["message"]}}


def _board(*_: object) -> dict[str, Any]:
    return {"params": {"ward": "STO/GER2"}}


EVENTS: Mapping[str, dict[str, Any]] = {
    "moved": {"municipality": "5001"},
    "step_done": {"course": NOBODY, "step": "HPH0", "at": "2026-11-17T09:00:00+01:00"},
    "owner_set": {"course": NOBODY, "step": "HPH0", "owner": "gp"},
    "plan_paused": {"plan": NOBODY, "reason": "Ferie"},
    "plan_started": {"plan": "P2", "assessment": NOBODY, "on": "2026-11-17"},
    "decided": {"assessment": NOBODY, "rule": "cga_team", "verdict": "accepted"},
    "retracted": {"of": "stay", "id": NOBODY, "reason": "Feil pasient"},
    "discharged": {"stay": NOBODY, "at": "2026-11-17T09:00:00+01:00"},
    "described": {"sex": "female"},
    "died": {"on": "2199-01-01"},
    "record_blocked": {"blocked": False},
    "merged": {"other": NOBODY},
    "undone": {"event": NOBODY, "reason": "Feil"},
}
REQUESTS: Mapping[str, Callable[[Ground, Cell, str], dict[str, Any]]] = {
    "POST /api/v1/screenings": _case,
    "PUT /api/v1/screenings/{screening}": _corrected,
    "POST /api/v1/admissions": _admission,
    "POST /api/v1/patients/search": _search,
    "POST /api/v1/patients/open": _opening,
    "POST /api/v1/patients/{patient}/events": _event,
    "PUT /api/v1/patients/{patient}/drafts/{form}": _draft,
    "POST /api/v1/retractions/{event}/restore": _restored,
    "POST /api/v1/devices": _new_device,
    "DELETE /api/v1/devices/{id}": _device,
    "POST /api/v1/messages": _message,
    "GET /api/v1/messages/{message}": _kept,
    "POST /api/v1/messages/{message}/marks": lambda *_: {"json": {"mark": "sent"}},
    "GET /api/v1/messages": lambda *_: {"params": {"state": "final"}},
    "GET /tavle": _board,
    "GET /patients/{person}/print": _print,
    "GET /fhir/{kind}": _of_patient,
    "POST /fhir/{kind}/_search": _by_number,
    "GET /fhir/{kind}/{id}": _resource,
    "GET /fhir/{kind}/{id}/_history/{version}": _version,
    "POST /fhir/$screen": _bundle,
    "POST /fhir/QuestionnaireResponse": _response,
    "GET /fhir/AuditEvent": _of_patient,
    "POST /fhir/AuditEvent/_search": _by_number,
    "GET /fhir/AuditEvent/{id}": _line,
    "POST /language": lambda *_: {"data": {"language": "nn"}},
}
