"""A message is made final, corrected or taken back; what was finished is never changed, only followed by another."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from pydantic_core import to_json

from api.messages.log import OUT, Kept, keep, mark, messages_of
from api.messages.model import Head, Kind, Party, Status
from api.messages.prepared import (
    Asked,
    Prepared,
    approved,
    house_of,
    prepared,
    receiver_of,
    refuse_stopped,
    says,
    sender_of,
    unaddressed,
)
from api.messages.writing import Content, withdrawn, write
from api.messages.writing.content import StayEvent
from api.people.access import may_finish
from api.people.user import User
from api.record.courses import Changed, NoSuchPatient, NotYours, Seen, read, visible
from api.record.record import Record, by
from api.storage.writer import Change
from api.v1.languages import Language, texts_of
from careplans.parts import Corrected
from engine.errors import InputError
from rules.case import Patient
from rules.times import oslo

NOTICE: Kind = "helseopplysninger"
GROWS = frozenset({"helseopplysninger_til_lege"})
"""What tells of visits has more to tell after each, and is no less right for that."""

ONE_A_STAY = frozenset({"utskrivningsrapport", "epikrise"})
"""Of these there is one for each stay: a second is a correction of the first."""


@dataclass(frozen=True, slots=True)
class Finishing:
    """What someone makes final: from which version of the course, and whether they saw what it lacks."""

    person: str
    kind: Kind
    said: Mapping[str, str]
    version: int
    language: Language = "nb"
    corrects: str | None = None
    lacks_seen: bool = False


@dataclass(frozen=True, slots=True)
class Stood:
    """How a final message stands to the plan of now: whether it says the same, and what of its grounds is corrected."""

    same: bool
    corrected: bool = False


def finish(record: Record, user: User, asked: Finishing, change: Change) -> str:
    """Store the message as final and return its id; raise where the role, the patient or the content is in the way."""
    here = visible(change.connection, user, asked.person, now=change.now)
    if not may_finish(user.role, asked.kind):
        raise NotYours
    seen = read(record, change.connection, here)
    if seen.stream.version != asked.version:
        raise Changed(seen.stream.version)
    refuse_stopped(seen.stream.course, asked.kind)
    earlier = messages_of(change.connection, here)
    corrects = to_correct(earlier, user, asked=(asked.kind, asked.corrects)) if asked.corrects else None
    if corrects is None and asked.kind in ONE_A_STAY and standing_one(earlier, asked.kind, seen):
        raise InputError("message", "message_stands")
    found = _whole(record, seen, asked, earlier, corrects)
    status: Status = "changed" if corrects else "new"
    _refuse_unaddressed(record, user, asked.kind, seen=seen, gp=found.gp)
    content = approved(found.content, user, change.now)
    told = _told(asked, found)
    id = _store(record, user, _Out(asked.kind, status, content, told, corrects, found.gp), seen, change)
    change.saw(here, "message_final", by(user))
    return id


def take_back(record: Record, user: User, person: str, id: str, *, reason: str, change: Change) -> str | None:
    """Take a final message back, and return the cancellation that must follow one that was sent, if any."""
    here = visible(change.connection, user, person, now=change.now)
    found = message_in(messages_of(change.connection, here), id)
    if not is_ours(found, user):
        raise NotYours
    if not found.stands:
        raise InputError("message", "message_not_standing")
    who = by(user)
    mark(change, found.id, "cancelled" if found.standing == "sent" else "withdrawn", who, reason=reason)
    change.saw(here, "message_cancelled", who)
    if found.standing != "sent":
        return None
    seen = read(record, change.connection, here)
    content = approved(_nothing(seen, found), user, change.now)
    return _store(record, user, _Out(found.kind, "cancelled", content, {}, found), seen, change)


def tell_sent(user: User, person: str, id: str, change: Change) -> None:
    """Store that the record system sent a message; what was withdrawn meanwhile is not sent."""
    here = visible(change.connection, user, person, now=change.now)
    found = message_in(messages_of(change.connection, here), id)
    if found.way != OUT or found.sender != house_of(user):
        raise NoSuchPatient
    if found.standing == "withdrawn":
        raise InputError("message", "message_withdrawn")
    if not any(each.mark == "sent" for each in found.marks):
        mark(change, found.id, "sent", by(user))
        change.saw(here, "message_sent", by(user))


def message_in(every: Iterable[Kept], id: str) -> Kept:
    """Return one of a patient's messages; one of another's answers as one that does not exist."""
    found = next((each for each in every if each.id == id), None)
    if found is None:
        raise NoSuchPatient
    return found


def is_ours(found: Kept, user: User) -> bool:
    """Return whether a message went out from the user's own house, by a role that may follow it with another.

    Another house may read it, but who wrote it answers for it, and its receiver knows it by its sender.
    """
    return found.way == OUT and found.sender == house_of(user) and may_finish(user.role, found.kind)


def to_correct(every: Iterable[Kept], user: User, *, asked: tuple[Kind, str]) -> Kept:
    """Return the message of one's own house to correct; one that no longer stands, or of another kind, cannot be."""
    kind, id = asked
    found = message_in(every, id)
    if not is_ours(found, user):
        raise NotYours
    if found.kind != kind or not found.stands:
        raise InputError("message", "message_not_standing")
    return found


