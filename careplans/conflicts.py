"""What does not go together in a plan, found and explained; nothing is taken away or chosen here (`conflicts.toml`).

The check reads any plan, whoever wrote its actions, so it is run again when someone adds one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any, TypeVar

from careplans.burden import appointments_of, owner_of
from careplans.catalogue import read
from careplans.parts import Action, Conflict, Due, Plan, Step
from rules.case import Case, Medicine

Found = Iterator[Conflict]
Key = TypeVar("Key")
Part = TypeVar("Part", bound=Action | Step)


def conflicts(plan: Plan, case: Case) -> tuple[Conflict, ...]:
    """Return what in the plan does not go together, what may harm first."""
    order: list[str] = read("conflicts")["kinds"]
    found = (conflict for check in _CHECKS for conflict in check(plan, case))
    return tuple(sorted(found, key=lambda conflict: order.index(conflict.kind)))


def _training_with_palliative_focus(plan: Plan, _: Case) -> Found:
    table = read("conflicts")["training"]
    tracks = {*(track.track for track in plan.tracks), *(action.module for action in plan.actions)}
    training = [action for action in plan.actions if _is_training(action, table)]
    if table["track"] in tracks and training:
        yield Conflict("training_with_palliative_focus", _ids(training), {"goals": _distinct(a.goal for a in training)})


def _is_training(action: Action, table: Mapping[str, Any]) -> bool:
    by_goal = action.goal in table["goals"] and action.block not in table["looking"]
    return by_goal or bool(set(action.advice) & set(table["advice"]))


def _two_owners(plan: Plan, _: Case) -> Found:
    for (action, _about), same in _grouped(plan.actions, by=lambda action: (action.id, action.about)).items():
        owners = _distinct(each.owner for each in same)
        if len(owners) > 1:
            yield Conflict("two_owners", (action,), {"owners": owners})


def _stopped_medicine(plan: Plan, case: Case) -> Found:
    for action in plan.actions:
        last = _stopped_on(action, case.medicines or ()) if action.medicine else None
        if last and last < (action.due.on or plan.discharge or plan.index_date):
            yield Conflict("stopped_medicine", (action.id,), {"medicine": action.medicine, "day": last})


def _stopped_on(action: Action, medicines: Sequence[Medicine]) -> date | None:
    """Return the last day of the action's medicine; None where a line of it goes on, or the list does not have it."""
    lines = [m for m in medicines if _same(action.medicine, m.atc) or _same(action.medicine, m.name)]
    days = [line.stop for line in lines if line.stop]
    return max(days) if days and len(days) == len(lines) else None


def _opposite_advice(plan: Plan, _: Case) -> Found:
    for pair in read("conflicts")["opposite"]:
        one, other = ([a for a in plan.actions if advice in a.advice] for advice in pair["advice"])
        for here, there in product(one, other):
            if _opposite(here, there, pair):
                yield Conflict("opposite_advice", _ids((here, there)), {"advice": tuple(pair["advice"])})


def _opposite(one: Action, other: Action, pair: Mapping[str, Any]) -> bool:
    named = one.medicine and other.medicine
    return not pair.get("same_medicine") or not named or _same(one.medicine, other.medicine)


def _two_visits_on_one_day(plan: Plan, _: Case) -> Found:
    """Find people who come, or are gone to, on one day; what one of them does that day is one visit."""
    parts: tuple[Action | Step, ...] = (*plan.actions, *plan.timeline)
    visits = [part for part in parts if any(added.low for added in appointments_of(part))]
    for day, same in _grouped(visits, by=lambda part: _day(part.due)).items():
        owners = _distinct(owner_of(part) for part in same)
        if day and len(owners) > 1:
            actions, steps = ([part for part in same if isinstance(part, kind)] for kind in (Action, Step))
            detail = {"owners": owners, "day": day if isinstance(day, date) else None}
            yield Conflict("two_visits_on_one_day", _ids(actions), detail, _ids(steps))


def _neither_goal_nor_safety(plan: Plan, _: Case) -> Found:
    without = [action for action in plan.actions if not action.goal.strip()]
    if without:
        yield Conflict("neither_goal_nor_safety", _ids(without))


def _due_before_admission(plan: Plan, case: Case) -> Found:
    admitted = case.encounter.first_day
    early = [action for action in plan.actions if admitted and action.due.on and action.due.on < admitted]
    if early:
        yield Conflict("due_before_admission", _ids(early), {"day": admitted})


def _due_after_closing(plan: Plan, _: Case) -> Found:
    """Find what is due after the last visit of the home pathway, when nobody follows the plan any longer."""
    dated = [step.due.moved_from or step.due.on for step in plan.timeline if step.kind == "visit"]
    last = max((day for day in dated if day), default=None)
    late = [action for action in plan.actions if last and action.due.on and action.due.on > last]
    if late:
        yield Conflict("due_after_closing", _ids(late), {"day": last})


_CHECKS: tuple[Callable[[Plan, Case], Found], ...] = (
    _training_with_palliative_focus,
    _stopped_medicine,
    _opposite_advice,
    _two_owners,
    _neither_goal_nor_safety,
    _two_visits_on_one_day,
    _due_before_admission,
    _due_after_closing,
)


def _day(due: Due) -> date | tuple[str, int, bool] | None:
    """Return the day, or what it is counted from while the day is not known; None is no day, such as "on worsening"."""
    return None if due.event else due.on or (due.anchor, due.days, due.before)


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.strip().casefold() == other.strip().casefold()


def _grouped(parts: Iterable[Part], *, by: Callable[[Part], Key]) -> dict[Key, list[Part]]:
    groups: dict[Key, list[Part]] = {}
    for part in parts:
        groups.setdefault(by(part), []).append(part)
    return groups


def _ids(parts: Iterable[Action | Step]) -> tuple[str, ...]:
    return _distinct(part.id for part in parts)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
