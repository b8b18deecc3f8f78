"""A plan put into words for the municipality: the work in order, and first what is needed first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import groupby

from careplans.actions import ANCHORS
from careplans.catalogue import read
from careplans.conflict_words import conflict_words
from careplans.parts import Action, Due, Function, MedicineChange, Plan, Step
from careplans.print.contact_card import contact_card
from careplans.print.reasons import View
from careplans.print.sections import (
    banner_section,
    contingency_section,
    conversation_section,
    of_step,
    questions_section,
    ruleset_words,
    step_row,
    under_step,
    when_words,
)
from careplans.words import action_words, date_words, day_words, label
from engine.texts import Texts

Order = tuple[int, date, tuple[int, int, int, int], bool, str]
FIRST_DAY_AT_HOME = 1


def municipality_view(plan: Plan, texts: Texts, *, printed: date) -> View:
    """Return everything the municipality's print says, in words."""
    known = {"date": day_words(plan.discharge, texts)} if plan.discharge else {}
    return {
        "banner": banner_section(plan, texts),
        "what_matters": {"state": plan.what_matters.state, "words": plan.what_matters.words},
        "first": _first_visit(plan, texts),
        "card": contact_card(plan, texts),
        "contingency": contingency_section(plan.contingency, texts),
        "function": _function(plan.function, texts),
        "medicines": _medicines(plan, texts),
        "conversation": conversation_section(plan, texts),
        "lead": texts(f"plan.timeline.{plan.discharge_status}", **known),
        "work": _work(plan, texts),
        "questions": questions_section(plan, texts),
        "conflicts": [conflict_words(conflict, plan, texts) for conflict in plan.conflicts],
        "errors": [(label(error.rule, texts), texts(f"error.{error.code}")) for error in plan.errors],
        "ruleset": ruleset_words(plan, texts),
        "printed": texts("plan.printed", date=date_words(printed, texts)),
    }


def in_order_of_work(plan: Plan) -> tuple[Step | Action, ...]:
    """Return steps and actions by due date, then owner; what waits for an event comes last.

    An action that is the same task as a step, or a point of it, stands with the step.
    """
    alone = (each for each in plan.actions if not of_step(each, plan))
    return tuple(sorted((*plan.timeline, *alone), key=_order))


def _order(row: Step | Action) -> Order:
    """Put the steps of a day before its actions; without a date, what a date is counted from gives the order."""
    owner = row.owners[0] if isinstance(row, Step) else row.owner
    return _part(row.due), row.due.on or date.max, _counted(row.due), isinstance(row, Action), owner


def _counted(due: Due) -> tuple[int, int, int, int]:
    return ANCHORS.index(due.anchor), int(not due.before), due.days, due.hours


def _part(due: Due) -> int:
    """Return 0 before the discharge, 1 at home, 2 for what waits for an event."""
    if due.event:
        return 2
    return int(due.anchor == "discharge" and not due.before and due.days >= FIRST_DAY_AT_HOME)


def _first_visit(plan: Plan, texts: Texts) -> View | None:
    steps = {step.id: step for step in plan.timeline}
    first = next((steps[name] for name in read("municipality")["first_visit"] if name in steps), None)
    return step_row(first, texts) if first else None


def _function(function: Function, texts: Texts) -> list[tuple[str, str]]:
    missing = texts("municipality.not_said")
    said = {"before": function.before, "now": function.now, "expected": function.expected}
    return [(texts(f"municipality.function.{when}"), words or missing) for when, words in said.items()]


def _medicines(plan: Plan, texts: Texts) -> list[tuple[str, str]]:
    changes = {"started": plan.medicines.started, "stopped": plan.medicines.stopped}
    return [(texts(f"municipality.{kind}"), _listed(some, texts)) for kind, some in changes.items() if some]


def _listed(changes: Iterable[MedicineChange], texts: Texts) -> str:
    return "; ".join(texts("municipality.since", name=c.name, date=date_words(c.on, texts)) for c in changes)


def _work(plan: Plan, texts: Texts) -> list[View]:
    """Return the work in parts: before the discharge, at home, when needed; each with its days."""
    names = ("before_home", "at_home", "on_event")
    parts = groupby(in_order_of_work(plan), key=lambda row: _part(row.due))
    return [{"name": texts(f"municipality.{names[part]}"), "days": _days(rows, plan, texts)} for part, rows in parts]


def _days(rows: Iterable[Step | Action], plan: Plan, texts: Texts) -> list[View]:
    """Return rows that are due alike under one heading."""
    said: Callable[[Step | Action], tuple[str, str | None]] = lambda row: _when(row.due, texts)  # noqa: E731
    grouped = [(when, [_row(row, plan, texts) for row in some]) for when, some in groupby(rows, key=said)]
    return [{"when": when, "moved": moved, "rows": some} for (when, moved), some in grouped]


def _when(due: Due, texts: Texts) -> tuple[str, str | None]:
    words = when_words(due, texts)
    return words["when"], words["moved"]


def _row(row: Step | Action, plan: Plan, texts: Texts) -> View:
    if isinstance(row, Step):
        parts = [(each.id, action_words(each, texts)) for each in under_step(row, plan)]
        return {**step_row(row, texts), "goal": None, "step": True, "parts": parts}
    what, who = action_words(row, texts), texts(f"owner.{row.owner}")
    goal = texts(f"goal.{row.goal}") if row.goal.strip() else None
    return {"id": row.id, "what": what, "who": who, "goal": goal, "checklist": [], "step": False, "parts": []}
