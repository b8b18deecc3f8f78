"""A patient's life told as it would have been recorded: each event at its own past moment, by whoever recorded it.

The same rules hold as for anyone: a role records what it may, about what the patient has, and what was suggested. Only
the moment is another, and the lists' rows are written once, when the life has been told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from api.demo.reports import admission_report
from api.demo.staff import epj
from api.demo.ward import Patient, Stay, case_of
from api.messages.finishing import Finishing, finish, tell_sent
from api.messages.model import Kind
from api.messages.receiving import receive
from api.people.access import may_record
from api.people.user import User
from api.record.admissions import admit
from api.record.courses import NotYours
from api.record.offers import refuse_unoffered
from api.record.possible import refuse_impossible
from api.record.projection import project
from api.record.record import Record, by
from api.record.screenings import prepare, store
from api.record.streams import Stream, append, read_stream
from api.storage.writer import Change
from api.v1.languages import Language, texts_of
from careplans.course.due import Basis
from careplans.course.events import ChoiceRecorded, Decided, Event, PlanStarted
from careplans.course.state import Course
from forms.model import read_case
from rules.times import OSLO, oslo_day

JUST_NOW = timedelta(minutes=10)
LANGUAGE: Language = "nb"


@dataclass
class Telling:
    """One patient, told from the beginning until now."""

    record: Record
    change: Change
    patient: Patient
    person: str = ""
    assessment: str = ""
    stay: str = ""
    _stream: Stream | None = None

    @property
    def now(self) -> datetime:
        """Return the moment that everything is before."""
        return self.change.now

    @cached_property
    def today(self) -> date:
        """Return the day in Norway."""
        return oslo_day(self.now)

    @property
    def course(self) -> Course:
        """Return the course as far as it has been told."""
        return self.stream.course

    @property
    def stream(self) -> Stream:
        """Return the events as far as they have been told."""
        if self._stream is None:
            raise AssertionError("A life begins with an admission or a screening.")
        return self._stream

    @property
    def basis(self) -> Basis:
        """Return the facts behind the newest assessment."""
        return self.record.bases.of(self.change.connection, [self.assessment])[self.assessment]

    def ago(self, hours: float) -> datetime:
        """Return the moment so many hours before now."""
        return self.now - timedelta(hours=hours)

    def on(self, days: int, hour: int) -> datetime:
        """Return an hour of a day so many days before today, or just now where that is still to come."""
        day = self.today - timedelta(days=days)
        minutes = time(hour, (self.patient.number * 7) % 60)
        return min(datetime.combine(day, minutes, OSLO), self.now - JUST_NOW)

    def admit(self, at: datetime, *, ward: str | None = None, local_id: str | None = None) -> None:
        """Let the hospital's record tell of the admission, and nothing more; someone unknown has a local id alone."""
        patient = replace(self.patient, ward=ward or self.patient.ward)
        case = case_of(patient, self._begin(at), today=self.today)
        case = {name: case[name] for name in ("schema", "patient", "encounter")}
        if local_id:
            case["patient"] = {"local_id": local_id, "name": patient.name}
        self._held(admit(self.record, epj(), read_case(case), self._at(at)).person)

    def screen(self, who: User, at: datetime, **said: Any) -> None:
        """Store a screening of the stay that goes on, or with no stay where the patient is at home."""
        stay = self._stay_as_it_is(at, said.pop("scored_by", "ward_nurse"))
        content = case_of(self.patient, stay, today=self.today) | said
        self.send(who, at, content)

    def send(self, who: User, at: datetime, content: dict[str, Any]) -> None:
        """Store a screening from its case."""
        if self._stream:
            self.finish()
        prepared = prepare(self.record, content, texts_of(LANGUAGE), now=at)
        stored = store(self.record, who, prepared, self._at(at))
        self.assessment = stored.assessment
        self._held(stored.person)

    def tell(self, who: User, at: datetime, *events: Event) -> None:
        """Record events, none before the one before it; raise what anyone would meet who recorded the same."""
        at = max(at, self.stream.recorded[-1].at)
        for event in events:
            self._refuse(who, event, at)
            self._stream = append(self.change.connection, self.stream, [event], by=by(who), at=at)
            self.change.saw(self.person, event.kind, by(who))

    def write(self, who: User, at: datetime, kind: Kind, **said: str) -> str:
        """Make a message final that says what the plan said then, and return its id."""
        self.finish()
        at = max(at, self.stream.recorded[-1].at)
        asked = Finishing(self.person, kind, said, self.stream.version, language=LANGUAGE, lacks_seen=True)
        return finish(self.record, who, asked, self._at(at))

    def sent(self, id: str, at: datetime) -> None:
        """Let the hospital's record tell that it sent a message."""
        tell_sent(epj(), self.person, id, self._at(at))

    def receives_report(self, at: datetime) -> None:
        """Let the municipality's admission report come in."""
        self.finish()
        at = max(at, self.stream.recorded[-1].at)
        delivery = admission_report(self.patient, self.patient.person(self.today), at)
        receive(self.record, epj(), delivery, change=self._at(at), texts=texts_of(LANGUAGE))
        self._held(self.person)

    def begin_stay(self, name: str) -> None:
        """Name the stay that comes next."""
        self.stay = f"demo-{self.patient.number}-{name}"

    def reread(self) -> None:
        """Read the events again, after another record was merged in."""
        self._held(self.person)

    def finish(self) -> None:
        """Write the patient's rows in the lists."""
        project(self.change.connection, self.stream, self.record.bases, self.record.offsets)

    def _begin(self, at: datetime) -> Stay:
        if not self.stay:
            self.begin_stay("1")
        return Stay(self.stay, at)

    def _stay_as_it_is(self, at: datetime, scored_by: str) -> Stay:
        newest = self._stream.course.stay if self._stream else None
        if newest is None:
            raise AssertionError("Who is screened was admitted first.")
        if newest.discharged:
            return Stay(scored=at, scored_by=scored_by)
        return Stay(newest.id, newest.admitted, newest.expected, scored=at, scored_by=scored_by)

    def _refuse(self, who: User, event: Event, at: datetime) -> None:
        if not may_record(who.role, event.kind):
            raise NotYours
        refuse_impossible(event, self.stream, now=at, connection=self.change.connection)
        if isinstance(event, Decided | ChoiceRecorded | PlanStarted):
            refuse_unoffered(event, self.course, self.basis.assessment)

    def _held(self, person: str) -> None:
        self.person, self._stream = person, read_stream(self.change.connection, person)

    def _at(self, at: datetime) -> Change:
        """Return the change at a past moment, whose lines in the access log are the change's own."""
        return Change(self.change.connection, at, self.change.entries)
