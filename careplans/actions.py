"""Marks bring modules, and modules bring actions with owner, date, reason and goal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from careplans.acceptance import Acceptance, Accepted, shared_decision_rule
from careplans.catalogue import ActionTemplate, DueRule, Module, modules, read, replacement
from careplans.parts import CLINICIAN, PATHWAY, SAFETY, Action, Block, Due
from careplans.pathway import Clock, due
from engine.errors import InputError
from rules.assessment import Assessment

ASKER = "asker"
ANCHORS = ("admission", "index", "discharge", "event")
STATES = ("to:", "track:", "what_matters:", "shared_decision:", "team_list:", "ask_next")
Marks = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Ground:
    """What every action of one plan is made from: the marks that bring it, the clock, and what to ask next."""

    marks: Marks
    clock: Clock
    ask_next: str | None


def marks_of(assessment: Assessment, acceptance: Acceptance, accepted: Accepted) -> dict[str, tuple[str, ...]]:
    """Return what can bring a module or action, each with the rules that are its reason."""
    marks: dict[str, tuple[str, ...]] = {}
    for finding in acceptance.started:
        for mark in dict.fromkeys((finding.rule, finding.suggests)):
            marks[mark] = (*marks.get(mark, ()), finding.rule)
    marks |= {f"{CLINICIAN}:{name}": (CLINICIAN,) for name in _added(accepted, acceptance)}
    if acceptance.choice_open:
        marks["shared_decision:open"] = (shared_decision_rule(),)
    if assessment.ask_next:
        marks["ask_next"] = tuple(u.rule for u in assessment.undecided if assessment.ask_next in u.missing)
    if assessment.on_team_list:
        marks[f"team_list:{assessment.on_team_list.reason}"] = ()
    return marks


def blocks_of(ground: Ground) -> tuple[Block, ...]:
    """Return every block in order, with the actions that the marks bring."""
    actions = [action for module in modules() for action in _actions(module, ground)]
    by_time = sorted(actions, key=lambda action: _time(action.due))
    return tuple(Block(name, tuple(a for a in by_time if a.block == name)) for name in read("plan")["blocks"])


def goals_of(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """Return the goals that the actions serve, in the order of `plan.toml`."""
    served = {action.goal for block in blocks for action in block.actions}
    return tuple(goal for goal in read("plan")["goals"]["order"] if goal in served)


def question_owner(item: str) -> str:
    """Return who asks for a missing answer."""
    table = read("questions")
    return next((role for role, items in table["owners"].items() if item in items), str(table["owner"]))


def _added(accepted: Accepted, acceptance: Acceptance) -> frozenset[str]:
    """Return the modules a clinician adds, without those of a track that waits for a shared decision."""
    if accepted.modules - {module.id for module in modules()}:
        raise InputError("modules", "no_such_module", allowed=[module.id for module in modules()])
    held = {finding.suggests for finding in acceptance.held}
    waiting = {module.id for module in modules() if module.when and held.issuperset(module.when)}
    return accepted.modules - waiting


def _time(due: Due) -> tuple[int, int, int]:
    """Order by what a date is counted from, so that a plan without dates has the same order as one with."""
    return ANCHORS.index(due.anchor), int(not due.before), due.days


def _actions(module: Module, ground: Ground) -> list[Action]:
    by_clinician = f"{CLINICIAN}:{module.id}" in ground.marks
    if not in_force(module, ground.marks, added=by_clinician):
        return []
    brought = (a for a in module.actions if in_force(a, ground.marks, added=by_clinician and not of_a_state(a)))
    return [_action(module, template, ground) for template in brought]


def in_force(part: Module | ActionTemplate, marks: Marks, *, added: bool) -> bool:
    """Return whether the marks bring it, or a clinician added it; what a mark keeps out stays out either way."""
    if any(mark in marks for mark in part.unless):
        return False
    return added or not part.when or any(mark in marks for mark in part.when)


def of_a_state(template: ActionTemplate) -> bool:
    """Return whether the action is for a state of the plan, such as a track or an answer, which nobody can add."""
    return any(mark.startswith(STATES) for mark in template.when)


def _action(module: Module, template: ActionTemplate, ground: Ground) -> Action:
    asks = template.owner == ASKER
    instead = replacement(ground.marks)
    owner = question_owner(ground.ask_next or "") if asks else template.owner
    owner = instead.owners.get(owner, owner)
    return Action(
        id=f"{module.id}.{template.id}",
        block=template.block,
        module=module.id,
        owner=owner,
        due=due(_at_step(template.due, instead.steps), ground.clock, owner=owner),
        why=_why(module, template, ground.marks),
        goal=_goal(template.goal, ground.marks),
        about=ground.ask_next if asks else None,
        adds=template.adds,
        advice=template.advice,
    )


def _at_step(rule: DueRule, steps: Mapping[str, str]) -> DueRule:
    return replace(rule, step=steps.get(rule.step, rule.step)) if rule.step else rule


def _why(module: Module, template: ActionTemplate, marks: Marks) -> tuple[str, ...]:
    """Return the rules that brought the action, or who else did."""
    reasons = _reasons(template.when, marks) or _reasons(module.when, marks)
    return tuple(dict.fromkeys(reasons or marks.get(f"{CLINICIAN}:{module.id}", (PATHWAY,))))


def _reasons(asked_by: tuple[str, ...], marks: Marks) -> list[str]:
    return [reason for mark in asked_by for reason in marks.get(mark, ())]


def _goal(goal: str, marks: Marks) -> str:
    """Return the goal, or the one that stands in for it while a track is in the plan; safety is never replaced."""
    if goal == SAFETY:
        return goal
    instead = (table for mark, table in read("plan")["goals"]["instead"].items() if mark in marks)
    return next((str(table[goal]) for table in instead if goal in table), goal)
