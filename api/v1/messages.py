"""National messages: handed over by the record system, and shown with what they proposed and what they led to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from api.intake.reading import read_document
from api.messages.log import Kept, message_row, messages_of
from api.messages.reading import read_message
from api.messages.receiving import Delivery, Outcome, receive
from api.messages.receiving.effects import effects_of
from api.messages.receiving.together import overruled
from api.messages.threads import in_order
from api.people.user import User
from api.people.who import needs
from api.record.courses import NoSuchPatient, visible
from api.record.protected import shown_case
from api.record.record import by
from api.record.streams import Stream, read_stream
from api.storage.access_log import Seen
from api.storage.engine import reading
from api.storage.writer import Change
from api.v1.asking import LARGE, PersonId, etag, id_of, now, record_of
from api.v1.documents import made, problems, takes_message
from api.v1.languages import texts_for
from api.v1.message_shapes import (
    Delivered,
    Happening,
    LedTo,
    MessageLine,
    MessagePage,
    MessageShown,
    Overruled,
    PartyShown,
)
from api.v1.paging import USUAL, Cursor, Size, link_next, page_of
from api.v1.problems import Problem, Unreadable
from api.v1.shapes import ByWhom
from careplans.course.stands import standing
from engine.errors import InputError
from engine.texts import Texts

router = APIRouter(tags=["messages"])
XML = re.compile(r"(?:application|text)/xml", re.ASCII)
Deliverer = Annotated[User, Depends(needs("deliver"))]
Reader = Annotated[User, Depends(needs("read"))]
MessageId = Annotated[str, Path(description="The message's id, as this API gave it.")]
About = Annotated[
    str | None,
    Query(
        alias="patient",
        description="The patient's id, as this API gave it: a message about anyone else is refused. Needed where the "
        "message has no national identity number.",
    ),
]


@router.post(
    "/messages",
    status_code=201,
    response_class=JSONResponse,
    responses=made(Delivered, "The message as it is kept, and the patient's version after it.")
    | made(Delivered, "The same message came before; nothing was changed.", 200)
    | problems(400, 404, 409, 413, 415),
    openapi_extra=takes_message(),
)
async def deliver(request: Request, user: Deliverer, about: About = None) -> Response:
    """Hand over a message that came for the hospital: it is kept, and what it says is proposed and told.

    A message that comes twice is kept once. A changed one takes the place of what it changes, and a cancelled one takes
    away what it led to; a damaged one is refused by line and element, and nothing is kept.
    """
    record, texts = record_of(request), texts_for(request.headers)
    data = await _xml_of(request)
    delivery = await run_in_threadpool(_read, data, about) if len(data) > LARGE else _read(data, about)
    outcome = await record.writer(lambda change: _received(request, user, delivery, change, texts))
    status, shown = outcome
    return JSONResponse(shown.model_dump(mode="json"), status, headers={"ETag": etag(shown.version)})


@router.get("/patients/{patient}/messages", responses=problems(404))
def read_messages(
    request: Request, response: Response, user: Reader, patient: PersonId, cursor: Cursor = None, size: Size = USUAL
) -> MessagePage:
    """Return a patient's messages, received and written, the newest first."""
    record = record_of(request)
    with reading(record.engine) as connection:
        person = visible(connection, user, id_of(patient), now=now())
        stream, every = _stream(connection, person), messages_of(connection, person)
    record.writer.run_log([Seen(person, "read", by(user))])
    page, onward = page_of(every, lambda each: each.id, cursor=cursor, size=size)
    link_next(request, response, onward)
    return MessagePage(messages=[_line(each, stream) for each in page], next_cursor=onward)


