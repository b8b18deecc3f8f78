"""The plan's own data files as values: modules with their actions, the home pathway's steps, contacts and signs.

A module or action is brought by *marks*: rule ids and `track:…`, `module:…`, `pathway:…` of accepted suggestions, and
states of the plan such as `what_matters:unknown`. `when` is any of its marks (none named: always), `unless` is any that
keeps it out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from careplans.parts import Added, Anchor, CallTier
from engine.errors import RuleSetError

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class DueRule:
    """When something is due: days or hours from an anchor, with a step of the pathway, or on an event."""

    anchor: Anchor = "discharge"
    days: int = 0
    hours: int = 0
    before: bool = False
    event: str | None = None
    step: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class ActionTemplate:
    """An action of a module, before it has a date and a reason.

    `step` is the step of the pathway that it *is*: one tick serves both. With `point` it is one point of that step's
    checklist, done when the point is ticked.
    """

    id: str
    block: str
    owner: str
    due: DueRule
    goal: str
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    adds: tuple[Added, ...] = ()
    advice: tuple[str, ...] = ()
    step: str | None = None
    point: str | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """A group of actions that come together, with the source they rest on."""

    id: str
    source: str
    actions: tuple[ActionTemplate, ...]
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepTemplate:
    """A step of the home pathway or a clock; `needs` are rules of which one must hold or be open."""

    id: str
    kind: Literal["clock", "visit"]
    owners: tuple[str, ...]
    due: DueRule
    pathways: tuple[str, ...]
    needs: tuple[str, ...] = ()
    checklist: tuple[str, ...] = ()
    adds: tuple[Added, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class SignTemplate:
    """A sign of worsening; it is for everyone unless `when`, `diagnoses` or `medicines` says for whom."""

    id: str
    tier: CallTier
    when: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()
    medicines: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    first: str | None = None

    @property
    def for_everyone(self) -> bool:
        """Return whether nothing says for whom it is."""
        return not (self.when or self.diagnoses or self.medicines)


@dataclass(frozen=True)
class Replacement:
    """What stands in for owners, steps and checklists under a mark; `names` are steps called something else.

    `looks_back` are the owners of what is told of the time before the stay.
    """

    owners: Mapping[str, str]
    looks_back: Mapping[str, str]
    steps: Mapping[str, str]
    checklists: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]

    @cached_property
    def pathway(self) -> tuple[StepTemplate, ...]:
        """Return every step and clock, with what stands in for its own owners, checklist and name."""
        return tuple(_standing_in(each, self) for each in steps())


def read(name: str) -> Mapping[str, Any]:
    """Read a data file of this folder by name."""
    return _read(name)


@cache
def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))


@cache
def modules() -> tuple[Module, ...]:
    """Every module, in the order of `plan.toml`."""
    return tuple(_module(name, read(f"modules/{name}")) for name in read("plan")["modules"])


@cache
def steps() -> tuple[StepTemplate, ...]:
    """Every step and clock, in the order of `pathway.toml`."""
    return tuple(_step(table) for table in read("pathway")["steps"])


@cache
def signs() -> tuple[SignTemplate, ...]:
    """Every sign of worsening, in the order of `contingency.toml`."""
    return tuple(SignTemplate(**_tuples(table)) for table in read("contingency")["signs"])


def step(step_id: str) -> StepTemplate:
    """Return the step or clock of that id."""
    for candidate in steps():
        if candidate.id == step_id:
            return candidate
    raise RuleSetError(f"careplans/data/pathway.toml: there is no step {step_id}. Write it, or mend the name.")


@cache
def every_homecoming() -> frozenset[str]:
    """The steps and actions that each homecoming has anew; the rest is not done twice because of a readmission."""
    anew = set(read("pathway")["readmission"]["steps"])
    actions = ((f"{module.id}.{each.id}", each.due) for module in modules() for each in module.actions)
    there = (name for name, due in actions if due.step in anew or due.anchor == "admission" or due.before)
    return frozenset({*anew, *there})


def task_of(name: str) -> str:
    """Return what a step or an action is marked as: the step, for an action that is one."""
    return _same().get(name, name)


def point_of(action: str) -> tuple[str, str] | None:
    """Return the step and the point of its checklist that an action is, if it is one."""
    return _points().get(action)


@cache
def _same() -> Mapping[str, str]:
    return {name: each.step for name, each in _of_steps() if each.step and not each.point}


@cache
def _points() -> Mapping[str, tuple[str, str]]:
    return {name: (each.step, each.point) for name, each in _of_steps() if each.step and each.point}


def _of_steps() -> Iterator[tuple[str, ActionTemplate]]:
    """Give every action with the id that it has in a plan; raise `RuleSetError` for a step or point there is not."""
    for module in modules():
        for each in module.actions:
            if each.step and each.point not in (None, *step(each.step).checklist):
                raise RuleSetError(
                    f"careplans/data/modules/{module.id}.toml: {each.step} has no point {each.point}. Mend the name."
                )
            yield f"{module.id}.{each.id}", each


def replacement(marks: Mapping[str, object]) -> Replacement:
    """Return what stands in for what under these marks; the last table in `plan.toml` wins."""
    return _replacement(tuple(mark for mark in read("plan")["instead"] if mark in marks))


@cache
def _replacement(marks: tuple[str, ...]) -> Replacement:
    chosen = {mark: read("plan")["instead"][mark] for mark in marks}
    owners, back, steps, checklists = (
        {name: value for table in chosen.values() for name, value in table.get(part, {}).items()}
        for part in ("owners", "looks_back", "steps", "checklists")
    )
    names = {
        name: f"{name}_{mark.partition(':')[2]}" for mark, table in chosen.items() for name in table.get("names", ())
    }
    return Replacement(owners, back, steps, _tuples(checklists), names)


def _standing_in(template: StepTemplate, instead: Replacement) -> StepTemplate:
    looks_back = template.id in read("plan")["destination"]["looks_back"]
    owners = instead.looks_back if looks_back else instead.owners
    return replace(
        template,
        owners=tuple(owners.get(owner, owner) for owner in template.owners),
        checklist=instead.checklists.get(template.id, template.checklist),
        name=instead.names.get(template.id, template.id),
    )


def _module(name: str, table: Mapping[str, Any]) -> Module:
    actions = tuple(_action(action) for action in table["actions"])
    return Module(**(_tuples(table) | {"id": name, "actions": actions}))


def _action(table: Mapping[str, Any]) -> ActionTemplate:
    return ActionTemplate(**(_tuples(table) | {"due": DueRule(**table["due"]), "adds": _adds(table)}))


def _step(table: Mapping[str, Any]) -> StepTemplate:
    due = DueRule(**table["due"], step=table["id"])
    return StepTemplate(**(_tuples(table) | {"due": due, "adds": _adds(table)}))


def _adds(table: Mapping[str, Any]) -> tuple[Added, ...]:
    """Return what an action or step adds; every entry says its high end, a number or `open`."""
    return tuple(Added(**(e | {"high": None if e["high"] == "open" else e["high"]})) for e in table.get("adds", ()))


def _tuples(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
