"""What the hospital's own record has told before anyone opens a page: through the API, as an EPJ does it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import APIRequestContext

import api
from tests.v1.people import number

EXAMPLES = Path(api.__file__).parent / "examples"
LAST_YEAR = 370
Content = dict[str, Any]


class HospitalRecord:
    """The demo's EPJ, with its token."""

    def __init__(self, network: APIRequestContext) -> None:
        token = network.post("/demo/token", form={"person": "epj"}).json()["access_token"]
        self._network, self._headers = network, {"Authorization": f"Bearer {token}"}

    def tells_of_an_old_acquaintance(self, *, days_ago: int, name: str) -> str:
        """Tell of someone with two ways to choose between last year, who was admitted again; return the id."""
        case = dict(json.loads((EXAMPLES / "3-felles-valg.json").read_text("utf-8"))["case"])
        case["patient"] |= {"id": number(1), "name": name, "birth_date": "1945-01-15", "municipality": "5001"}
        before = self._sends("/screenings", case | {"encounter": _stay("before", LAST_YEAR)})
        patient = str(before["screening"]["patient"])
        self.tells(patient, {"kind": "discharged", "stay": "before", "at": _ago(LAST_YEAR - 5), "to": "home"})
        self.tells(patient, {"kind": "practice_set", "practice": "Solsiden"})
        self._sends("/admissions", {"patient": case["patient"], "encounter": _stay("now", days_ago)})
        return patient

    def tells(self, patient: str, event: Mapping[str, object]) -> None:
        """Tell of one event."""
        self._sends(f"/patients/{patient}/events", event)

    def _sends(self, path: str, content: Mapping[str, object]) -> Content:
        headers = dict(self._headers)
        if path.endswith("/events"):
            read = self._network.get(f"/api/v1{path.removesuffix('/events')}", headers=headers)
            headers["If-Match"] = read.headers["etag"]
        answer = self._network.post(f"/api/v1{path}", data=content, headers=headers)
        assert answer.ok, answer.text()
        found: Content = answer.json()
        return found


def _stay(name: str, days_ago: int) -> Content:
    return {"id": name, "admitted": _ago(days_ago), "ward": "GER2", "room": "3", "urgency": "acute"}


def _ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="minutes")
