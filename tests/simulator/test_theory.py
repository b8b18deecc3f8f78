"""The simulation against what queueing theory answers exactly: Erlang's C, Pollaczek and Khinchine, Little's law.

An interval of 95 per cent misses one time in twenty, with other seeds these too; with these it holds. That it is narrow
is asserted, so that it could not hold everything. Of 160 replications the mean wait for twelve beds was 0.404 days
(0.390 to 0.418), where Erlang's C is 0.399.
"""

from __future__ import annotations

from itertools import pairwise
from math import factorial

import pytest

from population.simulator.chance import WEEK
from population.simulator.flow import SHORT_TERM, Hospital
from population.simulator.intervals import interval
from population.simulator.measured import Window
from tests.simulator.made import EVEN, policy, pool, ran

WARM_UP, WEEKS, REPLICATIONS = 40, 500, 20
NARROW = 0.25


def erlang_c(servers: int, a_day: float, mean_days: float) -> float:
    """Return the mean wait of M/M/c."""
    load = a_day * mean_days
    busy = load / servers
    all_busy = load**servers / factorial(servers) / (1 - busy)
    chance = all_busy / (sum(load**k / factorial(k) for k in range(servers)) + all_busy)
    return chance * mean_days / (servers * (1 - busy))


def waits(hospital: Hospital, queue: str, window: Window) -> list[float]:
    return [p.seen[queue] - p.joined[queue] for p in hospital.patients if window.holds(p.seen.get(queue))]


def of_all(tried, queue: str, *, what) -> tuple[float, float, float]:
    window = Window(WARM_UP, WEEKS)
    found = interval(
        [what(ran(tried, pool(), WARM_UP + WEEKS, seed=f"c{n}"), queue, window) for n in range(REPLICATIONS)]
    )
    assert found is not None
    assert found.high - found.low < NARROW * found.mean
    return found.low, found.mean, found.high


def mean_wait(hospital: Hospital, queue: str, window: Window) -> float:
    found = waits(hospital, queue, window)
    return sum(found) / len(found)


@pytest.mark.parametrize(("beds", "days", "a_week"), [(1, 1.0, 4.2), (6, 2.4, 14.0), (12, 4.5, 14.0)])
def test_waits_for_beds_are_those_of_erlang_c(beds, days, a_week):
    tried = policy(
        capacity={"short_term_beds": beds},
        flow={"short_term_days": days},
        arrivals={"per_week": a_week, "season": EVEN},
    )
    low, _, high = of_all(tried, SHORT_TERM, what=mean_wait)
    assert low <= erlang_c(beds, a_week / WEEK, days) <= high


def test_waits_for_visits_are_those_of_pollaczek_and_khinchine():
    """A service sees one after another, each as long: M/D/1."""
    nobody = {pathway: {"short_term": 0.0, "gp": False} for pathway in ("A", "B", "C", "none")}
    tried = policy(routes={"cga_team": "team"}, pathways=nobody, capacity={"team_visits": 18})
    busy, takes = 14 / 18, WEEK / 18
    low, _, high = of_all(tried, "team", what=mean_wait)
    assert low <= busy * takes / (2 * (1 - busy)) <= high


def test_as_many_wait_as_come_times_how_long_they_wait():
    """Little's law: the queue is counted as it changes, the waits by each patient."""
    tried = policy(capacity={"short_term_beds": 12}, flow={"short_term_days": 5.0})
    hospital = ran(tried, pool(), 2000, seed="little")
    days = 2000 * WEEK
    length = sum(hospital.queues[SHORT_TERM].days_a_week.values()) / days
    joined = [each for each in hospital.patients if SHORT_TERM in each.joined]
    waited = [each.seen[SHORT_TERM] - each.joined[SHORT_TERM] for each in joined if SHORT_TERM in each.seen]
    rate, wait = len(joined) / days, sum(waited) / len(waited)
    assert length == pytest.approx(rate * wait, rel=0.005)
    assert length > 0.5


def test_the_days_waited_are_the_same_by_the_queue_and_by_the_patients():
    hospital = ran(policy(capacity={"short_term_beds": 10}, flow={"short_term_days": 5.0}), pool(), 60, seed="area")
    days = 60 * WEEK
    by_patient = sum(
        min(each.seen.get(SHORT_TERM, days), days) - each.joined[SHORT_TERM]
        for each in hospital.patients
        if SHORT_TERM in each.joined
    )
    assert sum(hospital.queues[SHORT_TERM].days_a_week.values()) == pytest.approx(by_patient)


@pytest.mark.parametrize("beds", [0, 3, 12, 40])
@pytest.mark.parametrize("reception", [0, 2])
def test_nobody_is_lost_or_made(beds, reception):
    tried = policy(
        routes={"cga_team": "cga"}, capacity={"short_term_beds": beds, "reception_places": reception, "bed_delay": 1.5}
    )
    hospital = ran(tried, pool(), 50, seed="kept")
    places = [each.place for each in hospital.patients]
    assert len(places) == sum(places.count(place) for place in ("hospital", "reception", "short_term", "home"))
    assert places.count("reception") <= reception
    assert places.count("short_term") <= beds
    for name, queue in hospital.queues.items():
        joined, seen, missed = (
            sum(name in getattr(p, kept) for p in hospital.patients) for kept in ("joined", "seen", "missed")
        )
        assert joined == seen + missed + queue.length
    assert all((each.left is None) == (each.place == "hospital") for each in hospital.patients)


def test_a_bed_is_never_used_by_two_and_stays_empty_for_the_delay():
    tried = policy(capacity={"short_term_beds": 1, "bed_delay": 2.0}, flow={"short_term_days": 3.0})
    hospital = ran(tried, pool(), 100, seed="one")
    moved = sorted(
        (each.seen[SHORT_TERM] + 2.0, each.arrival.bed_part * 3.0)
        for each in hospital.patients
        if SHORT_TERM in each.seen
    )
    for (began, lasted), (then, _) in pairwise(moved):
        assert then >= began + lasted + 2.0 - 1e-9