def standing_one(every: Iterable[Kept], kind: Kind, seen: Seen) -> Kept | None:
    """Return the final message of this kind that stands for the newest stay."""
    stay = seen.stream.course.stay
    mine = (each for each in every if each.way == OUT and each.kind == kind and each.stands)
    return next((each for each in mine if each.stay == (stay.id if stay else None)), None)


def stood(record: Record, seen: Seen, kept: Kept) -> Stood:
    """Return how a message stands to the plan of now; where there is no plan any more, it says something else.

    A message of a stay that another has followed is history, and so is a notice once the patient has left.
    """
    told, stay = kept.told, seen.stream.course.stay
    if stay is None or kept.stay != stay.id or (kept.kind == NOTICE and stay.discharged):
        return Stood(same=True)
    asked = Asked(kept.kind, told.get("said", {}))
    update = bool(told.get("update"))
    found = prepared(record, seen, asked, language=told.get("language", "nb"), update=update)
    if found is None:
        return Stood(same=False, corrected=True)
    corrected = _corrected(found.corrected) != told.get("corrected")
    same = kept.kind in GROWS or says(found.content) == told.get("says")
    return Stood(same and not corrected, corrected)


def _whole(record: Record, seen: Seen, asked: Finishing, earlier: tuple[Kept, ...], corrects: Kept | None) -> Prepared:
    what = Asked(asked.kind, asked.said, corrects)
    found = prepared(record, seen, what, language=asked.language, update=is_update(asked.kind, earlier, seen))
    if found is None:
        raise InputError("message", "message_without_ground")
    if found.missing and not asked.lacks_seen:
        raise InputError("lacks_seen", "message_lacks_unseen")
    return found


def _refuse_unaddressed(record: Record, user: User, kind: Kind, *, seen: Seen, gp: str | None) -> None:
    course = seen.stream.course
    lacks = unaddressed(record, sender_of(record, user, course), receiver_of(record, kind, course, gp=gp))
    if "receiver" in lacks:
        raise InputError("message", "message_receiver_without_address")
    if lacks:
        raise InputError("message", "message_sender_without_address")


def is_update(kind: Kind, earlier: Iterable[Kept], seen: Seen) -> bool:
    """Return whether a notice was given before in the stay, so that this one updates it."""
    return kind == NOTICE and standing_one(earlier, kind, seen) is not None


def _told(asked: Finishing, found: Prepared) -> dict[str, Any]:
    return {
        "said": dict(asked.said),
        "language": asked.language,
        "update": found.content.content_type == ("content_notice", "update"),
        "assessment": found.assessment,
        "corrected": _corrected(found.corrected),
        "says": says(found.content),
        "missing": [each.id for each in found.missing],
    }


def _corrected(found: Corrected | None) -> str | None:
    return found.at.isoformat() if found else None


@dataclass(frozen=True, slots=True)
class _Out:
    kind: Kind
    status: Status
    content: Content
    told: Mapping[str, Any]
    refers_to: Kept | None
    gp: str | None = None


def _store(record: Record, user: User, out: _Out, seen: Seen, change: Change) -> str:
    course = seen.stream.course
    about = out.refers_to
    head = Head(
        str(uuid.uuid4()),
        out.kind,
        out.status,
        change.now,
        sender_of(record, user, course),
        _received(about) or receiver_of(record, out.kind, course, gp=out.gp),
        refers_to=about.msg_id if about else None,
        conversation=about.first if about else None,
    )
    stay = about.stay if about else course.stay.id if course.stay else None
    row = {
        "person": seen.stream.person,
        "way": OUT,
        "kind": out.kind,
        "status": out.status,
        "msg_id": head.msg_id,
        "sender": house_of(user),
        "sent": change.now,
        "refers_to": head.refers_to,
        "conversation": head.conversation,
        "stay": stay,
        "head": to_json(asdict(head)).decode(),
        "told": to_json(dict(out.told)).decode(),
        "content": write(out.content, head).decode(),
    }
    id = keep(change, row, by(user))
    mark(change, id, "approved", by(user))
    return id


def _party(said: Mapping[str, Any]) -> Party:
    return Party(said.get("organisation"), said.get("unit"), tuple(said.get("her_ids") or ()), said.get("person"))


def _received(about: Kept | None) -> Party | None:
    """Return who got the message that is followed, and so gets what follows it."""
    party = _party(about.head["receiver"]) if about else None
    return party if party and party.organisation else None


def _nothing(seen: Seen, about: Kept) -> Content:
    """Return what a cancellation carries, also where its plan has fallen away: whose it was, and which stay."""
    course = seen.stream.course
    newest = course.screening
    case = seen.basis[newest.assessment].case if newest and newest.assessment in seen.basis else None
    who = course.who
    known = case.patient if case else Patient()
    patient = replace(known, name=who.name or known.name, birth_date=who.born or known.birth_date, municipality=None)
    events = tuple(StayEvent("admitted", oslo(each.admitted)) for each in course.stays if each.id == about.stay)
    return withdrawn(Content(patient, texts_of("nb")("message_words.unknown"), events=events))
