"""What was told of a patient before: in this stay, where it stands until it is changed, and last time, as an offer.

A form begins from the newest stored case. What was told about another stay may no longer be so: it is shown beside the
question, taken over with one press, and counts for nothing until then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from api.record.naming import named
from api.record.screenings import Stored, stored_as
from api.record.streams import Naming, Stream
from api.ward.form.questions import CFS, TREE, goes_along
from api.ward.form.reading import LISTS
from careplans.course.events import By, Screened
from careplans.course.renewing import plan_before
from careplans.course.state import PlanState, Screening
from forms.model import read_case
from rules.case import Answer, Case, Source
from rules.times import oslo_day

BY_SYSTEM = "system"
JUDGED = frozenset({CFS, *TREE})
"""What a second rater judges without seeing what the first said."""


@dataclass(frozen=True, slots=True)
class Told:
    """An earlier case: what it says, who brought it, and when."""

    case: Case
    content: Mapping[str, Any] = field(repr=False)
    stored: Stored
    by: By
    here: bool

    @property
    def at(self) -> datetime:
        """Return when it was stored."""
        return self.stored.at

    @property
    def by_person(self) -> bool:
        """Return whether a person wrote it, and not the hospital's record."""
        return self.by.role != BY_SYSTEM

    def says(self, item: str) -> bool:
        """Return whether the case answers an item, or has a list of it."""
        return item in self.case.answers or (item in LISTS and self.content.get(item) is not None)

    def source(self, item: str) -> Source | None:
        """Return where an answer was read from, if the case says so."""
        return self.case.sources.get(item)


@dataclass(frozen=True, slots=True)
class Known:
    """Who the patient is, and what was told before: `here` in this stay, newest first, and `before` in an earlier.

    It is scored `again` where a plan is evaluated: what was told before, `since_plan` was made, stands until someone
    changes it, but for what is of today.
    """

    naming: Naming
    here: tuple[Told, ...] = ()
    before: Told | None = None
    hidden: frozenset[str] = frozenset()
    again: bool = False
    since_plan: tuple[Told, ...] = ()

    @property
    def newest(self) -> Told | None:
        """Return the newest of all."""
        return self.here[0] if self.here else self.before

    @property
    def base(self) -> str:
        """Return the assessment that the form begins from; empty where there is none."""
        return self.newest.stored.assessment if self.newest else ""

    @property
    def own(self) -> Told | None:
        """Return the screening that a person made in this stay, which is corrected; what the record sent is not."""
        return self.here[0] if self.here and self.here[0].by_person else None

    @property
    def rated(self) -> bool:
        """Return whether a clinician has set the CFS in this stay."""
        return any(each.says(CFS) for each in self.here)

    def told(self, item: str) -> Told | None:
        """Return who answered in this stay."""
        seen = () if item in self.hidden else self.here
        return next((each for each in seen if each.says(item)), None)

    def answer(self, item: str) -> Answer | None:
        """Return what stands in this stay."""
        told = self.told(item)
        return told.case.answers.get(item) if told else None

    def carried(self, item: str) -> Told | None:
        """Return who answered what goes along to an evaluation, where nobody has answered since."""
        if item in self.hidden or self.own or self.told(item) or not goes_along(item):
            return None
        return next((each for each in self.since_plan if each.says(item)), None)

    def stands(self, item: str) -> Told | None:
        """Return who said what stands in the form from the beginning."""
        return self.told(item) or self.carried(item)

    def scored_before(self) -> Told | None:
        """Return who set the CFS that the plan was made from, or the newest one since."""
        return next((each for each in self.since_plan if each.says(CFS)), None)

    def offered(self, item: str) -> Answer | None:
        """Return what was answered last time, where nobody has answered in this stay."""
        if self.before is None or item in self.hidden or self.told(item):
            return None
        return self.before.case.answers.get(item)

    def for_second(self) -> Known:
        """Return what a second rater may see: nothing of what the first judged."""
        return self.without(JUDGED)

    def without(self, items: Iterable[str]) -> Known:
        """Return what is known, with some items hidden."""
        return replace(self, hidden=self.hidden | frozenset(items))


def known_of(connection: Connection, stream: Stream, *, now: datetime) -> Known:
    """Return what is known of a patient whom the user may see."""
    here: list[Told] = []
    for screening in reversed(stream.course.screenings):
        told = _told(connection, stream, screening, now=now)
        if told and not told.here:
            return Known(named(connection, stream.person), tuple(here), told)
        here += [told] if told else []
    return Known(named(connection, stream.person), tuple(here))


def since_plan(connection: Connection, stream: Stream, plan: PlanState, *, now: datetime) -> tuple[Told, ...]:
    """Return what was told before today, newest first, back to what the plan and those it renews began with."""
    every = stream.course.screenings
    while before := plan_before(stream.course, plan):
        plan = before
    start = next((n for n, each in enumerate(every) if plan.assessment in (each.assessment, *each.versions)), 0)
    told = (_told(connection, stream, each, now=now) for each in reversed(every[start:]) if not each.second)
    return tuple(each for each in told if each and not each.here)


def _told(connection: Connection, stream: Stream, screening: Screening, *, now: datetime) -> Told | None:
    stored = stored_as(connection, screening.assessment)
    if stored is None:
        return None
    content = json.loads(stored.inputs)
    who = next(each.by for each in reversed(stream.recorded) if _is_of(each.event, screening))
    return Told(read_case(content), content, stored, who, _here(stream, screening, stored, now=now))


def _is_of(event: object, screening: Screening) -> bool:
    return isinstance(event, Screened) and event.assessment == screening.assessment


def _here(stream: Stream, screening: Screening, stored: Stored, *, now: datetime) -> bool:
    """Return whether a screening is of the present stay, or where there is none, of today."""
    course = stream.course
    if course.in_hospital and course.stay:
        return screening.stay == course.stay.id
    return screening.stay is None and oslo_day(stored.at) == oslo_day(now)
