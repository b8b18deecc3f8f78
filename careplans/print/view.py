"""A plan put into words for the clinician: what the template lays out, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from careplans.burden_words import burden_rows
from careplans.conflict_words import conflict_words
from careplans.parts import Action, Block, CfsJudgement, Plan, Step
from careplans.print.reasons import (
    Reasons,
    View,
    action_reasons,
    finding_view,
    reasons_of,
    sources_view,
    suggestion_view,
)
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
from careplans.words import (
    action_words,
    date_words,
    day_words,
    label,
    moment_words,
    note_words,
    score_words,
)
from engine.texts import Texts
from rules.assessment import Track
from rules.case import Rater
from rules.times import oslo

SHOWN_SCORES = (
    "regular_medicines", "as_needed_medicines", "norgep_hits", "fall_risk_medicines", "bidiagnoses", "chronic_groups",
    "charlson", "hfrs",
)  # fmt: skip


def clinician_view(plan: Plan, texts: Texts, *, printed: date, limits: Mapping[str, str]) -> View:
    """Return everything the clinician's print says, in words."""
    reasons = reasons_of(plan, limits)
    place = "" if plan.destination == "home" else f"_{plan.destination}"
    return {
        "banner": banner_section(plan, texts, say=label),
        "what_matters": {"state": plan.what_matters.state, "words": plan.what_matters.words},
        "cfs": _cfs(plan, texts),
        "scores": [(label(name, texts), score_words(plan.scores.get(name), texts)) for name in SHOWN_SCORES],
        "score_notes": _score_notes(texts),
        "tracks": [_track(track, texts) for track in plan.tracks],
        "no_track": _no_track(plan, texts),
        "pathway": texts(f"plan.pathway.{plan.pathway or 'none'}"),
        "contingency": contingency_section(plan.contingency, texts),
        "conversation": conversation_section(plan, texts),
        "subtitle": texts(f"plan.subtitle{place}"),
        "timeline": {"heading": texts(f"plan.heading.timeline{place}"), **_timeline(plan, reasons, texts)},
        "blocks": [_block(block, plan, reasons, texts=texts) for block in plan.blocks if _stands(block, plan)],
        "accepted": [finding_view(finding, reasons, texts) for finding in plan.accepted],
        "not_accepted": [suggestion_view(finding, texts) for finding in plan.not_accepted],
        "sources": sources_view(reasons, texts),
        "confirm": any(finding.confirm for finding in plan.accepted),
        "questions": questions_section(plan, texts),
        "all_questions": questions_section(plan, texts, staff_only=True),
        "notes": [note_words(note, texts) for note in plan.notes],
        "errors": [(label(error.rule, texts), texts(f"error.{error.code}")) for error in plan.errors],
        "ruleset": ruleset_words(plan, texts),
        "burden": burden_rows(plan.burden, texts),
        "conflicts": [conflict_words(conflict, plan, texts) for conflict in plan.conflicts],
        "printed": texts("plan.printed", date=date_words(printed, texts)),
    }


def _cfs(plan: Plan, texts: Texts) -> View:
    score = plan.scores.get("cfs")
    level = score.value if score else None
    return {
        "value": score_words(score, texts),
        "label": texts(f"plan.cfs_label.{int(level)}") if level is not None else None,
        "certain": level is not None,
        "shown": score is not None and score.low is not None,
        "whose": _whose(plan.cfs_judgement, texts),
    }


def _whose(judgement: CfsJudgement, texts: Texts) -> list[str]:
    """Say whose the score is, with role and time where they are known, and that it is not valid where it is not."""
    said = [] if judgement.valid else [texts("plan.cfs.not_valid")]
    if judgement.basis == "unknown":
        return said
    return [*said, _by_clinician(judgement, texts) if judgement.rater else texts(f"plan.cfs.{judgement.basis}")]


def _by_clinician(judgement: CfsJudgement, texts: Texts) -> str:
    rater = judgement.rater or Rater()
    role = texts(f"owner.{rater.role}") if f"owner.{rater.role}" in texts else rater.role
    when = moment_words(oslo(rater.time), texts) if rater.time else None
    known = ", ".join(words for words in (role, when) if words)
    return texts("plan.cfs.by", who=known) if known else texts("plan.cfs.clinician")


def _score_notes(texts: Texts) -> list[str]:
    """Say what a reader must know of a score, such as a mapping that awaits review."""
    noted = (name for name in SHOWN_SCORES if f"score_note.{name}" in texts)
    return [f"{label(name, texts)}: {texts(f'score_note.{name}')}" for name in noted]


def _track(track: Track, texts: Texts) -> View:
    return {
        "name": texts(f"plan.track.{track.track}"),
        "strength": texts(f"plan.strength.{track.strength}"),
        "preliminary": track.status == "preliminary",
    }


def _no_track(plan: Plan, texts: Texts) -> str | None:
    """Say why the patient is on the team's list where the plan has no track and no choice is open."""
    if plan.tracks or plan.conversation or plan.team_list is None:
        return None
    return texts(f"team_list.{plan.team_list.reason}")


def _timeline(plan: Plan, reasons: Reasons, texts: Texts) -> View:
    known = {"date": day_words(plan.discharge, texts)} if plan.discharge else {}
    lead = texts(f"plan.timeline.{plan.discharge_status}", **known)
    return {"lead": lead, "steps": [_step(step, plan, reasons, texts=texts) for step in plan.timeline]}


def _step(step: Step, plan: Plan, reasons: Reasons, *, texts: Texts) -> View:
    """Return a step with the actions that are the same task, which stand in no block."""
    return {**step_row(step, texts), "parts": [_action(each, reasons, texts) for each in under_step(step, plan)]}


def _stands(block: Block, plan: Plan) -> bool:
    """Return whether a block has something to say: an action of its own, or that nothing was chosen in it."""
    return not block.actions or not all(of_step(action, plan) for action in block.actions)


def _block(block: Block, plan: Plan, reasons: Reasons, *, texts: Texts) -> View:
    actions = [_action(action, reasons, texts) for action in block.actions if not of_step(action, plan)]
    return {"id": block.id, "name": texts(f"block.{block.id}"), "actions": actions}


def _action(action: Action, reasons: Reasons, texts: Texts) -> View:
    return {
        "id": action.id,
        "what": action_words(action, texts),
        "who": texts(f"owner.{action.owner}"),
        "goal": texts(f"goal.{action.goal}") if action.goal.strip() else "",
        "why": action_reasons(action, reasons, texts),
        **when_words(action.due, texts),
    }
