"""What a document says, in the contract's case format, and how parts of it are put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeAlias

from rules.case import Note

Values: TypeAlias = Mapping[str, Any]

SCHEMA = "retthjem/case/1"
LONGEST = 200  # what the case format allows for a diagnosis in words; a medicine's name is shown on one line


@dataclass(frozen=True, slots=True)
class Intake:
    """A case in the contract's format, not yet validated, and the notes a person should see about its making."""

    case: dict[str, Any] = field(repr=False)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapped:
    """What one part of a document says about the person; what is not here is unknown."""

    patient: Values = field(default_factory=dict, repr=False)
    encounter: Values = field(default_factory=dict, repr=False)
    answers: Values = field(default_factory=dict, repr=False)
    conditions: tuple[Values, ...] | None = field(default=None, repr=False)
    medicines: tuple[Values, ...] | None = field(default=None, repr=False)
    rater: Values = field(default_factory=dict, repr=False)
    sources: Mapping[str, Values] = field(default_factory=dict, repr=False)
    notes: tuple[Note, ...] = ()


def proposed(kind: str, identifier: str | None = None, time: str | None = None) -> Values:
    """Return a source: where an answer came from. The status is always `proposed`, for only a person confirms."""
    return known({"from": kind, "id": identifier, "time": time, "status": "proposed"})


def known(values: Values) -> dict[str, Any]:
    """Return the values that are known, so that unknown is never written as a value."""
    return {name: value for name, value in values.items() if value is not None}


def shortened(text: str) -> str:
    """Return the text, cut where it is too long to be a name."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def count_note(code: str, where: str, count: int) -> tuple[Note, ...]:
    """Return one note for a whole group, or none for an empty group."""
    return (Note(code, where, {"count": count}),) if count else ()


def to_intake(parts: Sequence[Mapped]) -> Intake:
    """Return the case that the parts make together."""
    notes = tuple(chain.from_iterable(part.notes for part in parts))
    case: dict[str, Any] = {"schema": SCHEMA}
    for section in ("patient", "encounter", "answers", "rater", "sources"):
        merged = dict(chain.from_iterable(getattr(part, section).items() for part in parts))
        case |= {section: merged} if merged else {}
    for section in ("conditions", "medicines"):
        lists = [found for part in parts if (found := getattr(part, section)) is not None]
        case |= {section: [dict(row) for row in chain.from_iterable(lists)]} if lists else {}
    if notes:
        case["notes"] = [{"code": note.code, "where": note.where, "values": dict(note.values)} for note in notes]
    return Intake(case, notes)
