"""Policies and pools for what theory can answer: one kind of patient, an even year."""

from __future__ import annotations

from typing import Any

from population.simulator.chance import WEEK, arrivals
from population.simulator.flow import Hospital, Patient
from population.simulator.policy import Policy, policy_from
from population.simulator.pool import Pool, Stay, Way

EVEN = [1] * 12


def policy(**tables: Any) -> Policy:
    """Return a policy where everyone needs whatever is tried, in an even year."""
    routes = dict.fromkeys(("standard", "prevention", "cga_team", "palliative_focus"), "none")
    everyone = {name: {"short_term": 1.0, "gp": False} for name in ("A", "B", "C", "none")}
    base = {"name": "tried", "routes": routes, "pathways": everyone, "arrivals": {"per_week": 14.0, "season": EVEN}}
    capacity = {"bed_delay": 0.0, **tables.pop("capacity", {})}
    return policy_from({**base, **tables, "capacity": capacity}, "tried.toml")


def pool(*stays: Stay) -> Pool:
    """Return a pool of some stays, else of one that goes to the team and lasts four days."""
    return Pool(stays or (stay(),), 0, 0, 14.0, (1.0,) * 12)


def stay(days: float = 4.0, *, tracks: tuple[str, ...] = ("cga_team",), others: tuple[Way, ...] = ()) -> Stay:
    return Stay(days, 82, "female", 5, (Way(tracks, "C"), *others))


def ran(tried: Policy, stays: Pool, weeks: int, *, seed: str) -> Hospital:
    """Return a hospital after so many weeks."""
    hospital = Hospital(tried)
    drawn = arrivals(tried.arrivals, len(stays.stays), weeks * WEEK, before=0, seed=seed)
    hospital.run((patient(each, stays, tried) for each in drawn), weeks * WEEK)
    return hospital


def patient(arrival: Any, stays: Pool, tried: Policy) -> Patient:
    of = stays.stays[arrival.stay]
    way = of.ways[0]
    services = tried.services(way.tracks, way.pathway)
    return Patient(arrival, of, services, arrival.bed_share < tried.pathways[way.pathway].short_term)
