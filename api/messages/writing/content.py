"""What a message carries, before it is XML: frozen values in the words and codes that go out.

None is not known. A list that is not known is None, and an empty one says «none».
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from rules.case import Diagnosis, Patient

Event = Literal["admitted", "discharged", "ready_for_discharge"]
Profession = Literal["doctor", "nurse"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A title of ours and its lines."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one official heading: a code set and our name for the code, as in `messages.toml`."""

    code_set: str
    heading: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def text(self) -> str:
        """Return it as plain text, a line each."""
        parts = ("\n".join((each.title, *(f"- {line}" for line in each.lines))) for each in self.paragraphs)
        return "\n\n".join(parts)


@dataclass(frozen=True, slots=True)
class MedicineLine:
    """A medicine as it goes out; `name` is what stands for one that nobody named, `stopped` one that has ended."""

    name: str
    atc: str | None = None
    use: Literal["regular", "as_needed"] | None = None
    start: date | None = None
    stop: date | None = None
    dosing: str | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class StayEvent:
    """Something in the stay with its time; `at` None is not known, and `remark` then says why."""

    event: Event
    at: datetime | date | None
    estimate: bool = False
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """A control that is planned and not booked."""

    when: str
    what: str


@dataclass(frozen=True, slots=True)
class Approved:
    """Who made a message final, and when."""

    at: datetime
    name: str | None = field(default=None, repr=False)
    profession: Profession | None = None
    hpr: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Content:
    """All that a message carries; without `approved` it is a draft. `unknown` is the word for what is not known."""

    patient: Patient = field(repr=False)
    unknown: str
    ward: str | None = None
    living_alone: bool | None = None
    interpreter: str | None = None
    next_of_kin: str | None = field(default=None, repr=False)
    events: tuple[StayEvent, ...] = ()
    diagnoses: tuple[Diagnosis, ...] | None = None
    medicines: tuple[MedicineLine, ...] | None = None
    sections: tuple[Section, ...] = ()
    change_of_function: str | None = None
    controls: tuple[Control, ...] = ()
    content_type: tuple[str, str] | None = None
    approved: Approved | None = None


def withdrawn(content: Content) -> Content:
    """Return what a cancellation carries: whose message it was and of which stay, and nothing clinical."""
    return replace(
        content,
        living_alone=None,
        interpreter=None,
        next_of_kin=None,
        events=tuple(replace(each, remark=None) for each in content.events),
        diagnoses=None,
        medicines=None,
        sections=(),
        change_of_function=None,
        controls=(),
    )
