"""What one run of the simulation comes to: each number of the weeks that are looked at, those before left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import floor
from statistics import fmean

from population.simulator.chance import WEEK
from population.simulator.flow import QUEUES, Hospital, Patient
from population.simulator.policy import SERVICES
from population.simulator.rates import ready_day

WEEKS_A_YEAR = 52
Numbers = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Window:
    """The weeks that are looked at: the first, and how many."""

    first: int
    weeks: int

    @property
    def begins(self) -> float:
        """Return the first moment."""
        return self.first * WEEK

    @property
    def ends(self) -> float:
        """Return the moment after the last."""
        return (self.first + self.weeks) * WEEK

    def holds(self, moment: float | None) -> bool:
        """Return whether something happened, and then."""
        return moment is not None and self.begins <= moment < self.ends


def measured(hospital: Hospital, window: Window) -> Numbers:
    """Return the numbers of a run, by id; None where nothing was there to be measured."""
    arrived = sum(window.holds(patient.arrival.at) for patient in hospital.patients)
    found: dict[str, float | None] = {"arrivals": arrived / window.weeks}
    for service in SERVICES:
        found |= _of_service(hospital, service, window)
    for name in QUEUES:
        found[f"queue.{name}"] = fmean(queue_by_week(hospital, name, window))
    return found | _after_ready(hospital, window)


def queue_by_week(hospital: Hospital, name: str, window: Window) -> list[float]:
    """Return how many waited on average in each of the weeks."""
    days = hospital.queues[name].days_a_week
    return [days.get(week, 0.0) / WEEK for week in range(window.first, window.first + window.weeks)]


def _of_service(hospital: Hospital, service: str, window: Window) -> dict[str, float | None]:
    joined, seen, missed = (
        [each for each in hospital.patients if window.holds(getattr(each, what).get(service))]
        for what in ("joined", "seen", "missed")
    )
    return {
        f"referrals.{service}": len(joined) / window.weeks,
        f"seen.{service}": len(seen) / window.weeks,
        f"missed.{service}": len(missed) / window.weeks,
        f"wait.{service}": _mean(each.seen[service] - each.joined[service] for each in seen),
    }


def _after_ready(hospital: Hospital, window: Window) -> dict[str, float | None]:
    ready = [each for each in hospital.patients if each.ready is not None]
    nights = sum(_nights(each, window) for each in ready) / window.weeks
    waited = [each for each in ready if each.needs_bed and window.holds(each.left)]
    kroner = nights * ready_day().kroner
    return {
        "ready.nights": nights,
        "ready.wait": _mean((each.left or 0.0) - (each.ready or 0.0) for each in waited),
        "ready.kroner": kroner,
        # Admissions follow the season, so that a part of a year says nothing of the whole.
        "ready.kroner_year": None if window.weeks % WEEKS_A_YEAR else kroner * WEEKS_A_YEAR,
    }


def _nights(patient: Patient, window: Window) -> int:
    """Return the midnights that someone was in hospital and ready, within the weeks."""
    begins = max(patient.ready or 0.0, window.begins)
    ends = window.ends if patient.left is None else min(patient.left, window.ends)
    return max(floor(ends) - floor(begins), 0)


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return fmean(known) if known else None
