"""The facts of several messages as one case: the newest wins, and what it overruled is said."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.intake.mapped import SCHEMA
from api.messages.log import MOVED, MOVES, NOTE_TEXTS, Kept
from rules.times import oslo

LISTS = ("conditions", "medicines")
SECTIONS = ("answers", *LISTS)
OVERRULED, JOINED = "input_message_overruled", "input_message_joined"
DOUBTS = frozenset({MOVED, MOVES})
"""What is said of a message after it came, and so is not in the case that it was read as."""

MOST_NOTES = 400
"""Below what a case may hold; a stay has a handful of messages."""


@dataclass(slots=True)
class Together:
    """The facts so far, each with its source."""

    answers: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[Any]] = field(default_factory=dict)
    sources: dict[str, Any] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)

    def add(self, case: Mapping[str, Any], *, more: bool) -> None:
        """Add a newer message's facts; one that is an addition has `more` lines of a list, and not all of them."""
        for item, answer in case.get("answers", {}).items():
            self._answer(item, answer)
        for name in LISTS:
            if name in case:
                self._list(name, case[name], more=more)
        self.sources |= case.get("sources", {})
        self.notes += [note for note in case.get("notes", []) if note not in self.notes]

    def _answer(self, item: str, answer: Any) -> None:
        """Set an answer; of a set, what the newer message does not mention stays as an earlier one said it."""
        held = self.answers.get(item, answer)
        if isinstance(held, dict) and isinstance(answer, dict):
            both = held.keys() & answer.keys()
            self._said(item, differs=any(held[member] != answer[member] for member in both))
            self._said(item, differs=bool(held.keys() - answer.keys()), code=JOINED)
            answer = held | answer
        else:
            self._said(item, differs=held != answer)
        self.answers[item] = answer

    def _list(self, name: str, rows: list[Any], *, more: bool) -> None:
        held = self.lists.get(name, [])
        if more and held:
            self._said(name, differs=True, code=JOINED)
            self.lists[name] = [*held, *_besides(held, rows)]
        else:
            self._said(name, differs=bool(held) and held != rows)
            self.lists[name] = rows

    def _said(self, item: str, *, differs: bool, code: str = OVERRULED) -> None:
        """Note that an earlier message said something else, or more."""
        if differs:
            earlier = self.sources.get(item, {}).get("time", "")
            self.notes.append({"code": code, "where": item, "values": {"time": earlier[:16].replace("T", " ")}})


def _besides(held: list[Any], rows: list[Any]) -> list[Any]:
    """Return the lines that an addition adds; what is the main diagnosis already stays so."""
    main = any(row.get("main") for row in held)
    plain = ({name: value for name, value in row.items() if not (main and name == "main")} for row in rows)
    return [row for row in plain if row not in held and row | {"main": True} not in held]


def together(messages: Iterable[Kept]) -> dict[str, Any] | None:
    """Return the facts of messages, in the order they were sent, as one case without a patient; None without any."""
    found, any_fact = Together(), False
    for each in messages:
        case = each.told.get("case") or {}
        any_fact = any_fact or any(case.get(section) is not None for section in SECTIONS)
        found.add(case, more=each.status == "addition")
        found.notes += [_doubt(note, each) for note in each.notes if note in DOUBTS]
    if not any_fact:
        return None
    made: dict[str, Any] = {"schema": SCHEMA, "answers": found.answers, **found.lists, "sources": found.sources}
    if found.notes:
        made["notes"] = found.notes[:MOST_NOTES]
    return made


def _doubt(note: str, message: Kept) -> dict[str, Any]:
    sent = oslo(message.sent).isoformat(" ", "minutes")[:16]
    return {"code": NOTE_TEXTS[note], "where": "Patient", "values": {"time": sent}}


def overruled(messages: Iterable[Kept]) -> list[dict[str, str]]:
    """Return what a newer message overruled: which fact, which message said it, and which one stands."""
    standing: dict[str, tuple[Any, Kept]] = {}
    found: list[dict[str, str]] = []
    for each in messages:
        for item, value in _facts(each):
            if item in standing and standing[item][0] != value:
                found.append({"item": item, "by": each.id, "was": standing[item][1].id})
            standing[item] = (value, each)
    return found


def _facts(message: Kept) -> Iterable[tuple[str, str]]:
    case = message.told.get("case") or {}
    for item, value in (*case.get("answers", {}).items(), *((name, case[name]) for name in LISTS if name in case)):
        yield item, json.dumps(value, sort_keys=True)
