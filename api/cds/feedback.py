"""What was made of cards, as a client tells it: read strictly, and never repeated in an answer or a log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from api.record.cards import Feedback, Outcome
from engine.errors import InputError

MOST = 200
LONGEST_COMMENT, LONGEST_CODE, LONGEST_SYSTEM = 10_000, 200, 500
OUTCOMES = ("accepted", "overridden")
EARLIEST = 2000


def read_feedback(content: Mapping[str, Any]) -> tuple[Feedback, ...]:
    """Return what is told of each card; raise `InputError` for what is missing or has another type."""
    told = content.get("feedback")
    if told is None:
        raise InputError("feedback", "hook_field_missing")
    if not isinstance(told, list) or not 0 < len(told) <= MOST:
        raise InputError("feedback", "hook_field_wrong")
    return tuple(_one(each, f"feedback[{place}]") for place, each in enumerate(told))


def _one(told: object, where: str) -> Feedback:
    content = _object(told, where)
    outcome = _text(content, "outcome", where, most=20)
    if outcome not in OUTCOMES:
        raise InputError(f"{where}.outcome", "hook_field_wrong")
    accepted = tuple(_accepted(content, where))
    if outcome == "accepted" and not accepted:
        raise InputError(f"{where}.acceptedSuggestions", "hook_field_missing")
    given = content.get("overrideReason")
    place = f"{where}.overrideReason"
    reason, comment = _reason(_object(given, place), place) if given is not None else ({}, None)
    return Feedback(
        _uuid(_text(content, "card", where), f"{where}.card"),
        cast(Outcome, outcome),
        _moment(_text(content, "outcomeTimestamp", where, most=60), f"{where}.outcomeTimestamp"),
        accepted=accepted if outcome == "accepted" else (),
        reason=reason.get("code"),
        system=reason.get("system"),
        comment=comment,
    )


def _accepted(content: Mapping[str, Any], where: str) -> Iterator[str]:
    place, told = f"{where}.acceptedSuggestions", content.get("acceptedSuggestions")
    if told is not None and (not isinstance(told, list) or len(told) > MOST):
        raise InputError(place, "hook_field_wrong")
    for each in told or ():
        yield _uuid(_text(_object(each, place), "id", place), f"{place}.id")


def _reason(told: Mapping[str, Any], where: str) -> tuple[dict[str, str], str | None]:
    """Return the reason's code and system, and the comment; some clients say the code alone."""
    comment = told.get("userComment")
    if comment is not None and (not isinstance(comment, str) or len(comment) > LONGEST_COMMENT):
        raise InputError(f"{where}.userComment", "hook_field_wrong")
    if told.get("reason") is None:
        return {}, comment or None
    place = f"{where}.reason"
    coding = _object(told["reason"], place)
    if coding.get("code") is None:  # some clients say it in words alone, which may be about someone
        _text(coding, "display", place, most=LONGEST_COMMENT)
        return {}, comment or None
    found = {"code": _text(coding, "code", place, most=LONGEST_CODE)}
    if coding.get("system") is not None:
        found["system"] = _text(coding, "system", place, most=LONGEST_SYSTEM)
    return found, comment or None


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InputError(where, "hook_field_wrong")
    return value


def _text(content: Mapping[str, Any], name: str, where: str, *, most: int = 100) -> str:
    found = content.get(name)
    if found is None:
        raise InputError(f"{where}.{name}", "hook_field_missing")
    if not isinstance(found, str) or not found.strip() or len(found) > most:
        raise InputError(f"{where}.{name}", "hook_field_wrong")
    return found.strip()


def _uuid(said: str, where: str) -> str:
    try:
        return str(UUID(said))
    except ValueError:
        raise InputError(where, "hook_field_wrong") from None


def _moment(said: str, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(said)
        if moment.tzinfo is None or moment.year < EARLIEST:
            raise ValueError
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError(where, "hook_field_wrong") from None
