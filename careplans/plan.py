"""Accepted suggestions become a plan: blocks of actions with owners and dates, the home pathway, the contingency plan.

Begin with `build_plan`. What an action is and what brings it is data (`data/modules/`); the words are in `texts/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import cast

from careplans.acceptance import Acceptance, Accepted, accept
from careplans.actions import Ground, blocks_of, goals_of, marks_of, question_owner
from careplans.burden import plan_burden
from careplans.catalogue import modules, read, replacement
from careplans.conflicts import conflicts
from careplans.contingency import Around, contingency_plan, words
from careplans.medicine_changes import started, stopped
from careplans.parts import (
    Banner,
    Block,
    CfsBasis,
    CfsJudgement,
    ConversationGuide,
    DischargeStatus,
    Function,
    MedicineChanges,
    OpenQuestion,
    Plan,
    WhatMatters,
    WhatMattersState,
)
from careplans.pathway import Clock, timeline
from careplans.settings import PlanSettings
from engine.errors import InputError
from rules.assessment import Assessment, Track
from rules.case import Case, Note
from rules.times import oslo_day


def build_plan(
    case: Case,
    assessment: Assessment,
    *,
    accepted: Accepted,
    discharge: date | None = None,
    settings: PlanSettings | None = None,
    since: date | None = None,
) -> Plan:
    """Return the plan that follows from the accepted suggestions; nothing starts that was not accepted.

    `since` is the day it began: nobody is late for a measure on a day when there was no plan.
    """
    settings = settings or PlanSettings()
    acceptance = accept(assessment, accepted)
    clock = _clock(case, assessment, discharge=discharge, offsets=settings.offsets)
    marks = all_marks(case, assessment, accepted)
    begun = replace(clock, index=max(clock.index, since or clock.index))
    blocks = blocks_of(Ground(marks, begun, assessment.ask_next))
    present = _modules_in(blocks)
    pathway = assessment.pathway if f"pathway:{assessment.pathway}" in marks else None
    steps = timeline(assessment, clock, pathway=pathway, instead=replacement(marks))
    plan = Plan(
        index_date=assessment.index_date,
        ruleset=assessment.ruleset,
        banner=_banner(case),
        what_matters=what_matters(case),
        scores=assessment.scores,
        tracks=_tracks(assessment, acceptance),
        pathway=pathway,
        accepted=acceptance.started,
        not_accepted=acceptance.not_accepted,
        blocks=blocks,
        timeline=steps,
        contingency=contingency_plan(case, Around(frozenset(present), marks, assessment.index_date), settings.contacts),
        discharge=clock.discharge,
        discharge_status=_discharge_status(clock),
        cfs_judgement=cfs_judgement(assessment),
        destination="institution" if read("plan")["destination"]["mark"] in marks else "home",
        conversation=_conversation(acceptance),
        open_questions=_open_questions(assessment),
        ask_next=assessment.ask_next,
        team_list=assessment.on_team_list,
        coordination_group=assessment.coordination_group,
        modules=present,
        goals=goals_of(blocks),
        function=_function(case),
        medicines=MedicineChanges(started(case), stopped(case, last=clock.discharge or assessment.index_date)),
        burden=plan_burden(assessment.burden, blocks, steps),
        notes=_notes(case, assessment),
        errors=assessment.errors,
    )
    return replace(plan, conflicts=conflicts(plan, case))


def all_marks(case: Case, assessment: Assessment, accepted: Accepted) -> dict[str, tuple[str, ...]]:
    """Return what can bring a module or action or keep it out, each with the rules that are its reason."""
    of_assessment = marks_of(assessment, accept(assessment, accepted), accepted)
    return of_assessment | {f"what_matters:{what_matters(case).state}": ()} | place(case)


def what_matters(case: Case) -> WhatMatters:
    """Return what the patient said matters, or that it was declined, could not be answered, or was never asked."""
    table = read("plan")["what_matters"]
    said = words(case, table["item"])
    if said is None:
        return WhatMatters("unknown")
    return WhatMatters(cast(WhatMattersState, said)) if said in table["states"] else WhatMatters("said", said)


def cfs_judgement(assessment: Assessment) -> CfsJudgement:
    """Return whose the CFS is, so that a proposal never looks like a clinician's score."""
    table, score = read("plan")["cfs"], assessment.scores.get("cfs")
    basis: CfsBasis = "unknown"
    if score and table["item"] in score.because:
        basis = "proposed" if table["item"] in assessment.proposed else "clinician"
    elif score and score.low is not None:
        basis = "tree"
    rater = assessment.rater if basis == "clinician" else None
    return CfsJudgement(basis, rater, valid=not assessment.fired(table["not_valid"]))


