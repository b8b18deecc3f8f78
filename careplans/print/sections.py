"""Sections that more than one print has, in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from careplans.catalogue import point_of, task_of
from careplans.contingency import USUAL, list_comes_first
from careplans.limits import limits_heading, limits_signature
from careplans.parts import Action, Contingency, Due, OpenQuestion, Plan, Sign, Step
from careplans.print.reasons import View
from careplans.words import (
    corrected_words,
    date_words,
    day_words,
    due_words,
    label,
    moved_words,
    named,
    open_label,
    owners_words,
    short_day_words,
    step_words,
)
from engine.rules import short_digest
from engine.texts import Texts
from rules.times import oslo_day

IDENTITY_LENGTH = 11
SHORT_LENGTH = 300  # characters: a box with more may go on to the next page, one with less is kept together
EMERGENCY, OUT_OF_HOURS = "amk", "legevakt"


def banner_section(plan: Plan, texts: Texts, *, say: Callable[[str, Texts], str] = open_label) -> View:
    """Return who the plan is about, and where, and what it rests on that was corrected since; `say` names an item."""
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
            (texts("plan.banner.admitted"), _known(banner.admitted and oslo_day(banner.admitted), date_words, texts)),
            (texts(f"plan.banner.discharge_{plan.discharge_status}"), _discharge(plan, texts)),
            *([(texts("plan.banner.next_of_kin"), banner.next_of_kin)] if banner.next_of_kin else []),
            *([(texts("plan.banner.interpreter"), banner.interpreter)] if banner.interpreter else []),
        ],
        "corrected": corrected_words(plan.corrected, texts, say=say),
    }


def contingency_section(plan: Contingency, texts: Texts) -> View:
    """Return signs, what to do, whom to call and the level of treatment; unknown limits never hold help back."""
    emergency, evening = phone_of(plan, EMERGENCY), phone_of(plan, OUT_OF_HOURS)
    first = plan.focus if list_comes_first(plan) else USUAL
    return {
        "call_now": texts(named("plan.contingency.call_now", first, texts), phone=emergency),
        "now": [_sign(sign, emergency, texts) for sign in plan.signs if sign.tier == "now" and not sign.first],
        "first": [
            (texts(f"plan.contingency.first_{sign.first}"), _sign(sign, emergency, texts))
            for sign in plan.signs
            if sign.first
        ],
        "same_day": halves([_sign(sign, emergency, texts) for sign in plan.signs if sign.tier == "same_day"]),
        "evening": texts("plan.contingency.evening", phone=evening) if first == USUAL else None,
        "what_to_do": [texts(f"do.{_instead(step, first)}") for step in plan.what_to_do],
        "contacts": [
            (texts(f"owner.{c.role}"), texts(f"plan.hours.{c.hours}"), unbroken(c.phone)) for c in plan.contacts
        ],
        "limits_heading": limits_heading(plan, texts),
        "limits_first": bool(plan.limits),
        "limits": plan.limits or texts("plan.contingency.limits_unknown", phone=emergency),
        "limits_signature": limits_signature(plan, texts),
        "settle": _to_settle(plan, texts),
        "readmission": plan.readmission or texts("plan.contingency.readmission_unknown"),
        "short": max(len(plan.limits or ""), len(plan.readmission or "")) <= SHORT_LENGTH,
    }


def _instead(step: str, first: str) -> str:
    """Return what is done; nobody waits for a list that cannot be called."""
    return "call" if step == "call_first" and first == USUAL else step


def _to_settle(plan: Contingency, texts: Texts) -> str | None:
    """Say what palliative focus lacks before the list can come before the emergency number."""
    if plan.focus == USUAL or list_comes_first(plan):
        return None
    return texts(f"plan.contingency.settle_{'numbers' if plan.limits else 'limits'}", phone=phone_of(plan, EMERGENCY))


def _sign(sign: Sign, emergency: str, texts: Texts) -> str:
    text = f"sign.{sign.id}"
    return texts(text, phone=emergency) if sign.first else texts(text)


def conversation_section(plan: Plan, texts: Texts) -> View | None:
    """Return the guide for a choice that is still open."""
    if plan.conversation is None:
        return None
    return {
        "points": [texts(f"guide.{point}") for point in plan.conversation.points],
        "held": [texts(f"plan.track_short.{track}") for track in plan.conversation.held],
        "owner": texts("plan.conversation.owner", who=texts(f"owner.{plan.conversation.owner}")),
    }


def step_row(step: Step, texts: Texts) -> View:
    """Return a step of the pathway with its checklist."""
    return {
        "id": step.id,
        "visit": step.kind == "visit",
        "what": step_words(step, texts),
        "who": owners_words(step.owners, texts),
        "checklist": [texts(f"check.{step.id}.{line}") for line in step.checklist],
        **when_words(step.due, texts),
    }


def of_step(action: Action, plan: Plan) -> str | None:
    """Return the step of the plan that an action is the same task as, or a point of; it then stands there alone."""
    step, _ = point_of(action.id) or (task_of(action.id), "")
    return step if step != action.id and any(each.id == step for each in plan.timeline) else None


def under_step(step: Step, plan: Plan) -> tuple[Action, ...]:
    """Return the actions that are done when a step is, in the plan's order."""
    return tuple(each for each in plan.actions if of_step(each, plan) == step.id)


