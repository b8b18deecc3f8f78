"""A plan put into words for the clinician: what the template lays out, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from careplans.parts import Action, Block, Contingency, Due, OpenQuestion, Plan, Step
from careplans.pathway import local_day
from careplans.print.reasons import (
    Reasons,
    View,
    action_reasons,
    finding_view,
    reasons_of,
    sources_view,
    suggestion_view,
)
from careplans.words import (
    action_words,
    date_words,
    day_words,
    due_words,
    label,
    moved_words,
    note_words,
    owners_words,
    score_words,
    short_day_words,
    step_words,
)
from engine.texts import Texts
from rules.assessment import Track

DIGEST_LENGTH = 12
IDENTITY_LENGTH = 11
EMERGENCY = "amk"
SHOWN_SCORES = (
    "regular_medicines", "as_needed_medicines", "norgep_hits", "fall_risk_medicines", "bidiagnoses", "chronic_groups",
    "charlson", "hfrs",
)  # fmt: skip


def clinician_view(plan: Plan, texts: Texts, *, printed: date, limits: Mapping[str, str]) -> View:
    """Return everything the clinician's print says, in words."""
    reasons = reasons_of(plan, limits)
    return {
        "banner": _banner(plan, texts),
        "what_matters": {"state": plan.what_matters.state, "words": plan.what_matters.words},
        "cfs": _cfs(plan, texts),
        "scores": [(label(name, texts), score_words(plan.scores.get(name), texts)) for name in SHOWN_SCORES],
        "score_notes": _score_notes(texts),
        "tracks": [_track(track, texts) for track in plan.tracks],
        "pathway": texts(f"plan.pathway.{plan.pathway or 'none'}"),
        "contingency": _contingency(plan.contingency, texts),
        "conversation": _conversation(plan, texts),
        "timeline": _timeline(plan, texts),
        "blocks": [_block(block, reasons, texts) for block in plan.blocks],
        "accepted": [finding_view(finding, reasons, texts) for finding in plan.accepted],
        "not_accepted": [suggestion_view(finding, texts) for finding in plan.not_accepted],
        "sources": sources_view(reasons),
        "confirm": any(finding.confirm for finding in plan.accepted),
        "questions": _questions(plan, texts),
        "notes": [note_words(note, texts) for note in plan.notes],
        "errors": [(label(error.rule, texts), texts(f"error.{error.code}")) for error in plan.errors],
        "ruleset": _ruleset(plan, texts),
        "printed": texts("plan.printed", date=date_words(printed, texts)),
    }


def _banner(plan: Plan, texts: Texts) -> View:
    patient, banner = plan.banner.patient, plan.banner
    number = patient.id or patient.local_id
    return {
        "name": patient.name or texts("plan.banner.name_unknown"),
        "id_label": texts("plan.banner.local_id" if not patient.id and patient.local_id else "plan.banner.id"),
        "id": _grouped(number) if number else texts("plan.banner.id_unknown"),
        "born": _known(patient.birth_date, date_words, texts),
        "facts": [
            (texts("plan.banner.ward"), banner.ward or texts("plan.not_given")),
            *([(texts("plan.banner.room"), banner.room)] if banner.room else []),
            (texts("plan.banner.admitted"), _known(banner.admitted and local_day(banner.admitted), date_words, texts)),
            (texts(f"plan.banner.discharge_{plan.discharge_status}"), _discharge(plan, texts)),
            *([(texts("plan.banner.next_of_kin"), banner.next_of_kin)] if banner.next_of_kin else []),
            *([(texts("plan.banner.interpreter"), banner.interpreter)] if banner.interpreter else []),
        ],
    }


def _grouped(number: str) -> str:
    """Write an identity number as it is read aloud, six and five digits."""
    return f"{number[:6]} {number[6:]}" if len(number) == IDENTITY_LENGTH and number.isdigit() else number


def _known(day: date | None, say: Callable[[date, Texts], str], texts: Texts) -> str:
    return say(day, texts) if day else texts("plan.not_given")


def _discharge(plan: Plan, texts: Texts) -> str:
    return day_words(plan.discharge, texts) if plan.discharge else texts("plan.banner.discharge_not_set")


