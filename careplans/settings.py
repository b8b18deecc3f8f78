"""What a municipality or hospital may set for its plans: offsets of the pathway's steps, and whom to call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from careplans.catalogue import read, steps
from engine.errors import InputError

LONGEST = 365
LONGEST_CONTACT = 80


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """Offsets by step id, in the step's own unit (days or hours), and contacts by role."""

    offsets: Mapping[str, int] = field(default_factory=dict)
    contacts: Mapping[str, str] = field(default_factory=dict)


def settings_from(overlay: Mapping[str, Any]) -> PlanSettings:
    """Return the `offsets` and `contacts` of an overlay, refusing unknown names and impossible values."""
    offsets, contacts = overlay.get("offsets", {}), overlay.get("contacts", {})
    for name, value in offsets.items():
        _check_offset(name, value)
    for role, text in contacts.items():
        _check_contact(role, text)
    return PlanSettings(offsets=dict(offsets), contacts=dict(contacts))


def contact_roles() -> frozenset[str]:
    """Every role that a plan may name a contact for."""
    orders = read("contacts")["order"].values()
    return frozenset(role for place in orders for order in place.values() for role in order)


def _check_offset(name: str, value: object) -> None:
    can_be_set = {step.id for step in steps() if step.due.anchor != "event"}
    if name not in can_be_set:
        raise InputError(f"overlay.offsets.{name}", "no_such_step", allowed=sorted(can_be_set))
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LONGEST:
        raise InputError(f"overlay.offsets.{name}", "offset_out_of_range", high=LONGEST)


def _check_contact(role: str, text: object) -> None:
    if role not in contact_roles():
        raise InputError(f"overlay.contacts.{role}", "no_such_contact", allowed=sorted(contact_roles()))
    if not isinstance(text, str) or not 0 < len(text.strip()) <= LONGEST_CONTACT:
        raise InputError(f"overlay.contacts.{role}", "contact_not_short", most=LONGEST_CONTACT)
