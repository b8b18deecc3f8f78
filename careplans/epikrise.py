"""The epikrise's plan section: function, problems, follow-up as what-who-when, medicines, limits (SPEC 5).

What nobody has said is None and is written «ikke oppgitt»; it is never invented, and never written as «ingen».
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from careplans.as_json import to_json
from careplans.catalogue import read
from careplans.contingency import words
from careplans.medicine_changes import started, stopped
from careplans.parts import Action, Contact, Due, MedicineChange, OpenQuestion, Plan, WhatMatters
from rules.case import Case, Diagnosis

SCHEMA = "retthjem/epikrise/1"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One line of the follow-up plan: what (a text key), who (roles) and when."""

    what: str
    who: tuple[str, ...]
    when: Due
    about: str | None = None


@dataclass(frozen=True, slots=True)
class EpikriseSection:
    """The plan section's content without wording; None is not known, an empty tuple says nothing either."""

    function: Mapping[str, str | None]
    main_problem: str | None
    other_problems: tuple[str, ...] | None
    clarified: tuple[str, ...]
    open_questions: tuple[OpenQuestion, ...]
    held_tracks: tuple[str, ...]
    follow_up: tuple[FollowUp, ...]
    discharge: date | None
    started: tuple[MedicineChange, ...]
    stopped: tuple[MedicineChange, ...]
    limits: str | None
    readmission: str | None
    what_matters: WhatMatters
    contacts: tuple[Contact, ...]


def plan_section(case: Case, plan: Plan) -> EpikriseSection:
    """Return the section that follows from the facts and the plan."""
    named = read("epikrise")["problems"]["rules"]
    return EpikriseSection(
        function={when: words(case, item) for when, item in read("epikrise")["function"].items()},
        main_problem=next((d.code for d in case.diagnoses or () if d.main), None),
        other_problems=_others(case.diagnoses),
        clarified=tuple(finding.rule for finding in plan.accepted if finding.rule in named),
        open_questions=plan.open_questions,
        held_tracks=plan.conversation.held if plan.conversation else (),
        follow_up=_follow_up(plan),
        discharge=plan.discharge,
        started=started(case),
        stopped=stopped(case, last=plan.discharge or plan.index_date),
        limits=plan.contingency.limits,
        readmission=plan.contingency.readmission,
        what_matters=plan.what_matters,
        contacts=plan.contingency.contacts,
    )


def section_to_json(section: EpikriseSection) -> dict[str, Any]:
    """Return the section as JSON: ids, dates and the words people wrote."""
    return {"schema": SCHEMA, **to_json(section)}


def _others(diagnoses: tuple[Diagnosis, ...] | None) -> tuple[str, ...] | None:
    return None if diagnoses is None else tuple(d.code for d in diagnoses if not d.main)


def _follow_up(plan: Plan) -> tuple[FollowUp, ...]:
    """Return the visits and the actions that come after discharge, in order of time."""
    table = read("epikrise")["follow_up"]
    visits = [FollowUp(f"step.{s.id}", s.owners, s.due) for s in plan.timeline if s.id in table["steps"]]
    actions = [_line(a) for a in plan.actions if a.module not in table["without"] and _after_discharge(a.due)]
    return tuple(sorted((*visits, *actions), key=lambda line: (line.when.event is not None, line.when.days)))


def _line(action: Action) -> FollowUp:
    return FollowUp(f"action.{action.id}", (action.owner,), action.due, action.about)


def _after_discharge(due: Due) -> bool:
    return due.event is not None or (due.anchor == "discharge" and not due.before)
