"""A result as JSON: every number with its interval, and the assumptions; the same bytes for the same seed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from population.simulator.flow import QUEUES
from population.simulator.intervals import Interval
from population.simulator.policy import Policy
from population.simulator.rates import ready_day
from population.simulator.results import Result

SCHEMA = "retthjem/simulation/1"
DIGITS = 6


def to_json(result: Result, assumptions: Sequence[str]) -> str:
    """Return a whole result."""
    pool = result.pool
    told = {
        "schema": SCHEMA,
        "runs": asdict(result.runs),
        "policies": [_policy(each) for each in result.policies],
        "pool": {"stays": len(pool.stays), "undecided": pool.undecided, "unended": pool.unended},
        "rate": asdict(ready_day()),
        "numbers": {name: _number(result, name) for name in result.names},
        "queues": {name: _queue(result, name) for name in QUEUES},
        "routes": [
            {"change": change, "service": service, "by": by, "group": group, "a_week": _interval(found)}
            for (change, service, (by, group)), found in (result.routed() if result.routes else ())
        ],
        "assumptions": list(assumptions),
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _policy(policy: Policy) -> dict[str, object]:
    return {
        "name": policy.name,
        "thresholds": dict(policy.overlay.thresholds),
        "rules": policy.ruleset.digest,
        "routes": dict(policy.routes),
        "pathways": {name: asdict(after) for name, after in policy.pathways.items()},
        "capacity": asdict(policy.capacity),
        "flow": {"short_term_days": policy.short_term_days, "cga_after_discharge": policy.cga_after_discharge},
        "arrivals": {"per_week": policy.arrivals.per_week, "season": list(policy.arrivals.season)},
    }


def _number(result: Result, name: str) -> dict[str, object]:
    told: dict[str, object] = {"policies": [_interval(result.interval(name, at)) for at in range(len(result.policies))]}
    if len(result.policies) > 1:
        told["difference"] = _interval(result.difference(name))
    return told


def _queue(result: Result, name: str) -> list[list[dict[str, float | int] | None]]:
    weeks = range(result.runs.weeks)
    return [[_interval(result.queue(name, week, at)) for week in weeks] for at in range(len(result.policies))]


def _interval(found: Interval | None) -> dict[str, float | int] | None:
    if found is None:
        return None
    ends = {"mean": found.mean, "low": found.low, "high": found.high}
    return {**{name: round(value, DIGITS) for name, value in ends.items()}, "of": found.of}
