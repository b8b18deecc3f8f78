"""An event as someone sends it: one strict model a kind, made from the event's own fields, with the lengths they have.

What a list shows is short, an id can be one from the EPJ, and a reason or a note is a text that can be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from datetime import date, datetime
from types import NoneType
from typing import Annotated, Any, cast, get_args, get_origin, get_type_hints

from pydantic import Field as Limits
from pydantic import StrictBool, StrictStr, ValidationError, create_model

from careplans.course.events import KINDS, Event, Screened
from engine.errors import InputError
from forms.model import Day, Name, Strict, Time
from forms.refusals import as_input_error

Code = Annotated[StrictStr, Limits(pattern=r"^[A-Za-z0-9_.:-]{1,60}$")]
Municipality = Annotated[StrictStr, Limits(pattern=r"^[0-9]{4}$")]
Words = Annotated[Name, Limits(max_length=2_000)]
TEXTS: Mapping[str, Any] = {
    "hospital": Annotated[StrictStr, Limits(pattern=r"^[^/\s]{1,100}$")],
    "municipality": Municipality,
    "plan": Code,
    "practice": Annotated[Name, Limits(max_length=200)],
    "step": Code,
    "owner": Code,
    "rule": Code,
    "rules": Code,
    "modules": Code,
    "checked": Code,
    "track": Code,
    "reason": Words,
    "note": Words,
}
"""Texts that are no id or name, by their field."""

SENT = tuple(kind for kind in KINDS if kind is not Screened)
"""What can be sent; that a patient was screened is told by the screening itself."""

MOST_ENTRIES = 200


def _kind_of(event: type[Event]) -> str:
    return str(next(field.default for field in fields(event) if field.name == "kind"))


def _model(event: type[Event]) -> type[Strict]:
    """Return the strict model of a kind."""
    hints = get_type_hints(event)
    made: dict[str, Any] = {each.name: (_typed(each.name, hints[each.name]), _default(each)) for each in fields(event)}
    made["kind"] = (hints["kind"], ...)
    return create_model(event.__name__, __base__=Strict, __doc__=event.__doc__, **made)


def _typed(name: str, hint: Any) -> Any:
    """Return a field's type as it is sent."""
    if NoneType in get_args(hint):
        kept = [_typed(name, each) for each in get_args(hint) if each is not NoneType]
        return kept[0] | None
    if get_origin(hint) is tuple:
        return Annotated[list[_typed(name, get_args(hint)[0])], Limits(max_length=MOST_ENTRIES)]  # type: ignore[misc] # made of data
    if hint is str:
        return TEXTS.get(name, Name)
    return {datetime: Time, date: Day, bool: StrictBool}.get(hint, hint)


def _default(field: Field[Any]) -> Any:
    if field.default is MISSING:
        return ...
    return list(field.default) if isinstance(field.default, tuple) else field.default


BODIES: Mapping[str, tuple[type[Event], type[Strict]]] = {_kind_of(kind): (kind, _model(kind)) for kind in SENT}
"""Each kind that can be sent, with its model."""


def read_event(content: Mapping[str, Any]) -> Event:
    """Return the event that was sent; raise `InputError` for the first thing that is wrong with it."""
    kind = content.get("kind")
    if not isinstance(kind, str) or kind not in BODIES:
        raise InputError("kind", "not_an_allowed_answer", allowed=list(BODIES))
    event, model = BODIES[kind]
    try:
        said = model.model_validate(content)
    except ValidationError as wrong:
        raise as_input_error(wrong) from None
    values: dict[str, Any] = {name: getattr(said, name) for name in type(said).model_fields}
    made: Any = event  # one of many kinds, whose fields are those of the model
    return cast(
        Event, made(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})
    )
