"""A national message read whole: who sends it, what it changes, what it proposes, and what it tells has happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from api.intake.mapped import Intake
from api.intake.message_events import Happened, happened
from api.intake.message_facts import facts_of
from api.intake.message_head import Envelope, described, opened
from api.messages.model import Head
from api.messages.reading.heads import head_of
from engine.errors import InputError

__all__ = ["Happened", "Received", "read_message"]


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it was read; `naming` is the patient as a case names one.

    A cancelled message proposes nothing and tells of nothing: it withdraws what another did.
    """

    head: Head
    naming: Mapping[str, Any] = field(repr=False)
    intake: Intake | None = None
    events: tuple[Happened, ...] = ()


def read_message(root: etree._Element) -> Received:
    """Return what a message says, or raise `InputError` with the line and element where it is wrong."""
    envelope = opened(root)
    head, naming = head_of(envelope), described(envelope).patient
    if head.status == "cancelled":
        _refuse_vague(head, envelope)
        return Received(head, naming)
    return Received(head, naming, facts_of(envelope), happened(envelope))


def _refuse_vague(head: Head, envelope: Envelope) -> None:
    """Refuse a cancellation that does not say what it cancels."""
    if head.refers_to is None and head.conversation is None:
        raise InputError(envelope.head.where, "cancels_nothing_named")
