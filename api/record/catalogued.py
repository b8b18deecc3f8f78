"""What a step, its checklist and its owner can be: those of the plan's own catalogue, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from careplans.catalogue import modules, read, steps
from careplans.course.due import NEED, SCREENING
from careplans.course.events import ClockPaused, ClockResumed, Event, OwnerSet, StepDone, StepNotDone
from careplans.course.left import LEFT
from careplans.course.next_step import REVIEW
from careplans.course.state import RECEIPT
from engine.errors import InputError

NOBODY = frozenset({"whoever_acts", "asker"})
"""Owners in the data that stand for whoever it turns out to be."""


def refuse_uncatalogued(event: Event) -> None:
    """Raise `InputError` where the event names a step, an item of a checklist or an owner that there is not."""
    if isinstance(event, StepDone | StepNotDone | ClockPaused | ClockResumed | OwnerSet) and event.step not in _items():
        raise InputError("step", "not_known_here")
    if isinstance(event, StepDone) and set(event.checked) - _items()[event.step]:
        raise InputError("checked", "not_known_here")
    if isinstance(event, OwnerSet) and event.owner not in owners():
        raise InputError("owner", "not_known_here")


@cache
def owners() -> tuple[str, ...]:
    """Return everyone who can have a step: the owners in the plan's own data, and who stands in for them."""
    return tuple(sorted(set(_owners()) - NOBODY))


@cache
def _items() -> Mapping[str, frozenset[str]]:
    """Return what can be ticked at each step; nothing at the screening, the receipt and at an action."""
    found = {step.id: set(step.checklist) for step in steps()}
    for table in read("plan")["instead"].values():
        for step, checklist in table.get("checklists", {}).items():
            found[step] |= set(checklist)
    others = [
        SCREENING,
        NEED,
        LEFT,
        REVIEW,
        RECEIPT,
        *(f"{module.id}.{action.id}" for module in modules() for action in module.actions),
    ]
    return {step: frozenset(items) for step, items in found.items()} | dict.fromkeys(others, frozenset())


def _owners() -> Iterator[str]:
    for step in steps():
        yield from step.owners
    for module in modules():
        yield from (action.owner for action in module.actions)
    for table in read("plan")["instead"].values():
        yield from table.get("owners", {}).values()
