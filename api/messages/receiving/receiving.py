"""A message is received: kept as it came, and the course told anew by the messages that count after it.

A work of its own in the writer: all of it, or nothing. A message that comes twice is kept once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from lxml import etree
from pydantic_core import to_json
from sqlalchemy import bindparam, select

from api.intake.reading import Document
from api.messages.log import Kept, keep, messages_of
from api.messages.model import Head, Party
from api.messages.reading import Received
from api.messages.receiving.elsewhere import tell_both
from api.messages.receiving.same_person import differs, remarked
from api.messages.receiving.settling import Settling, settle
from api.messages.receiving.telling import as_told
from api.people.user import User
from api.record.courses import NoSuchPatient, visible, write
from api.record.possible import AHEAD
from api.record.record import Record, by
from api.record.screenings import naming_of
from api.record.streams import Naming, Stream, find, open_record, read_stream, survivor
from api.record.who_sees import may_see
from api.storage.tables import message
from api.storage.writer import Change
from careplans.course.events import Described
from engine.errors import InputError
from engine.texts import Texts
from forms.model import read_case
from rules.case import Case

IN = "in"
SAME = select(message.c.id, message.c.person).where(
    message.c.way == IN, message.c.sender == bindparam("sender"), message.c.msg_id == bindparam("msg_id")
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it was sent in: what was read in it, the message itself, and the patient it was said to be about."""

    received: Received
    content: str
    about: str | None = None

    @classmethod
    def of(cls, received: Received, message: Document | etree._Element, about: str | None = None) -> Delivery:
        """Return a message that was read, as it is kept: a document as it stood, with every sign that was in it."""
        written = message.written if isinstance(message, Document) else etree.tostring(message, encoding="unicode")
        return cls(received, written, about)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a message: how it is kept, the course after it, and whether it had come before."""

    kept: Kept
    stream: Stream
    again: bool = False


def receive(record: Record, user: User, delivery: Delivery, *, change: Change, texts: Texts) -> Outcome:
    """Keep a message and tell the course by it; raise `InputError` where it cannot be about this patient."""
    head = delivery.received.head
    if held := _held(change, head):
        return _again(change, user, delivery, held)
    _refuse_future(head, change.now)
    stream = _stream(record, user, delivery, change)
    remarks = differs(case_of(record, delivery.received).patient, stream.course.who)
    stream = _described(record, user, delivery.received, change=change, stream=stream)
    id = keep(change, _row(delivery, stream.person, remarks), by(user))
    settling = Settling(record, user, change, texts)
    others = tell_both(change, _kept(change, stream.person, id), by(user))
    stream = settle(settling, stream, newest=id)
    for each in others:
        _settle_other(settling, each)
    change.saw(stream.person, "message_received", by(user))
    return Outcome(_kept(change, stream.person, id), stream)


def naming_in(record: Record, user: User, case: Case) -> Naming:
    """Return how a message names its patient."""
    return naming_of(case, record.hospital_of(user))


def case_of(record: Record, received: Received) -> Case:
    """Return the patient that a message names as a case: of a demonstration only someone who does not exist."""
    return record.screening.checked(read_case({"schema": "retthjem/case/1", "patient": dict(received.naming)}))


def sender_key(party: Party) -> str:
    """Return whose ids of messages are told apart: an organisation, whichever of its units sends."""
    return f"HER:{party.her_ids[0]}" if party.her_ids else str(party.organisation)


# The message itself


def _held(change: Change, head: Head) -> Kept | None:
    asked = {"sender": sender_key(head.sender)[:300], "msg_id": head.msg_id}
    row = change.connection.execute(SAME, asked).one_or_none()
    if row is None:
        return None
    every = messages_of(change.connection, survivor(change.connection, row.person))
    return next(each for each in every if each.id == row.id)


def _again(change: Change, user: User, delivery: Delivery, held: Kept) -> Outcome:
    """Return what is kept already; another content under the same id is refused."""
    if not _says_the_same(held.content, delivery.content):
        raise InputError("MsgId", "message_id_reused")
    stream = read_stream(change.connection, survivor(change.connection, held.person))
    if stream is None:
        raise NoSuchPatient
    change.saw(stream.person, "answered_again", by(user))
    return Outcome(held, stream, again=True)


def _says_the_same(one: str, other: str) -> bool:
    """Return whether two messages are the same but for spaces around their elements, as a resending may have them."""
    return one == other or len({etree.canonicalize(each, strip_text=True) for each in (one, other)}) == 1


def _refuse_future(head: Head, now: datetime) -> None:
    """Refuse a message from the future, which no later one could overrule."""
    if head.sent > now + AHEAD:
        raise InputError("GenDate", "not_yet")


def _row(delivery: Delivery, person: str, remarks: tuple[str, ...]) -> Mapping[str, Any]:
    head, intake = delivery.received.head, delivery.received.intake
    told = {
        "case": remarked(intake.case, remarks) if intake else None,
        "events": [as_told(each) for each in delivery.received.events],
        "remarks": remarks,
    }
    return {
        "person": person,
        "way": IN,
        "kind": head.kind,
        "status": head.status,
        "msg_id": head.msg_id,
        "sender": sender_key(head.sender)[:300],
        "sent": head.sent,
        "refers_to": head.refers_to,
        "conversation": head.conversation,
        "head": to_json({"sender": asdict(head.sender), "receiver": asdict(head.receiver)}).decode(),
        "told": to_json(told).decode(),
        "content": delivery.content,
    }


def _kept(change: Change, person: str, id: str) -> Kept:
    return next(each for each in messages_of(change.connection, person) if each.id == id)


# Whose it is


def _settle_other(settling: Settling, person: str) -> None:
    """Let what is proposed of another patient say that its message was followed by one about someone else."""
    change, user = settling.change, settling.user
    change.saw(person, "message_doubted", by(user))
    if may_see(change.connection, user, person, now=change.now) and (stream := read_stream(change.connection, person)):
        settle(settling, stream)


def _stream(record: Record, user: User, delivery: Delivery, change: Change) -> Stream:
    """Return the patient's record: the one the message names, and no other than the one it was sent about."""
    case = case_of(record, delivery.received)
    about = visible(change.connection, user, delivery.about, now=change.now) if delivery.about else None
    found = find(change.connection, Naming(case.patient.id)) if case.patient.id else _by_local_id(about)
    if about and found != about:
        raise InputError("patient", "message_other_patient")
    stream = read_stream(change.connection, found) if found else open_record(naming_in(record, user, case))
    if stream is None:
        raise NoSuchPatient
    if not case.patient.id:
        _refuse_another(case, stream)
    return stream


def _by_local_id(about: str | None) -> str:
    """Return the record that the caller named: a local id is the sender's own, and may be another patient's here."""
    if about is None:
        raise InputError("patient", "message_needs_identity")
    return about


def _refuse_another(case: Case, stream: Stream) -> None:
    born, known = case.patient.birth_date, stream.course.who.born
    if born is None or (known and born != known):
        raise InputError("patient", "message_other_patient")


def _described(record: Record, user: User, received: Received, *, change: Change, stream: Stream) -> Stream:
    """Return the record with what the message says of who it is, where nobody has said so before."""
    said, who = case_of(record, received).patient, stream.course.who
    event = Described(
        None if who.name else said.name, None if who.born else said.birth_date, None if who.sex else said.sex
    )
    if event == Described():
        if stream.version == 0:
            raise InputError("patient", "message_without_patient")
        return stream
    return write(record, user, event, change=change, stream=stream)
