"""What the pages of messages show: the log, what is missing, and one message rendered for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from api.messages.deviations import Deviation, deviations_in
from api.messages.finishing import ONE_A_STAY, Stood, is_ours, standing_one, stood
from api.messages.log import OUT, Kept, messages_of, root_of
from api.messages.model import Kind
from api.messages.prepared import refuse_stopped
from api.messages.showing import Shown, shown
from api.messages.writing import WRITTEN
from api.people.access import may_finish
from api.record.drafts import Begun
from api.storage.tables import message_effect
from api.ward.desk import Desk
from api.ward.history.events import Ground, said
from api.ward.messages.drafting import drafts_here
from api.ward.patient import Patient
from careplans.course.events import By, Event, Screened
from engine.errors import InputError

EFFECTS = select(message_effect).where(message_effect.c.message.in_(bindparam("of", expanding=True)))


@dataclass(frozen=True, slots=True)
class Line:
    """A message in the log: who it came from or went to, who approved it, and what it led to in the record."""

    kept: Kept
    other: str | None
    who: By
    effects: tuple[str, ...] = ()
    stood: Stood | None = None

    @property
    def wants_correction(self) -> bool:
        """Return whether it no longer says what the plan says."""
        return self.stood is not None and not self.stood.same


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind of message that one may write; `corrects` is the one that stands, where there is one for each stay."""

    kind: Kind
    corrects: str | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """The whole page of messages."""

    lines: tuple[Line, ...]
    choices: tuple[Choice, ...]
    begun: Mapping[Kind, Begun]
    waiting: tuple[Deviation, ...]
    settled: tuple[Deviation, ...]

    @property
    def outdated(self) -> tuple[Line, ...]:
        """Return the messages that no longer say what the plan says."""
        return tuple(each for each in self.lines if each.wants_correction)


def log_of(desk: Desk, patient: Patient) -> Log:
    """Return a patient's messages with what is missing in them and what can be written."""
    with desk.reading() as connection:
        every = messages_of(connection, patient.id)
        missing = deviations_in(connection, every)
        begun_here = drafts_here(connection, desk, patient) if desk.may("message") else {}
    choices = tuple(_choice(kind, patient, every) for kind in kinds_for(desk, patient))
    return Log(
        lines=lines_of(desk, patient, every),
        choices=choices,
        begun={kind: each for kind, each in begun_here.items() if kind in {choice.kind for choice in choices}},
        waiting=tuple(each for each in missing if each.settled is None),
        settled=tuple(each for each in missing if each.settled),
    )


def kinds_for(desk: Desk, patient: Patient) -> tuple[Kind, ...]:
    """Return the kinds of messages that one may write of the patient now."""
    return tuple(kind for kind in WRITTEN if may_finish(desk.user.role, kind) and leaves(patient, kind))


def leaves(patient: Patient, kind: Kind) -> bool:
    """Return whether anything of this kind leaves the house: nothing does of a blocked record, or after death."""
    try:
        refuse_stopped(patient.course, kind)
    except InputError:
        return False
    return True


def lines_of(desk: Desk, patient: Patient, every: tuple[Kept, ...]) -> tuple[Line, ...]:
    """Return the log, the newest first."""
    effects = _effects(desk, patient, every)
    return tuple(_line(desk, patient, each, effects.get(each.id, ())) for each in every)


def rendered(kept: Kept, desk: Desk, patient: Patient) -> Shown:
    """Return a message's content for people."""
    return shown(root_of(kept.content), desk.t, protected=patient.course.protected)


def _choice(kind: Kind, patient: Patient, every: Iterable[Kept]) -> Choice:
    found = standing_one(every, kind, patient.seen) if kind in ONE_A_STAY else None
    return Choice(kind, found.id if found else None)


def _line(desk: Desk, patient: Patient, kept: Kept, effects: tuple[str, ...]) -> Line:
    out = kept.way == OUT
    other = None if patient.course.protected else party_words(kept.head.get("receiver" if out else "sender"))
    asks = kept.stands and is_ours(kept, desk.user) and leaves(patient, kept.kind)
    return Line(kept, other, kept.by, effects, stood(desk.record, patient.seen, kept) if asks else None)


def party_words(party: Mapping[str, Any] | None) -> str | None:
    """Return who sends or receives."""
    said_of = (party or {}).get("organisation"), (party or {}).get("unit")
    return ", ".join(filter(None, said_of)) or None


def _effects(desk: Desk, patient: Patient, every: Iterable[Kept]) -> Mapping[str, tuple[str, ...]]:
    """Return what received messages led to, in the words of the history."""
    ids = [each.id for each in every if each.way != OUT]
    if not ids:
        return {}
    recorded = patient.seen.stream.recorded
    ground = Ground(desk.t, desk.words, recorded, patient.course.protected)
    by_id = {each.id: each.event for each in recorded}
    found: dict[str, tuple[str, ...]] = {}
    with desk.reading() as connection:
        rows = connection.execute(EFFECTS, {"of": ids}).all()
    for row in rows:
        if row.event in by_id:
            found[row.message] = (*found.get(row.message, ()), _effect(by_id[row.event], ground))
    return found


def _effect(event: Event, ground: Ground) -> str:
    """Say what a message led to; facts that nobody has judged are proposed, and no screening."""
    if isinstance(event, Screened) and event.unjudged:
        return ground.texts("messages.proposes")
    return said(event, ground)
