"""The epikrise's plan section: function, problems, follow-up as what-who-when, medicines, limits (SPEC 5).

What nobody has said is None and is written «ikke oppgitt»; it is never invented, and never written as «ingen».
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from careplans.as_json import to_json
from careplans.catalogue import read
from careplans.contingency import words
from careplans.parts import Action, Contact, Corrected, Due, MedicineChange, Plan, Step, WhatMatters, Written
from rules.assessment import Finding
from rules.case import Case, Diagnosis

SCHEMA = "retthjem/epikrise/1"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One line of the follow-up plan: what (a text key), who (roles) and when.

    `municipal` is for the municipality to weigh: a need with a proposed date, and never a promise. `bare` says no what.
    """

    what: str
    who: tuple[str, ...]
    when: Due
    about: str | None = None
    municipal: bool = False
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A problem that a rule found and the plan has taken up, with what was measured."""

    rule: str
    measures: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """A clinical problem that is not settled, and who settles it."""

    id: str
    owner: str


@dataclass(frozen=True, slots=True)
class EpikriseSection:
    """The plan section's content without wording; None is not known, an empty tuple says nothing either."""

    function: Mapping[str, str | None]
    main_problem: str | None
    other_problems: tuple[str, ...] | None
    clarified: tuple[Found, ...]
    open_problems: tuple[OpenProblem, ...]
    held_tracks: tuple[str, ...]
    follow_up: tuple[FollowUp, ...]
    discharge: date | None
    started: tuple[MedicineChange, ...]
    stopped: tuple[MedicineChange, ...]
    limits: str | None
    readmission: str | None
    what_matters: WhatMatters
    contacts: tuple[Contact, ...]
    corrected: Corrected | None = None
    limits_by: Written | None = None
    limits_signed: Written | None = None


def plan_section(case: Case, plan: Plan) -> EpikriseSection:
    """Return the section that follows from the facts and the plan."""
    return EpikriseSection(
        function=asdict(plan.function),
        main_problem=next((d.said for d in case.diagnoses or () if d.main), None),
        other_problems=_others(case.diagnoses),
        clarified=_found(plan),
        open_problems=_open(case, plan),
        held_tracks=plan.conversation.held if plan.conversation else (),
        follow_up=_follow_up(plan),
        discharge=plan.discharge,
        started=plan.medicines.started,
        stopped=plan.medicines.stopped,
        limits=plan.contingency.limits,
        readmission=plan.contingency.readmission,
        what_matters=plan.what_matters,
        contacts=plan.contingency.contacts,
        corrected=plan.corrected,
        limits_by=plan.contingency.limits_by,
        limits_signed=plan.contingency.limits_signed,
    )


def is_bare(problem: str) -> bool:
    """Return whether a problem is a code alone, which a reader outside the hospital cannot read."""
    return len(problem.split()) == 1 and any(map(str.isdigit, problem))


def is_key(problem: OpenProblem) -> bool:
    """Return whether the way home hangs on the answer, so that a line of ours does not account for it."""
    return any(each["id"] == problem.id and each.get("key", False) for each in read("epikrise")["open"])


def section_to_json(section: EpikriseSection) -> dict[str, Any]:
    """Return the section as JSON: ids, dates and the words people wrote."""
    return {"schema": SCHEMA, **to_json(section)}


def _others(diagnoses: tuple[Diagnosis, ...] | None) -> tuple[str, ...] | None:
    return None if diagnoses is None else tuple(d.said for d in diagnoses if not d.main)


def _found(plan: Plan) -> tuple[Found, ...]:
    """Return the problems that accepted rules found; one that says no more than another is left out."""
    table = read("epikrise")["found"]
    found = [Found(f.rule, _measured(f, table[f.rule], plan)) for f in plan.accepted if f.rule in table]
    return tuple(one for one in found if not any(_says_more(other, one) for other in found))


def _measured(finding: Finding, names: list[str], plan: Plan) -> dict[str, object]:
    scores = {name: score.value for name in names if (score := plan.scores.get(name)) and score.value}
    return {name: value for name in names if (value := finding.because.get(name) or scores.get(name))}


def _says_more(other: Found, one: Found) -> bool:
    return bool(one.measures) and one.measures.items() < other.measures.items()


def _open(case: Case, plan: Plan) -> tuple[OpenProblem, ...]:
    asked = {question.item for question in plan.open_questions} - _listed(case)
    return tuple(
        OpenProblem(problem["id"], problem["owner"])
        for problem in read("epikrise")["open"]
        if not asked.isdisjoint(problem["items"]) and not words(case, problem.get("said", ""))
    )


def _listed(case: Case) -> set[str]:
    """Return the lists that the case has: one that came after the plan was made is not said to be lacking."""
    lists = {"conditions": case.diagnoses, "medicines": case.medicines}
    return {name for name, held in lists.items() if held is not None}


def _follow_up(plan: Plan) -> tuple[FollowUp, ...]:
    """Return the visits and the actions that come after discharge, in order of time."""
    table = read("epikrise")["follow_up"]
    visits = [_visit(step) for step in plan.timeline if step.id in table["steps"]]
    actions = [_line(a) for a in plan.actions if a.module not in table["without"] and _after_discharge(a.due)]
    return tuple(sorted((*visits, *actions), key=lambda line: (line.when.event is not None, line.when.days)))


def _line(action: Action) -> FollowUp:
    line = FollowUp(f"action.{action.id}", (action.owner,), action.due, action.about)
    return _weighed(line, key=line.what)


def _visit(step: Step) -> FollowUp:
    return _weighed(FollowUp(f"step.{step.name or step.id}", step.owners, step.due), key=f"step.{step.id}")


def _weighed(line: FollowUp, *, key: str) -> FollowUp:
    """Say whether the municipality weighs the line, and whether it has no what."""
    table = read("epikrise")["follow_up"]
    return replace(line, municipal=line.who[0] in table["municipal"], bare=key in table["no_what"])


def _after_discharge(due: Due) -> bool:
    return due.event is not None or (due.anchor == "discharge" and not due.before)
