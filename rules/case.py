"""A person's facts as they came in: the case of the contract, as frozen values.

`None` is unknown everywhere; an empty tuple is "none", said by someone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from engine.facts import SetAnswer
from rules.times import oslo_day

Use = Literal["regular", "as_needed"]


@dataclass(frozen=True, slots=True)
class Patient:
    """Who it is about; `id` is an 11-digit identity number, `local_id` stands in where there is none."""

    id: str | None = None
    local_id: str | None = None
    name: str | None = None
    birth_date: date | None = None
    sex: Literal["female", "male", "unknown"] | None = None
    municipality: str | None = None


@dataclass(frozen=True, slots=True)
class Encounter:
    """The hospital stay; times carry their zone."""

    id: str | None = None
    admitted: datetime | None = None
    ward: str | None = None
    room: str | None = None
    urgency: Literal["acute", "elective"] | None = None
    expected_discharge: date | None = None
    discharged: datetime | None = None

    @property
    def first_day(self) -> date | None:
        """Return the day of admission in Norway."""
        return oslo_day(self.admitted) if self.admitted else None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnosis code; `system` is `icd-10`, `icpc-2`, or the sender's own name for another system.

    `name` is what the sender calls it, for people to read: no rule sees it, and two that differ in it are the same.
    """

    code: str
    system: str = "icd-10"
    main: bool = False
    name: str | None = field(default=None, compare=False)

    @property
    def said(self) -> str:
        """Return the code with the name beside it, on one line; the code alone where no name is known."""
        return " ".join((self.code, *(self.name or "").split()))


@dataclass(frozen=True, slots=True)
class Medicine:
    """A line of the medicine list; `dose` is the daily dose in `unit`, `stop` the last day, both when known.

    `times` are the hours or parts of the day at which it is taken.
    """

    name: str | None = None
    atc: str | None = None
    use: Use | None = None
    start: date | None = None
    stop: date | None = None
    doses_per_day: float | None = None
    dose: float | None = None
    unit: str | None = None
    times: tuple[str, ...] | None = None

    def current_on(self, day: date) -> bool:
        """Return whether it is taken on the day; one without dates is."""
        return (self.start or day) <= day <= (self.stop or day)


@dataclass(frozen=True, slots=True)
class Appointment:
    """Appointments of one kind, and how many there are in a year."""

    kind: str
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Treatment:
    """What the treatment asks of the person beside the medicines, before any plan of ours; None was not said."""

    daily_tasks: int | None = None
    appointments_a_year: tuple[Appointment, ...] | None = None


@dataclass(frozen=True, slots=True)
class Rater:
    """Who judged the clinician's CFS, and when."""

    role: str | None = None
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer was read from; `proposed` until a person confirms it."""

    origin: str
    id: str | None = None
    time: datetime | None = None
    status: Literal["proposed", "confirmed"] = "proposed"


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person should know about the input or a score: `note.<code>` is its text, `values` fill it."""

    code: str
    where: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


Answer = bool | int | str | SetAnswer


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known; `answers` holds only what was answered, `diagnoses`/`medicines` are None when unknown."""

    patient: Patient = Patient()
    encounter: Encounter = Encounter()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    diagnoses: tuple[Diagnosis, ...] | None = None
    medicines: tuple[Medicine, ...] | None = None
    treatment: Treatment = Treatment()
    rater: Rater | None = None
    notes: tuple[Note, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