def when_words(due: Due, texts: Texts) -> View:
    """Return when something is due, and the day it was moved from."""
    return {"when": due_words(due, texts, say=short_day_words), "moved": moved_words(due, texts)}


def questions_section(plan: Plan, texts: Texts, *, staff_only: bool = False) -> View | None:
    """Return the next question with what it could settle, and the rest under who asks.

    Only a sheet for staff names what bears on prognosis.
    """
    say = label if staff_only else open_label
    if not plan.open_questions:
        return None
    rest: dict[str, list[str]] = {}
    for question in (q for q in plan.open_questions if q.item != plan.ask_next):
        rest.setdefault(texts(f"owner.{question.owner}"), []).append(say(question.item, texts))
    first = next((_question(q, texts, say) for q in plan.open_questions if q.item == plan.ask_next), None)
    return {"next": first, "rest": {who: list(dict.fromkeys(items)) for who, items in rest.items()}}


def ruleset_words(plan: Plan, texts: Texts) -> str:
    """Return the version and digest that the plan rests on."""
    digest = short_digest(plan.ruleset.digest)
    said = texts("plan.ruleset", version=plan.ruleset.version, digest=digest)
    if plan.ruleset.overlay is None:
        return said
    return f"{said} · {texts('plan.overlay', overlay=plan.ruleset.overlay)}"


def unbroken(phone: str | None) -> str | None:
    """Keep the digits of a telephone number on one line."""
    return re.sub(r"(?<=\d) (?=\d)", "\N{NO-BREAK SPACE}", phone) if phone else None


def phone_of(plan: Contingency, role: str) -> str:
    """Return the number of a role, empty where it is not known."""
    return next(contact.phone or "" for contact in plan.contacts if contact.role == role)


def _grouped(number: str) -> str:
    """Write an identity number as it is read aloud, six and five digits."""
    return f"{number[:6]} {number[6:]}" if len(number) == IDENTITY_LENGTH and number.isdigit() else number


def _known(day: date | None, say: Callable[[date, Texts], str], texts: Texts) -> str:
    return say(day, texts) if day else texts("plan.not_given")


def _discharge(plan: Plan, texts: Texts) -> str:
    return day_words(plan.discharge, texts) if plan.discharge else texts("plan.banner.discharge_not_set")


def halves(lines: list[str]) -> tuple[list[str], list[str]]:
    """Split a list for two columns; a layout of columns would cost more time than the rest of the page."""
    middle = (len(lines) + 1) // 2
    return lines[:middle], lines[middle:]


def _question(question: OpenQuestion, texts: Texts, say: Callable[[str, Texts], str]) -> View:
    settles = [texts(f"rule.{rule}") for rule in question.rules]
    return {"item": say(question.item, texts), "settles": settles, "who": texts(f"owner.{question.owner}")}
