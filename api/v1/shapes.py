"""What the API answers, as models: the course's own values, and what is due now beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from api.record.courses import Seen
from api.record.found import CfsIs, TrackIs
from api.record.projection import status_of
from careplans.course.due import standing
from careplans.course.events import ChoiceRecorded, Decided
from careplans.course.leaving import not_done
from careplans.course.state import Course, NextStep, PlanState, Screening, Standing, Stay, StepClock

Status = Literal["died", "running", "paused", "unscreened", "screened", "discharged", "left_undecided", "closed"]


class Who(BaseModel):
    """Who the patient is."""

    name: str | None
    born: date | None
    sex: Literal["female", "male", "unknown"] | None


class Clock(BaseModel):
    """A step with its date, and how it stands now."""

    course: str
    step: str
    owner: str
    due: datetime | None
    state: Literal["open", "done", "not_done", "paused"]
    done: datetime | None
    standing: Standing
    waits: str | None = Field(description="Why the clock waits, as it was given.")

    @classmethod
    def of(cls, clock: StepClock, course: Course, now: datetime) -> Clock:
        """Return a clock as it stands."""
        return cls(
            course=clock.course,
            step=clock.step,
            owner=clock.owner,
            due=clock.due,
            state=clock.state,
            done=clock.done,
            standing=standing(clock, now),
            waits=course.waits.get((clock.course, clock.step)),
        )


class CourseShown(BaseModel):
    """A patient's course as it stands now."""

    id: str
    version: int = Field(description="How many events the record has; the ETag is made of it.")
    status: Status
    who: Who
    municipality: str | None = Field(description="Not shown where the address is protected.")
    practice: str | None
    died: date | None
    blocked: bool
    protected: bool
    stay: Stay | None = Field(description="The newest stay.")
    stays: list[Stay]
    received: datetime | None = Field(description="When the municipality said that it has received the patient.")
    screening: Screening | None = Field(description="The newest screening.")
    screenings: list[Screening]
    plans: list[PlanState]
    clocks: list[Clock]
    next_step: NextStep | None
    not_done: list[str] = Field(
        description="What is done before a patient leaves hospital, and is not: to be shown before a discharge is told."
    )
    decisions: list[Decided]
    choices: list[ChoiceRecorded]

    @classmethod
    def of(cls, seen: Seen, now: datetime) -> CourseShown:
        """Return what was read, as it is shown."""
        course = seen.stream.course
        stays = [replace(each, room=None) if course.protected else each for each in course.stays]
        return cls(
            id=seen.stream.person,
            version=seen.stream.version,
            status=status_of(course),
            who=Who(name=course.who.name, born=course.who.born, sex=course.who.sex),
            municipality=None if course.protected else course.municipality,
            practice=None if course.protected else course.practice,
            died=course.died,
            blocked=course.blocked,
            protected=course.protected,
            stay=stays[-1] if stays else None,
            stays=stays,
            received=course.received,
            screening=course.screening,
            screenings=list(course.screenings),
            plans=list(course.plans),
            clocks=[Clock.of(clock, course, now) for clock in seen.clocks],
            next_step=seen.next_step,
            not_done=[] if course.died else list(not_done(seen.clocks, seen.next_step)),
            decisions=list(course.decisions),
            choices=list(course.choices),
        )


class Recorded(BaseModel):
    """A record after a change by someone who is not shown what is in it; `event` is what takes the change back."""

    id: str
    version: int
    event: str


class ByWhom(BaseModel):
    """Who wrote an event down."""

    role: str
    name: str | None


class EventShown(BaseModel):
    """An event as it was written down."""

    id: str
    kind: str
    body: dict[str, Any]
    at: datetime
    by: ByWhom
    stands: bool = Field(description="Whether it still holds; one that was undone does not.")


class EventPage(BaseModel):
    """Events, the oldest first."""

    events: list[EventShown]
    next_cursor: str | None


class FoundPatient(BaseModel):
    """A patient that was found by number."""

    patient: str
    version: int


class OpenedPatient(BaseModel):
    """A record that stays open for the caller for a while."""

    patient: str
    until: datetime


class VersionShown(BaseModel):
    """A version of a screening."""

    version: int
    assessment: str
    at: datetime


class VersionPage(BaseModel):
    """Every version of a screening, the oldest first."""

    versions: list[VersionShown]


class LogLine(BaseModel):
    """That someone saw or changed the record."""

    at: datetime
    action: str
    role: str
    unit: str | None
    by: str
    name: str | None
    reason: str | None


class LogPage(BaseModel):
    """The access log of one patient, the oldest first."""

    lines: list[LogLine]
    next_cursor: str | None


class RetractionShown(BaseModel):
    """That something was recorded on the wrong patient, or an admission undone; never what."""

    event: str
    patient: str
    of: Literal["screening", "stay", "admission"]
    at: datetime
    by: str
    role: str
    name: str | None


class RetractionPage(BaseModel):
    """Retractions that stand, the newest first."""

    retractions: list[RetractionShown]
    next_cursor: str | None


class DraftSaved(BaseModel):
    """A draft as it was saved."""

    form: str
    version: int
    at: datetime


class ListRow(BaseModel):
    """A patient on a list."""

    patient: str
    name: str | None
    born: date | None
    hospital: str | None
    ward: str | None
    room: str | None
    municipality: str | None = Field(description="Not shown where the address is protected.")
    protected: bool
    status: Status
    track: str | None
    track_is: TrackIs | None = Field(description="How settled it is; `unchosen`: two, and no choice is recorded.")
    other_track: str | None = Field(description="What newer answers speak for beside a plan, or a second suggestion.")
    pathway: str | None
    cfs_low: int | None
    cfs_high: int | None
    cfs_is: CfsIs | None = Field(description="Whose the CFS is; `not_valid`: it does not apply to this person.")
    next_step: NextStep | None
    admitted: datetime | None
    expected: date | None
    ready: datetime | None
    discharged: datetime | None
    late: bool
    reason: str | None = Field(description="Why the patient is on the list, or stands where it does, as a code.")
    clocks: list[ListedClock]


class ListedClock(BaseModel):
    """A clock of a patient on a list."""

    course: str
    step: str
    owner: str
    due: datetime | None
    state: Literal["open", "done", "not_done", "paused"]
    done: datetime | None
    standing: Standing


class ListPage(BaseModel):
    """A page of a list."""

    rows: list[ListRow]
    order: str = Field(description="What the list is sorted by, as a code.")
    next_cursor: str | None
    total: int | None = Field(description="How many there are in all, where `count` asked for it.")


class ProblemShown(BaseModel):
    """Why the answer is another than was asked for (RFC 9457); it never repeats what was sent."""

    type: str = Field(description="`/problems/` and the code.")
    title: str = Field(description="What is wrong and how to mend it, in the caller's language.")
    status: int
    code: str = Field(description="What is wrong, for a program.")
    where: str | None = Field(None, description="The place in the body, or the header or parameter.")
    detail: str | None = Field(None, description="What to do about it.")
    version: int | None = Field(None, description="The version there is now, where someone else was first.")
    current: str | None = Field(None, description="Where to read that version.")


ListRow.model_rebuild()
