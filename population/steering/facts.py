"""What a stay is to a figure. None is not known, and is counted as lacking; it never means no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from rules.times import oslo_day

Arrival = Literal["acute", "elective"]
Sex = Literal["female", "male"]
ClockEnd = Literal["kept", "late", "not_done", "open"]
"""How a clock ended; `open` is one that nobody has marked. A clock that was not owed is not there at all."""

FREE_TEXT = "other"
"""Stands for a reason that somebody wrote in their own words: those may be about the patient, and are never counted."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a clinician said to a rule's suggestion last; `reason` is our own code, or `other`."""

    rule: str
    verdict: Literal["accepted", "overridden"]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """The CFS that the facts leave, from lowest to highest."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class TwoRaters:
    """The CFS that two people gave the same patient, neither having seen the other's."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class StayFacts:
    """A hospital stay as the figures see it; `stay` and `person` are opaque.

    `admitted` is None where the stay was only assumed. `ward` is the first screening's, else the one admitted to.
    `eligible` is whether the stay was to be screened; `screened` is when a person who judged did it. `tracks` and
    `pathway` are those that stood at discharge. `clocks` holds how each step that was owed ended.
    `days_after_ready` is 0 where nobody waited, also where the municipality owes nothing, and None where nobody said
    when the patient was ready. `readmitted` is within 30 days of discharge, None while nobody can know. `died` is the
    day, where the patient died in this stay.
    """

    stay: str
    person: str
    hospital: str
    admitted: datetime | None = None
    ward: str | None = None
    municipality: str | None = None
    arrival: Arrival | None = None
    age: int | None = None
    sex: Sex | None = None
    eligible: bool | None = None
    screened: datetime | None = None
    cfs: Interval | None = None
    tracks: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    pathway: Literal["A", "B", "C"] | None = None
    raters: TwoRaters | None = None
    clocks: Mapping[str, ClockEnd] = field(default_factory=dict)
    noticed: datetime | None = None
    epikrise: datetime | None = None
    ready: datetime | None = None
    discharged: datetime | None = None
    days_after_ready: int | None = None
    readmitted: bool | None = None
    died: date | None = None

    @property
    def left(self) -> date | None:
        """Return the day on which the stay ended, by discharge or by death."""
        return oslo_day(self.discharged) if self.discharged else self.died
