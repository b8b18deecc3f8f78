"""What the API answers about national messages, as models."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from api.messages.log import Standing
from api.messages.model import Kind, Status
from api.v1.shapes import ByWhom

NOTES = (
    "What a person should look at: `refers_to_unknown` where the message changes, adds to or cancels one that is not "
    "held for this patient; `moved` where its sender changed, added to or cancelled it by a message about another "
    "patient, and `moves` of that one; `another_name`, `another_birth_date`, `another_sex` where it says so of the "
    "patient."
)


class PartyShown(BaseModel):
    """Who sends or receives."""

    organisation: str | None
    unit: str | None


class LedTo(BaseModel):
    """An event that a message led to."""

    event: str
    kind: str
    stands: bool


class Delivered(BaseModel):
    """A message as it was taken in."""

    message: str
    patient: str
    version: int = Field(description="How many events the record has; the ETag is made of it.")
    standing: Standing
    led_to: list[LedTo]
    notes: list[str] = Field(description=NOTES)


class MessageLine(BaseModel):
    """A message in a patient's log; of someone with a protected address without sender and receiver."""

    id: str
    patient: str
    way: Literal["in", "out"]
    kind: Kind
    status: Status
    standing: Standing
    msg_id: str
    refers_to: str | None
    sent: datetime = Field(description="As the message says.")
    at: datetime = Field(description="When it was kept here.")
    by: ByWhom
    sender: PartyShown | None
    receiver: PartyShown | None
    notes: list[str] = Field(description=NOTES)


class MessagePage(BaseModel):
    """Messages, the newest first."""

    messages: list[MessageLine]
    next_cursor: str | None


class Happening(BaseModel):
    """Something that a message tells has happened."""

    what: str
    at: datetime


class Overruled(BaseModel):
    """A fact that a newer message said otherwise: `by` is the message that stands, `was` the older one."""

    item: str
    by: str
    was: str


class MessageShown(MessageLine):
    """A message with what came of it."""

    proposes: dict[str, Any] | None = Field(description="What it proposes, as a case; nothing of it is confirmed.")
    tells: list[Happening]
    led_to: list[LedTo]
    overruled: list[Overruled]
    content: str | None = Field(description="The message itself, as XML: to the record system alone.")
