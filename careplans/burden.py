"""What a plan does to the burden of treatment: before, what its actions and steps add, and after (section 2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from careplans.parts import Action, Added, Block, Due, PlanBurden, Step
from rules.burden import KINDS, Amount, Appointments, Burden, total

APPOINTMENTS = "appointments_a_year"
Visit = tuple[str | None, str, Due]


def plan_burden(before: Burden, blocks: Iterable[Block], timeline: Iterable[Step]) -> PlanBurden:
    """Return the burden before and after the actions and steps of a plan."""
    added = added_by((*(action for block in blocks for action in block.actions), *timeline))
    return PlanBurden(before, added, before.plus(added))


def added_by(parts: Sequence[Action | Step]) -> Burden:
    """Return what actions and steps add together."""
    return Burden(
        medicines=_sum("medicines", parts),
        times_a_day=_sum("times_a_day", parts),
        doses_a_day=_sum("doses_a_day", parts),
        daily_tasks=_sum("daily_tasks", parts),
        appointments_a_year=_appointments(parts),
    )


def owner_of(part: Action | Step) -> str:
    """Return who does it; of a step's owners the first, whom its date is set for."""
    return part.owner if isinstance(part, Action) else part.owners[0]


def appointments_of(part: Action | Step) -> tuple[Added, ...]:
    """Return the appointments that an action or step brings."""
    return tuple(added for added in part.adds if added.of == APPOINTMENTS)


def _sum(name: str, parts: Sequence[Action | Step]) -> Amount:
    return total(Amount(added.low, added.high) for part in parts for added in part.adds if added.of == name)


def _appointments(parts: Sequence[Action | Step]) -> Appointments:
    visits = _visits(parts)
    return Appointments.of({kind: total(each for (of, _, _), each in visits.items() if of == kind) for kind in KINDS})


def _visits(parts: Sequence[Action | Step]) -> Mapping[Visit, Amount]:
    """Return each visit once: what one person does at one time is one visit, however many actions it serves."""
    visits: dict[Visit, Amount] = {}
    for part in parts:
        for added in appointments_of(part):
            visit = (added.kind, owner_of(part), part.due)
            visits[visit] = _widest(visits.get(visit), Amount(added.low, added.high))
    return visits


def _widest(one: Amount | None, other: Amount) -> Amount:
    if one is None:
        return other
    open_upwards = one.high is None or other.high is None
    return Amount(max(one.low, other.low), None if open_upwards else max(one.high or 0, other.high or 0))
