"""The outbox: messages that someone made final, for the record system to fetch and send."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.messages.finishing import message_in, tell_sent
from api.messages.log import Kept, message_row, messages_of, waiting
from api.messages.model import Kind, Status
from api.messages.prepared import house_of
from api.people.user import User
from api.people.who import needs
from api.record.courses import NoSuchPatient, visible
from api.record.record import by
from api.storage.access_log import Seen
from api.storage.engine import reading
from api.storage.writer import Change
from api.v1.asking import id_of, now, record_of
from api.v1.documents import problems
from api.v1.paging import USUAL, Cursor, Size, link_next, page_of

router = APIRouter(tags=["messages"])
Sender = Annotated[User, Depends(needs("outbox"))]
MessageId = Annotated[str, Path(description="The message's id, as this API gave it.")]
Which = Annotated[Literal["final"], Query(alias="state", description="`final`: approved, and not yet told to be sent.")]


class ToSend(BaseModel):
    """A message that is to be sent; `content` is the message itself, as XML."""

    id: str
    patient: str
    kind: Kind
    status: Status
    msg_id: str
    refers_to: str | None = Field(description="The message that this one changes or cancels.")
    at: datetime = Field(description="When it was made final.")
    content: str


class Marking(BaseModel):
    """What was done with a message."""

    model_config = ConfigDict(extra="forbid")
    mark: Literal["sent"]


class Outbox(BaseModel):
    """Messages to send, in the order in which they were made final."""

    messages: list[ToSend]
    next_cursor: str | None = None


@router.get("/messages")
def read_outbox(
    request: Request, response: Response, user: Sender, _: Which, cursor: Cursor = None, size: Size = USUAL
) -> Outbox:
    """Return the messages that are final and not sent, of patients whom the system sees."""
    record = record_of(request)
    with reading(record.engine) as connection:
        every = waiting(connection, [house_of(user)])
        page, onward = page_of(every, lambda each: each[0], cursor=cursor, size=size)
        found = [kept for id, person in page if (kept := _kept(connection, user, id, person))]
    record.writer.run_log([Seen(each.person, "read", by(user)) for each in found])
    link_next(request, response, onward)
    return Outbox(messages=[_shown(each) for each in found], next_cursor=onward)


@router.post("/messages/{message}/marks", status_code=204, responses=problems(404, 409))
def tell(request: Request, user: Sender, message: MessageId, _: Marking) -> None:
    """Tell that a message was sent; told twice it is stored once. One that was withdrawn meanwhile is 409."""
    record, id = record_of(request), id_of(message)

    def work(change: Change) -> None:
        row = message_row(change.connection, id)
        if row is None:
            raise NoSuchPatient
        tell_sent(user, row.person, id, change)

    record.writer.run(work)


def _kept(connection: Connection, user: User, id: str, person: str) -> Kept | None:
    """Return the message, unless its patient is no longer the system's to see."""
    try:
        here = visible(connection, user, person, now=now())
    except NoSuchPatient:
        return None
    return message_in(messages_of(connection, here), id)


def _shown(kept: Kept) -> ToSend:
    return ToSend(
        id=kept.id,
        patient=kept.person,
        kind=kept.kind,
        status=kept.status,
        msg_id=kept.msg_id,
        refers_to=kept.refers_to,
        at=kept.at,
        content=kept.content,
    )
