"""The events: patients come, are referred, become ready, wait for a bed, leave. SimPy runs them; nothing here is drawn.

A patient is always in one place, and every change of place and every queue is kept.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from simpy import Environment, Event, Resource
from simpy.resources.resource import Request

from population.simulator.chance import WEEK, Arrival
from population.simulator.policy import CGA, GP, SERVICES, TEAM, Policy
from population.simulator.pool import Stay

SHORT_TERM, RECEPTION = "short_term", "reception"
QUEUES = (*SERVICES, SHORT_TERM)
Place = Literal["hospital", "reception", "short_term", "home"]
Steps = Generator[Event, Any, None]


@dataclass(slots=True, eq=False)
class Patient:
    """Someone in the simulation, and what has happened to them; times are days from its beginning."""

    arrival: Arrival
    stay: Stay
    services: frozenset[str]
    needs_bed: bool
    place: Place = "hospital"
    ready: float | None = None
    left: float | None = None
    joined: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    missed: dict[str, float] = field(default_factory=dict)


class Queue:
    """A service or beds with those who wait, and how many they were, week by week."""

    def __init__(self, hospital: Environment, name: str, servers: int) -> None:
        self.name, self._now = name, hospital
        self._servers = Resource(hospital, max(servers, 1))
        if not servers:
            self._servers.request()  # taken for ever: where there is room for nobody, everybody waits
        self.length, self._since = 0, 0.0
        self.days_a_week: dict[int, float] = {}

    def wait(self, patient: Patient, leaves: Event | None = None) -> Generator[Event, Any, Request | None]:
        """Wait for a turn, and return it; None where the patient has left before."""
        turn = self._servers.request()
        patient.joined[self.name] = self._now.now
        if not turn.triggered:
            self._changes(+1)
            yield turn | leaves if leaves is not None else turn
            self._changes(-1)
        if _came(turn):
            patient.seen[self.name] = self._now.now
            return turn
        turn.cancel()
        patient.missed[self.name] = self._now.now
        return None

    def end(self, turn: Request) -> None:
        """Let the next one in."""
        self._servers.release(turn)

    def close(self) -> None:
        """Count up to now."""
        self._changes(0)

    def _changes(self, by: int) -> None:
        while self._since < self._now.now:
            week = int(self._since // WEEK)
            until = min(self._now.now, (week + 1) * WEEK)
            self.days_a_week[week] = self.days_a_week.get(week, 0.0) + self.length * (until - self._since)
            self._since = until
        self.length += by


def _came(turn: Request) -> bool:
    return turn.triggered


class Hospital:
    """A hospital and its municipality under a policy."""

    def __init__(self, policy: Policy) -> None:
        room = policy.capacity
        self.policy, self._time = policy, Environment()
        self.queues = {name: Queue(self._time, name, min(room.a_week(name), 1)) for name in SERVICES}
        self.queues[SHORT_TERM] = Queue(self._time, SHORT_TERM, room.short_term_beds)
        self._reception = Resource(self._time, room.reception_places) if room.reception_places else None
        self.patients: list[Patient] = []

    def run(self, arriving: Iterable[Patient], days: float) -> None:
        """Let patients come, for so many days."""
        self._time.process(self._come(arriving))
        self._time.run(until=days)
        for queue in self.queues.values():
            queue.close()

    def _come(self, arriving: Iterable[Patient]) -> Steps:
        for patient in arriving:
            yield self._time.timeout(patient.arrival.at - self._time.now)
            self.patients.append(patient)
            self._time.process(self._stay(patient))

    def _stay(self, patient: Patient) -> Steps:
        leaves = None if self.policy.cga_after_discharge else self._time.event()
        if CGA in patient.services:
            self._time.process(self._seen(CGA, patient, leaves))
        yield self._time.timeout(patient.stay.days)
        patient.ready = self._time.now
        if patient.needs_bed:
            yield from self._by_bed(patient, leaves)
        else:
            self._leave(patient, "home", leaves)
        for service in (TEAM, GP):
            if service in patient.services:
                self._time.process(self._seen(service, patient, None))

    def _seen(self, service: str, patient: Patient, leaves: Event | None) -> Steps:
        queue = self.queues[service]
        turn = yield from queue.wait(patient, leaves)
        if turn is not None:
            yield self._time.timeout(WEEK / self.policy.capacity.a_week(service))
            queue.end(turn)

    def _leave(self, patient: Patient, to: Place, leaves: Event | None) -> None:
        patient.place = to
        if patient.left is None:
            patient.left = self._time.now
            if leaves is not None:
                leaves.succeed()

    def _by_bed(self, patient: Patient, leaves: Event | None) -> Steps:
        """Wait for a bed in hospital, or in the reception unit once it has room; a free bed is filled after a delay."""
        beds, unit = self.queues[SHORT_TERM], None
        taken = self._time.event()
        if self._reception is not None:
            unit = self._reception.request()
            self._time.process(self._received(patient, unit, taken, leaves=leaves))
        bed = yield from beds.wait(patient)
        yield self._time.timeout(self.policy.capacity.bed_delay)
        taken.succeed()
        self._give_up(unit)
        self._leave(patient, "short_term", leaves)
        yield self._time.timeout(patient.arrival.bed_part * self.policy.short_term_days)
        if bed is not None:
            beds.end(bed)
        patient.place = "home"

    def _give_up(self, place: Request | None) -> None:
        """Let the next one into the reception unit, or leave its queue."""
        if self._reception is None or place is None:
            return
        if place.triggered:
            self._reception.release(place)
        else:
            place.cancel()

    def _received(self, patient: Patient, place: Request, taken: Event, *, leaves: Event | None) -> Steps:
        yield place | taken
        if not taken.triggered:
            self._leave(patient, "reception", leaves)
