"""The modules that a clinician can add to a plan, and what keeps a module out: nothing is left out without a word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from careplans.acceptance import Accepted
from careplans.actions import STATES, Marks, in_force, of_a_state
from careplans.catalogue import ActionTemplate, Module, modules
from careplans.plan import all_marks
from rules.assessment import Assessment
from rules.case import Case

TRACK = "track:"


@dataclass(frozen=True, slots=True)
class Addition:
    """A module that the plan does not hold; `kept_out_by` are the marks that keep it out, none where it can be added.

    `wanted` is one that an accepted suggestion would have brought, or a clinician has added; `less` are marks that keep
    a part of it out.
    """

    module: str
    wanted: bool = False
    kept_out_by: tuple[str, ...] = ()
    less: tuple[str, ...] = ()


def additions(case: Case, assessment: Assessment, accepted: Accepted) -> tuple[Addition, ...]:
    """Return every module that is not in the plan that was accepted, in the order of the plan."""
    marks = all_marks(case, assessment, accepted)
    able = (module for module in modules() if not _is_a_state(module))
    absent = (module for module in able if not _brought(module, marks, added=module.id in accepted.modules))
    return tuple(_addition(module, marks, added=module.id in accepted.modules) for module in absent)


def _brought(module: Module, marks: Marks, *, added: bool) -> bool:
    parts = (in_force(each, marks, added=added and not of_a_state(each)) for each in module.actions)
    return in_force(module, marks, added=added) and any(parts)


def _is_a_state(module: Module) -> bool:
    """Return whether the module is for a state of the plan or for one track: a track is chosen, and never added."""
    one_track = len(module.when) == 1 and module.when[0].startswith(TRACK)
    states = [mark for mark in module.when if mark.startswith(STATES) and not mark.startswith(TRACK)]
    return not module.when or one_track or bool(states)


def _addition(module: Module, marks: Marks, *, added: bool) -> Addition:
    wanted = added or any(mark in marks for mark in module.when)
    parts = [each for each in module.actions if not of_a_state(each)]
    outright = _keeping_out((module,), marks)
    less = _keeping_out(parts, marks)
    nothing_left = all(_keeping_out((each,), marks) for each in parts)
    return Addition(module.id, wanted, outright or (less if nothing_left else ()), less)


def _keeping_out(parts: Iterable[Module | ActionTemplate], marks: Marks) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mark for part in parts for mark in part.unless if mark in marks))
