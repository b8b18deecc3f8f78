"""A call of a service, read strictly: what CDS Hooks requires must be there, with its type; the rest is passed over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.cds.services import Service
from engine.errors import InputError

ID = re.compile(r"[A-Za-z0-9.\-]{1,64}", re.ASCII)
"""An id as FHIR writes one."""

LONGEST_TEXT, LONGEST_TOKEN, MOST_SELECTIONS = 500, 20_000, 200


@dataclass(frozen=True, slots=True)
class Call:
    """What a service was called with; `server` and `token` are for fetching what was not sent along."""

    service: Service
    user: str
    patient: str
    encounter: str | None = None
    selections: tuple[str, ...] = ()
    drafts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    prefetch: Mapping[str, Any] = field(default_factory=dict, repr=False)
    server: str | None = None
    token: str | None = field(default=None, repr=False)


def read_call(service: Service, content: Mapping[str, Any]) -> Call:
    """Return the call in a request's body, or raise `InputError` for what is missing or has another type."""
    if _text(content, "hook", "hook") != service.hook:
        raise InputError("hook", "hook_of_another_service")
    _text(content, "hookInstance", "hookInstance")
    context = _object(content, "context", "context")
    server = _optional(content, "fhirServer", "fhirServer")
    token = _token(content)
    if token and server is None:
        raise InputError("fhirServer", "hook_field_missing")
    return Call(
        service,
        _text(context, "userId", "context.userId"),
        _id(_text(context, "patientId", "context.patientId"), "Patient", "context.patientId"),
        encounter=_encounter(service, context),
        selections=_selections(context) if "selections" in service.context else (),
        drafts=_object(context, "draftOrders", "context.draftOrders") if "draftOrders" in service.context else {},
        prefetch=_object(content, "prefetch", "prefetch") if content.get("prefetch") is not None else {},
        server=server,
        token=token,
    )


def _encounter(service: Service, context: Mapping[str, Any]) -> str | None:
    where = "context.encounterId"
    said = _text(context, "encounterId", where) if "encounterId" in service.context else None
    said = said or _optional(context, "encounterId", where)
    return _id(said, "Encounter", where) if said else None


def _selections(context: Mapping[str, Any]) -> tuple[str, ...]:
    where = "context.selections"
    found = context.get("selections")
    if found is None:
        raise InputError(where, "hook_field_missing")
    if not isinstance(found, list) or len(found) > MOST_SELECTIONS or not all(isinstance(each, str) for each in found):
        raise InputError(where, "hook_field_wrong")
    return tuple(found)


def _token(content: Mapping[str, Any]) -> str | None:
    if content.get("fhirAuthorization") is None:
        return None
    given, where = _object(content, "fhirAuthorization", "fhirAuthorization"), "fhirAuthorization.access_token"
    kind = _optional(given, "token_type", "fhirAuthorization.token_type")
    if kind is not None and kind.lower() != "bearer":
        raise InputError("fhirAuthorization.token_type", "hook_field_wrong")
    token = given.get("access_token")
    if token is None:
        raise InputError(where, "hook_field_missing")
    # What cannot stand in a header is no token, and must not become one.
    if not isinstance(token, str) or not re.fullmatch(r"[\x21-\x7e]+", token) or len(token) > LONGEST_TOKEN:
        raise InputError(where, "hook_field_wrong")
    return token


def _id(said: str, kind: str, where: str) -> str:
    """Return an id, also where it was said as a reference."""
    found = said.removeprefix(f"{kind}/")
    if not ID.fullmatch(found):
        raise InputError(where, "hook_field_wrong")
    return found


def _object(content: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    found = content.get(name)
    if found is None:
        raise InputError(where, "hook_field_missing")
    if not isinstance(found, dict):
        raise InputError(where, "hook_field_wrong")
    return found


def _text(content: Mapping[str, Any], name: str, where: str) -> str:
    found = _optional(content, name, where)
    if found is None:
        raise InputError(where, "hook_field_missing")
    return found


def _optional(content: Mapping[str, Any], name: str, where: str) -> str | None:
    found = content.get(name)
    if found is not None and (not isinstance(found, str) or len(found) > LONGEST_TEXT):
        raise InputError(where, "hook_field_wrong")
    return (found or "").strip() or None  # some clients send an empty text for what they have not