@router.get("/messages/{message}", responses=problems(404))
def read_one(request: Request, user: Reader, message: MessageId) -> MessageShown:
    """Return a message with what it proposed, what it tells, and the events that it led to."""
    record = record_of(request)
    with reading(record.engine) as connection:
        row = message_row(connection, id_of(message))
        if row is None:
            raise NoSuchPatient
        person = visible(connection, user, row.person, now=now())
        shown = _shown(connection, user, id_of(message), _stream(connection, person))
    record.writer.run_log([Seen(person, "read", by(user))])
    return shown


async def _xml_of(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not XML.fullmatch(kind):
        raise Problem(None, "not_xml")
    return await request.body()


def _read(data: bytes, about: str | None) -> Delivery:
    """Return a message that is whole; of a damaged one it is told where, as of any body that cannot be read."""
    try:
        document = read_document(data)
        if document.kind != "message":
            raise InputError("document", "not_a_message")
        return Delivery.of(read_message(document.content), document, id_of(about) if about else None)
    except InputError as damaged:
        if damaged.code == "too_large":
            raise
        raise Unreadable(damaged) from None


def _received(request: Request, user: User, delivery: Delivery, change: Change, texts: Texts) -> tuple[int, Delivered]:
    outcome: Outcome = receive(record_of(request), user, delivery, change=change, texts=texts)
    stream, id = outcome.stream, outcome.kept.id
    shown = Delivered(
        message=id,
        patient=stream.person,
        version=stream.version,
        standing=outcome.kept.standing,
        led_to=_led_to(change.connection, stream, id),
        notes=list(outcome.kept.notes),
    )
    return (200 if outcome.again else 201), shown


def _stream(connection: Connection, person: str) -> Stream:
    found = read_stream(connection, person)
    if found is None:
        raise NoSuchPatient
    return found


def _line(kept: Kept, stream: Stream) -> MessageLine:
    return MessageLine(**_head(kept, stream))


def _head(kept: Kept, stream: Stream) -> dict[str, Any]:
    """Return what a message is; of someone with a protected address not between whom, which tells where they live."""
    hidden = stream.course.protected
    return {
        "id": kept.id,
        "patient": stream.person,
        "way": kept.way,
        "kind": kept.kind,
        "status": kept.status,
        "standing": kept.standing,
        "msg_id": kept.msg_id,
        "refers_to": kept.refers_to,
        "sent": kept.sent,
        "at": kept.at,
        "by": ByWhom(role=kept.by.role, name=kept.by.name),
        "sender": None if hidden else _party(kept.head.get("sender")),
        "receiver": None if hidden else _party(kept.head.get("receiver")),
        "notes": list(kept.notes),
    }


def _party(said: Mapping[str, Any] | None) -> PartyShown | None:
    return PartyShown(organisation=said.get("organisation"), unit=said.get("unit")) if said else None


def _shown(connection: Connection, user: User, id: str, stream: Stream) -> MessageShown:
    every = in_order(messages_of(connection, stream.person))
    kept = next(each for each in every if each.id == id)
    counting = [each for each in every if each.way == "in" and each.stands]
    return MessageShown(
        **_head(kept, stream),
        proposes=_proposed(kept, protected=stream.course.protected),
        tells=[Happening(what=each["what"], at=each["at"]) for each in kept.told.get("events", ())],
        led_to=_led_to(connection, stream, id),
        overruled=[Overruled(**each) for each in overruled(counting) if id in {each["by"], each["was"]}],
        content=kept.content if user.role == "system" else None,
    )


def _proposed(kept: Kept, *, protected: bool) -> dict[str, Any] | None:
    case = kept.told.get("case") if kept.way == "in" else None
    if case is None:
        return None
    found: dict[str, Any] = json.loads(shown_case(json.dumps(case))) if protected else dict(case)
    return found


def _led_to(connection: Connection, stream: Stream, id: str) -> list[LedTo]:
    events = {event for _, event in effects_of(connection, [id])}
    held = {each.id for each in standing(stream.recorded)}
    return [
        LedTo(event=each.id, kind=each.event.kind, stands=each.id in held)
        for each in stream.recorded
        if each.id in events
    ]
