"""What resources are made from: a patient's course, screenings and plans, read at one moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from api.fhir.elements import Json, Place
from api.record.courses import Seen, read
from api.record.naming import named
from api.record.plans import planned
from api.record.record import Record
from api.record.screenings import Stored, stored_as
from api.record.streams import Naming
from careplans.course.due import Basis, clocks_in
from careplans.course.events import Decided, PlanStarted, Recorded, Screened
from careplans.course.stands import standing
from careplans.course.state import ClockState, Course, PlanState, StepClock
from careplans.parts import Plan
from engine.texts import Texts
from rules.case import Case

NOT_IN_IDS = "_"
"""What our own ids have and FHIR's may not."""


@dataclass(frozen=True, slots=True)
class Screening:
    """A screening as it stands: its newest version, what it found, and the event that wrote it down."""

    id: str
    stored: Stored
    basis: Basis
    recorded: Recorded
    routes: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan as it stands, its clocks, and the event that started it; `id` is the resource's."""

    id: str
    state: PlanState
    case: Case
    plan: Plan
    clocks: tuple[StepClock, ...]
    states: Mapping[str, ClockState]
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class About:
    """One patient's record, and the language it is told in."""

    person: str
    naming: Naming
    course: Course
    version: int
    updated: datetime
    recorded: tuple[Recorded, ...]
    screenings: tuple[Screening, ...]
    plans: tuple[Planned, ...]
    texts: Texts
    place: Place = field(default_factory=Place)

    @property
    def patient(self) -> Json:
        """Return the reference to the patient."""
        return self.place.reference("Patient", self.person)


def read_about(record: Record, connection: Connection, person: str, texts: Texts) -> About:
    """Return a patient's record; whether the user may see it was asked before."""
    seen = read(record, connection, person)
    stream = seen.stream
    events = standing(stream.recorded)
    return About(
        stream.person,
        named(connection, stream.person),
        stream.course,
        stream.version,
        stream.recorded[-1].at,
        events,
        tuple(_screenings(record, connection, seen, events)),
        tuple(_plans(record, seen, events)),
        texts,
    )


def decided_on(about: About, assessment: str, rule: str) -> Recorded | None:
    """Return the newest decision that stands about a suggestion."""
    return next(
        (
            each
            for each in reversed(about.recorded)
            if isinstance(each.event, Decided) and (each.event.assessment, each.event.rule) == (assessment, rule)
        ),
        None,
    )


def task_id(plan: str, step: str) -> str:
    """Return the id of a step's task."""
    return f"{plan}-{step.replace(NOT_IN_IDS, '-')}"


def _screenings(
    record: Record, connection: Connection, seen: Seen, events: tuple[Recorded, ...]
) -> Iterator[Screening]:
    course = seen.stream.course
    basis: Mapping[str, Basis] = record.bases.of(connection, [each.assessment for each in course.screenings])
    wrote = {each.event.assessment: each for each in events if isinstance(each.event, Screened)}
    for each in course.screenings:
        stored = stored_as(connection, each.assessment)
        if stored and each.assessment in wrote and each.assessment in basis:
            yield Screening(
                each.id, stored, basis[each.assessment], wrote[each.assessment], routes=each == course.screening
            )


def _plans(record: Record, seen: Seen, events: tuple[Recorded, ...]) -> Iterator[Planned]:
    course, overlay = seen.stream.course, record.screening.overlay
    started = {each.event.plan: each for each in events if isinstance(each.event, PlanStarted)}
    for state in course.plans:
        if state.id in started and state.assessment in seen.basis:
            found = planned(course, state, seen.basis, overlay)
            clocks = clocks_in(course, state, found.plan.timeline)
            states = {each.step: each.state for each in clocks_in(course, state, found.plan.actions)}
            event = started[state.id]
            yield Planned(event.id, state, found.case, found.plan, clocks=clocks, states=states, recorded=event)
