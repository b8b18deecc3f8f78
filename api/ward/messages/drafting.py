"""What someone adds to a message, kept while they write: the rest of a draft is always the plan's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from starlette.datastructures import FormData

from api.messages.model import Kind
from api.messages.prepared import ADDED, LONGEST
from api.messages.writing import WRITTEN
from api.people.user import User
from api.record.courses import Changed
from api.record.drafts import Begun, Place, begun, drop_draft, read_draft, save_draft, take_draft
from api.storage.writer import Change
from api.ward.desk import Desk
from api.ward.event_forms import text_in
from api.ward.patient import Patient


@dataclass(frozen=True, slots=True)
class Draft:
    """One's own unfinished message: what was added, and the message that it corrects."""

    said: Mapping[str, str]
    corrects: str | None = None


def place_of(person: str, kind: Kind) -> Place:
    """Return where a draft of this kind is kept."""
    return Place(person, f"message:{kind}")


def said_in(sent: FormData, kind: Kind) -> dict[str, str]:
    """Return what was written in the fields of a message."""
    return {name: text_in(sent, name)[:LONGEST] for name in ADDED.get(kind, ())}


def my_draft(desk: Desk, patient: Patient, kind: Kind) -> Draft | None:
    """Return one's own draft of this kind, if there is one."""
    with desk.reading() as connection:
        held = read_draft(connection, desk.user, place_of(patient.id, kind), now=desk.now)
    if held is None:
        return None
    body: dict[str, Any] = json.loads(held.body)
    return Draft(body["said"], body["corrects"])


def keep(desk: Desk, patient: Patient, kind: Kind, draft: Draft) -> None:
    """Keep what was added."""
    place = place_of(patient.id, kind)

    def work(change: Change) -> None:
        held = read_draft(change.connection, desk.user, place, now=change.now)
        body = json.dumps({"said": draft.said, "corrects": draft.corrects}, ensure_ascii=False)
        save_draft(desk.user, place, body, change=change, expected=held.version if held else None)

    desk.record.writer.run(work)


def drop(user: User, person: str, kind: Kind, change: Change) -> None:
    """Drop one's own draft, which was finished or is not wanted."""
    place = place_of(person, kind)
    if read_draft(change.connection, user, place, now=change.now):
        drop_draft(user, place, change)


def drafts_here(connection: Connection, desk: Desk, patient: Patient) -> dict[Kind, Begun]:
    """Return the messages that someone of one's own house has begun, by kind."""
    found = {kind: begun(connection, desk.user, [patient.id], [place_of("", kind).form]) for kind in WRITTEN}
    return {kind: mine[patient.id] for kind, mine in found.items() if patient.id in mine}


def take_over(desk: Desk, patient: Patient, kind: Kind, whose: str) -> None:
    """Make a colleague's draft one's own, where it is still there."""
    place = place_of(patient.id, kind)
    try:
        desk.record.writer.run(lambda change: take_draft(desk.user, place, whose, change))
    except Changed:
        return
