"""What every message has, whoever wrote it: its kind, its status, who sent it to whom, and what it corrects."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal[
    "innleggelsesrapport",
    "helseopplysninger",
    "helseopplysninger_til_lege",
    "medisinske_opplysninger",
    "pasientlogistikk",
    "utskrivningsrapport",
    "epikrise",
]
Status = Literal["new", "changed", "addition", "cancelled"]


@dataclass(frozen=True, slots=True)
class Party:
    """Who sends or receives: an organisation and a unit in it; `her_ids` are theirs in that order, as far as known."""

    organisation: str | None = None
    unit: str | None = None
    her_ids: tuple[str, ...] = ()
    person: str | None = field(default=None, repr=False)

    @property
    def addressed(self) -> bool:
        """Return whether a message can be sent between this and another: each part that is named has its HER-id."""
        return bool(self.organisation) and len(self.her_ids) == (2 if self.unit else 1)


@dataclass(frozen=True, slots=True)
class Head:
    """The message around its content.

    `refers_to` is the message that this one changes, adds to or cancels, `conversation` the first of them all.
    """

    msg_id: str
    kind: Kind
    status: Status
    sent: datetime
    sender: Party
    receiver: Party
    refers_to: str | None = None
    conversation: str | None = None