def place(case: Case) -> dict[str, tuple[str, ...]]:
    """Return the marks of an institution: where the patient goes there, or nobody has said else, and came from one."""
    table = read("plan")["destination"]
    known = next((item for item in ("discharge_to", "residence") if case.answers.get(item) is not None), None)
    there = {table["mark"]: ()} if known and case.answers[known] in table[known] else {}
    return there | ({table["from"]: ()} if case.answers.get("residence") in table["residence"] else {})


def _clock(case: Case, assessment: Assessment, *, discharge: date | None, offsets: Mapping[str, int]) -> Clock:
    """Count from the date given, else the discharge that took place, else the expected one."""
    stay = case.encounter
    if discharge and stay.first_day and discharge < stay.first_day:
        raise InputError("--discharge", "discharge_before_admission")
    known = discharge or (oslo_day(stay.discharged) if stay.discharged else None)
    return Clock(
        index=assessment.index_date,
        admitted=stay.admitted,
        discharge=known or stay.expected_discharge,
        expected=known is None and stay.expected_discharge is not None,
        offsets=offsets,
    )


def _discharge_status(clock: Clock) -> DischargeStatus:
    if clock.discharge is None:
        return "unknown"
    return "expected" if clock.expected else "set"


def _banner(case: Case) -> Banner:
    return Banner(
        patient=case.patient,
        ward=case.encounter.ward,
        room=case.encounter.room,
        admitted=case.encounter.admitted,
        next_of_kin=words(case, "next_of_kin"),
        interpreter=words(case, "interpreter"),
        encounter=case.encounter.id,
    )


def _function(case: Case) -> Function:
    return Function(**{when: words(case, item) for when, item in read("epikrise")["function"].items()})


def _modules_in(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    present = {action.module for block in blocks for action in block.actions}
    return tuple(module.id for module in modules() if module.id in present)


def _tracks(assessment: Assessment, acceptance: Acceptance) -> tuple[Track, ...]:
    started = {finding.suggests for finding in acceptance.started}
    return tuple(track for track in assessment.tracks if f"track:{track.track}" in started)


def _conversation(acceptance: Acceptance) -> ConversationGuide | None:
    """Return the guide for a choice that is not yet recorded."""
    if not acceptance.choice_open:
        return None
    table = read("plan")["shared_decision"]
    return ConversationGuide(points=tuple(table["points"]), held=tuple(table["tracks"]), owner=table["owner"])


def _open_questions(assessment: Assessment) -> tuple[OpenQuestion, ...]:
    """Return each unanswered item with the rules it could settle: the next one first, then those that settle most."""
    rules: dict[str, list[str]] = {}
    for undecided in assessment.undecided:
        for item in undecided.missing:
            rules.setdefault(item, []).append(undecided.rule)
    order = sorted(rules, key=lambda item: (item != assessment.ask_next, -len(rules[item])))
    return tuple(OpenQuestion(item, tuple(rules[item]), question_owner(item)) for item in order)


def _notes(case: Case, assessment: Assessment) -> tuple[Note, ...]:
    return (*assessment.notes, *(note for note in case.notes if note not in assessment.notes))
