"""Forms that record an event: which fields each has, what was filled in as an event, and what was wrong with it.

The events are read by the same strict models as the API's, so a form can say nothing that a machine could not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from api.places.municipalities import number_of
from api.refusals import fault_in_words
from api.v1.event_bodies import BODIES, read_event
from careplans.course.events import Event
from engine.errors import Refusal
from engine.texts import Texts

FieldKind = Literal["text", "note", "date", "moment", "number", "municipality", "choice", "one"]
LISTS = frozenset({"checked", "rules"})


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form; `codes` are what can be chosen, said by the texts under `words`."""

    name: str
    kind: FieldKind = "text"
    needed: bool = True
    codes: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class EventForm:
    """A form that records one kind of event; `fixed` is what nobody fills in, `again` asks on a page of its own."""

    id: str
    kind: str
    fields: tuple[Field, ...] = ()
    fixed: Mapping[str, object] = field(default_factory=dict)
    again: bool = False


class Blank(Exception):
    """A field that had to be filled in was not."""

    def __init__(self, name: str) -> None:
        super().__init__("blank")
        self.name = name


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was wrong with a form that was sent: which one on the page, in which field, what was sent, and ticked."""

    key: str
    field: str | None
    said: str
    sent: Mapping[str, str]
    ticked: frozenset[str] = frozenset()

    @classmethod
    def of(cls, error: Blank | Refusal, sent: FormData, texts: Texts) -> Wrong:
        """Return an error in words, beside what was filled in."""
        kept = {name: value for name, value in sent.items() if isinstance(value, str)}
        ticked = frozenset(each for name in LISTS for each in sent.getlist(name) if isinstance(each, str))
        if isinstance(error, Blank):
            return cls(kept.get("key", ""), error.name, texts("event_form.needed"), kept, ticked)
        words = fault_in_words(error, texts)
        return cls(kept.get("key", ""), error.where, words[:1].upper() + words[1:], kept, ticked)


async def sent_form(request: Request) -> FormData:
    """Return what was filled in."""
    return await request.form()


Sent = Annotated[FormData, Depends(sent_form)]


def form_in(sent: FormData, forms: Mapping[str, EventForm]) -> EventForm:
    """Return which form was sent."""
    named = sent.get("form")
    if not isinstance(named, str) or named not in forms:
        raise HTTPException(422)
    return forms[named]


def version_in(sent: FormData) -> int:
    """Return the version that a change was made from."""
    said = sent.get("version")
    if not isinstance(said, str) or not said.isdecimal() or len(said) > 9:  # noqa: PLR2004 more than any record has
        raise HTTPException(422)
    return int(said)


def text_in(sent: FormData, name: str) -> str:
    """Return what was written in a field, empty where nothing was."""
    said = sent.get(name)
    return said.strip() if isinstance(said, str) else ""


def event_in(sent: FormData, form: EventForm, *, now: datetime) -> Event:
    """Return the event that was filled in; raise `Blank` or `InputError` for what is wrong."""
    blank = next((each.name for each in form.fields if each.needed and not text_in(sent, each.name)), None)
    if blank:
        raise Blank(blank)
    _, model = BODIES[form.kind]
    content: dict[str, object] = {"kind": form.kind, **form.fixed}
    for name in model.model_fields.keys() - content.keys():
        if name in LISTS:
            content[name] = [each for each in sent.getlist(name) if isinstance(each, str)]
        elif said := text_in(sent, name):
            content[name] = number_of(said) if name == "municipality" else said
    if "at" in model.model_fields and "at" not in content:
        content["at"] = now.isoformat()
    return read_event(content)
