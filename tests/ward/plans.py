"""Patients with a plan, as the pages about plans and histories meet them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from fastapi.testclient import TestClient

from api.people.user import Unit, User
from api.record.courses import Seen, add, read
from api.record.streams import new_id
from api.storage.engine import reading
from api.storage.writer import Change
from careplans.course.events import Discharged, Event, PlanStarted
from tests.v1.people import case
from tests.ward.signed_in import EPJ, Hospital

DOCTOR = User("amina", "doctor", frozenset({Unit("ward", "demo/GER2")}), "Amina Warsame")


def ago(**how_long: float) -> datetime:
    """Return a moment before now."""
    return datetime.now(UTC) - timedelta(**how_long)


@dataclass
class Planned:
    """A patient in the demo hospital, and the plan."""

    hospital: Hospital
    id: str
    stay: str
    plan: str = ""

    @property
    def path(self) -> str:
        """Where the patient's pages are."""
        return f"/patients/{self.id}"

    @property
    def seen(self) -> Seen:
        """The course as it is now."""
        with reading(self.hospital.record.engine) as connection:
            return read(self.hospital.record, connection, self.id)

    def newest(self) -> Any:
        """Return the event that was written last."""
        return self.seen.stream.recorded[-1].event

    def course(self) -> Any:
        """Return the course as the events tell it."""
        return self.seen.stream.course

    def tell(self, *events: Event, who: User = DOCTOR) -> Planned:
        """Write events as someone who may."""
        record = self.hospital.record

        def work(change: Change) -> None:
            for event in events:
                add(record, who, event, change=change, person=self.id, expected=None)

        record.writer.run(work)
        return self

    def send(self, browser: TestClient, tab: str, form: str, **filled: Any) -> Any:
        """Send a form of a page from the version that the record has."""
        csrf = re.search(r'name="csrf" value="([^"]*)"', browser.get(f"{self.path}/{tab}").text)
        assert csrf
        version = str(self.seen.stream.version)
        sent = {"csrf": csrf[1], "version": version, "form": form, "key": f"{form}:life", **filled}
        return browser.post(f"{self.path}/{tab}", data=sent)


def admitted(hospital: Hospital, which: int, *, days: float = 1, **answers: Any) -> Planned:
    """Return a patient of the geriatric ward, screened and admitted some days ago."""
    content = case(which)
    content["encounter"] = {"id": f"E-{which}", "admitted": ago(days=days).isoformat(), "ward": "GER2"}
    content["answers"] = content["answers"] | answers
    return Planned(hospital, hospital.sends(content), f"E-{which}")


def with_plan(patient: Planned, **changes: Any) -> Planned:
    """Start a plan from everything that is suggested."""
    seen = patient.seen
    assert seen.stream.course.screening
    of = seen.stream.course.screening.assessment
    rules = tuple(each.rule for each in seen.basis[of].assessment.offers)
    patient.plan = new_id()
    started = PlanStarted(patient.plan, of, ago(days=0).date(), rules=rules, **changes)
    return patient.tell(started)


def at_home(hospital: Hospital, which: int, *, days: float) -> Planned:
    """Return a patient with a plan who went home some days ago."""
    patient = with_plan(admitted(hospital, which, days=days + 7))
    return patient.tell(Discharged(patient.stay, ago(days=days), to="home"), who=EPJ)


def words_of(page: str) -> str:
    """Return what a page says, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())
