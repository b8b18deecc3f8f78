"""A simulation whole: policies tried on the same seeded patients, again and again, and what they come to together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from population.simulator.chance import WEEK, Arrival, arrivals
from population.simulator.flow import QUEUES, Hospital, Patient
from population.simulator.intervals import Interval, differences, interval
from population.simulator.measured import Numbers, Window, measured, queue_by_week
from population.simulator.policy import SERVICES, Policy
from population.simulator.pool import Pool

BANDS = (75, 80, 85, 90)
UNKNOWN = "unknown"
GroupedBy = tuple[str, str]
Route = tuple[str, str, GroupedBy]
"""Gained or lost, which service, of which group, as `("all", "")`, `("cfs", "4")`, `("age", "80-84")`."""


@dataclass(frozen=True, slots=True)
class Runs:
    """How it is run: how often, for how many weeks after those that are left out, and the seed of chance."""

    replications: int
    weeks: int
    seed: int
    warm_up: int = 12

    @property
    def window(self) -> Window:
        """Return the weeks that are looked at."""
        return Window(self.warm_up, self.weeks)


@dataclass(frozen=True, slots=True)
class Of:
    """What one policy came to, in each replication."""

    numbers: Sequence[Numbers]
    queues: Mapping[str, Sequence[Sequence[float]]]

    def number(self, name: str) -> list[float | None]:
        """Return a number of every replication."""
        return [each[name] for each in self.numbers]

    def week(self, queue: str, week: int) -> list[float | None]:
        """Return how many waited in a week, in every replication."""
        return [each[week] for each in self.queues[queue]]


@dataclass(frozen=True, slots=True)
class Result:
    """What the policies came to: the policy and, where there are two, the one it is held against."""

    policies: tuple[Policy, ...]
    runs: Runs
    pool: Pool
    of: tuple[Of, ...]
    routes: Sequence[Counter[Route]]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the ids of the numbers."""
        return tuple(self.of[0].numbers[0])

    def interval(self, name: str, policy: int = 0) -> Interval | None:
        """Return a number of a policy with its interval; none of them can be under nought."""
        return _from_nought(interval(self.of[policy].number(name)))

    def difference(self, name: str) -> Interval | None:
        """Return how much more a number is under the policy than under the other, replication by replication."""
        return interval(differences(self.of[0].number(name), self.of[1].number(name)))

    def queue(self, name: str, week: int, policy: int = 0) -> Interval | None:
        """Return a queue in a week with its interval."""
        return _from_nought(interval(self.of[policy].week(name, week)))

    def routed(self) -> Iterator[tuple[Route, Interval | None]]:
        """Yield how many in a week gain and lose a service by the policy, against the other, of each group."""
        for route in sorted(set().union(*self.routes)):
            yield route, _from_nought(interval([each[route] / self.runs.weeks for each in self.routes]))


def _from_nought(found: Interval | None) -> Interval | None:
    return found and replace(found, low=max(found.low, 0.0))


def simulate(policies: tuple[Policy, ...], pool: Pool, runs: Runs) -> Result:
    """Try one policy, or two against each other."""
    tried = [list(_tried(policies, pool, runs, number=number)) for number in range(runs.replications)]
    of = tuple(_of([each[place] for each in tried], runs.window) for place in range(len(policies)))
    routes = [_routes(*each, window=runs.window) for each in tried] if len(policies) > 1 else []
    return Result(policies, runs, pool, of, routes)


def _tried(policies: tuple[Policy, ...], pool: Pool, runs: Runs, *, number: int) -> Iterator[Hospital]:
    days = runs.window.ends
    for place, policy in enumerate(policies):
        drawn = arrivals(
            policy.arrivals, len(pool.stays), days, before=runs.warm_up * WEEK, seed=f"{runs.seed} {number}"
        )
        hospital = Hospital(policy)
        hospital.run((_patient(each, pool, policy, place=place) for each in drawn), days)
        yield hospital


def _patient(arrival: Arrival, pool: Pool, policy: Policy, *, place: int) -> Patient:
    stay = pool.stays[arrival.stay]
    way = stay.ways[place]
    services = policy.services(way.tracks, way.pathway)
    return Patient(arrival, stay, services, arrival.bed_share < policy.pathways[way.pathway].short_term)


def _of(hospitals: Sequence[Hospital], window: Window) -> Of:
    return Of(
        [measured(hospital, window) for hospital in hospitals],
        {name: [queue_by_week(hospital, name, window) for hospital in hospitals] for name in QUEUES},
    )


# Who gains and who loses a service


def _routes(policy: Hospital, against: Hospital, *, window: Window) -> Counter[Route]:
    """Count, of those who arrive under the first policy, whose services are others than under the second."""
    counted: Counter[Route] = Counter()
    other = against.policy
    for patient in policy.patients:
        if window.holds(patient.arrival.at):
            way = patient.stay.ways[1]
            before = other.services(way.tracks, way.pathway)
            for service in SERVICES:
                if (service in patient.services) != (service in before):
                    change = "gained" if service in patient.services else "lost"
                    counted.update((change, service, group) for group in _groups(patient))
    return counted


def _groups(patient: Patient) -> Iterator[GroupedBy]:
    stay = patient.stay
    yield "all", ""
    yield "cfs", UNKNOWN if stay.cfs is None else str(stay.cfs)
    yield "age", band(stay.age)
    yield "sex", stay.sex


def band(age: int) -> str:
    """Return the band of years that an age is in."""
    for low, high in zip((0, *BANDS), (*BANDS, None), strict=True):
        if high is None or age < high:
            return f"{low}+" if high is None else f"{low}-{high - 1}" if low else f"-{high - 1}"
    raise AssertionError(age)
