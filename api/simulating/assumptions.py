"""What a simulation takes for granted, with the numbers it used: stated with every result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from api.simulating.told import large
from engine.texts import Texts
from engine.words import number
from population.simulator.policy import Policy
from population.simulator.pool import PEOPLE
from population.simulator.rates import ready_day
from population.simulator.results import Result

Assumed = tuple[str, Mapping[str, object]]


def assumed(result: Result, texts: Texts, *, made_up: bool) -> list[str]:
    """Return the assumptions in words; where two policies differ in one, it stands once for each."""
    said = (
        texts(f"simulator.assumption.{name}", **values) for name, values in _assumed(result, texts, made_up=made_up)
    )
    return list(dict.fromkeys(said))


def _assumed(result: Result, texts: Texts, *, made_up: bool) -> Iterator[Assumed]:
    pool = result.pool
    yield "no_cause", {}
    yield ("made_up", {"people": large(PEOPLE)}) if made_up else ("extract", {})
    if pool.undecided:
        yield "undecided", {"undecided": pool.undecided, "all": len(pool.stays) + pool.undecided + pool.unended}
    for name in ("referred", "nobody_better", "every_day", "waits", "growing_queue"):
        yield name, {}
    for policy in result.policies:
        yield from _of_policy(policy, texts)
    if len(result.policies) > 1 and len({policy.arrivals for policy in result.policies}) == 1:
        yield "same_patients", {}
    yield "chance_alone", {}
    yield "first_weeks", {"weeks": result.runs.warm_up}
    rate = ready_day()
    yield "rate", {"kroner": large(rate.kroner), "year": rate.year, "source": rate.source}


def _of_policy(policy: Policy, texts: Texts) -> Iterator[Assumed]:
    yield "stays_in_queue" if policy.cga_after_discharge else "leaves_queue", {}
    delay, days = (number(each, texts) for each in (policy.capacity.bed_delay, policy.short_term_days))
    yield "bed", {"days": days, "delay": delay}
    if policy.capacity.reception_places:
        yield "reception", {}
    yield "arrivals", {"per_week": number(round(policy.arrivals.per_week, 1), texts)}