def _cfs(plan: Plan, texts: Texts) -> View:
    score = plan.scores.get("cfs")
    level = score.value if score else None
    return {
        "value": score_words(score, texts),
        "label": texts(f"plan.cfs_label.{int(level)}") if level is not None else None,
        "certain": level is not None,
        "shown": score is not None and score.low is not None,
    }


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


def _contingency(plan: Contingency, texts: Texts) -> View:
    return {
        "call_now": texts("plan.contingency.call_now", phone=_phone(plan, EMERGENCY)),
        "now": [texts(f"sign.{sign.id}") for sign in plan.signs if sign.tier == "now"],
        "same_day": _halves([texts(f"sign.{sign.id}") for sign in plan.signs if sign.tier == "same_day"]),
        "what_to_do": [texts(f"do.{step}") for step in plan.what_to_do],
        "contacts": [(texts(f"owner.{c.role}"), c.phone) for c in plan.contacts],
        "limits": plan.limits,
        "readmission": plan.readmission,
    }


def _halves(lines: list[str]) -> tuple[list[str], list[str]]:
    """Split a list for two columns; a layout of columns would cost more time than the rest of the page."""
    middle = (len(lines) + 1) // 2
    return lines[:middle], lines[middle:]


def _phone(plan: Contingency, role: str) -> str:
    return next(contact.phone or "" for contact in plan.contacts if contact.role == role)


def _conversation(plan: Plan, texts: Texts) -> View | None:
    if plan.conversation is None:
        return None
    return {
        "points": [texts(f"guide.{point}") for point in plan.conversation.points],
        "held": [texts(f"plan.track_short.{track}") for track in plan.conversation.held],
        "owner": texts("plan.conversation.owner", who=texts(f"owner.{plan.conversation.owner}")),
    }


def _timeline(plan: Plan, texts: Texts) -> View:
    known = {"date": day_words(plan.discharge, texts)} if plan.discharge else {}
    lead = texts(f"plan.timeline.{plan.discharge_status}", **known)
    return {"lead": lead, "steps": [_step(step, texts) for step in plan.timeline]}


def _step(step: Step, texts: Texts) -> View:
    return {
        "id": step.id,
        "visit": step.kind == "visit",
        "what": step_words(step, texts),
        "who": owners_words(step.owners, texts),
        "checklist": [texts(f"check.{step.id}.{line}") for line in step.checklist],
        **_when(step.due, texts),
    }


def _when(due: Due, texts: Texts) -> View:
    return {"when": due_words(due, texts, say=short_day_words), "moved": moved_words(due, texts)}


def _block(block: Block, reasons: Reasons, texts: Texts) -> View:
    actions = [_action(action, reasons, texts) for action in block.actions]
    return {"id": block.id, "name": texts(f"block.{block.id}"), "actions": actions}


def _action(action: Action, reasons: Reasons, texts: Texts) -> View:
    return {
        "id": action.id,
        "what": action_words(action, texts),
        "who": texts(f"owner.{action.owner}"),
        "goal": texts(f"goal.{action.goal}"),
        "why": action_reasons(action, reasons, texts),
        **_when(action.due, texts),
    }


def _questions(plan: Plan, texts: Texts) -> View | None:
    """Return the next question with what it could settle, and the rest under who asks."""
    if not plan.open_questions:
        return None
    rest: dict[str, list[str]] = {}
    for question in (q for q in plan.open_questions if q.item != plan.ask_next):
        rest.setdefault(texts(f"owner.{question.owner}"), []).append(label(question.item, texts))
    first = next((_question(q, texts) for q in plan.open_questions if q.item == plan.ask_next), None)
    return {"next": first, "rest": rest}


def _question(question: OpenQuestion, texts: Texts) -> View:
    settles = [texts(f"rule.{rule}") for rule in question.rules]
    return {"item": label(question.item, texts), "settles": settles, "who": texts(f"owner.{question.owner}")}


def _ruleset(plan: Plan, texts: Texts) -> str:
    digest = plan.ruleset.digest.removeprefix("sha256:")[:DIGEST_LENGTH]
    said = texts("plan.ruleset", version=plan.ruleset.version, digest=digest)
    if plan.ruleset.overlay is None:
        return said
    return f"{said} · {texts('plan.overlay', overlay=plan.ruleset.overlay)}"
