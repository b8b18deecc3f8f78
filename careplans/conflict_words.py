"""A conflict in a plan said in words: what was found, and what a person can do about it."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from careplans.parts import Conflict, Plan
from careplans.words import action_words, day_words, owners_words
from engine.texts import Texts


class Said(NamedTuple):
    """A conflict in words, with its remedy."""

    found: str
    remedy: str


def conflict_words(conflict: Conflict, plan: Plan, texts: Texts) -> Said:
    """Say which actions and steps do not go together, why, and what to do."""
    facts = _facts(conflict, texts) | {"what": _what(conflict, plan, texts)}
    return Said(texts(f"conflict.found.{conflict.kind}", **facts), texts(f"conflict.remedy.{conflict.kind}"))


def _what(conflict: Conflict, plan: Plan, texts: Texts) -> str:
    actions = {action.id: action for action in plan.actions}
    said = [action_words(actions[name], texts) for name in conflict.actions]
    return " ".join(texts("words.quote", words=each) for each in (*said, *(texts(f"step.{s}") for s in conflict.steps)))


def _facts(conflict: Conflict, texts: Texts) -> dict[str, object]:
    detail: dict[str, Any] = dict(conflict.detail)
    facts: dict[str, object] = {"medicine": detail.get("medicine"), "day": texts("conflict.same_day")}
    if isinstance(detail.get("day"), date):
        facts["day"] = day_words(detail["day"], texts)
    if "owners" in detail:
        facts["owners"] = owners_words(detail["owners"], texts)
    if "advice" in detail:
        facts["one"], facts["other"] = (texts(f"conflict.advice.{advice}") for advice in detail["advice"])
    return facts
