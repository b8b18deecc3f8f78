"""Events as JSON and back; the same types describe the bodies of the HTTP API, and unknown keys are refused."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter, with_config

from careplans.course.events import KINDS, Event

for _kind in KINDS:
    with_config({"extra": "forbid", "str_max_length": 5_000})(_kind)

AnyEvent = Annotated[Event, Field(discriminator="kind")]
EVENT: TypeAdapter[Event] = TypeAdapter(AnyEvent)


def event_to_text(event: Event) -> str:
    """Return the event as it is stored."""
    return EVENT.dump_json(event).decode()


def event_from_text(text: str | bytes) -> Event:
    """Return a stored event."""
    return EVENT.validate_json(text)
