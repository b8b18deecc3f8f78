"""What is true of a patient after the events: stays, plans, marks on steps, and what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Literal

from careplans.course.events import ChoiceRecorded, Decided, Described, Ending, Place, StepDone, StepNotDone
from careplans.parts import Written
from rules.knowledge import THRESHOLDS
from rules.limits import SCREENED_FROM_AGE
from rules.times import oslo, oslo_day

PlanStatus = Literal["running", "paused", "closed"]
Why = Literal["readmitted", "superseded", "by_hand", "died"]
ClockState = Literal["open", "done", "not_done", "paused"]
Standing = Literal["waiting", "due_soon", "late", "done", "done_late", "not_done", "paused"]
EPIKRISE = "epikrise"
RECEIPT = "receipt"
"""What a municipality marks on a stay: that it has received the patient. It has no deadline, and no other owner."""

NOTICE = "municipal_notice"
TELLS_THE_MUNICIPALITY = frozenset({NOTICE, "HPH0", "HPH1"})


@dataclass(frozen=True, slots=True)
class Rest:
    """Time that a plan or clock waited, which is counted against nobody."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """A hospital stay as it stands now; `expected_at` is when someone first said on which day it is to end.

    `told_twice` is one whose end nobody told before another began in the same hospital that day: one admission, written
    down twice, as in two records that are merged.
    """

    id: str
    admitted: datetime
    hospital: str
    ward: str | None = None
    expected: date | None = None
    ready: datetime | None = None
    discharged: datetime | None = None
    went_to: Place | None = None
    assumed: bool = False
    room: str | None = None
    expected_at: datetime | None = None
    told_twice: bool = False


@dataclass(frozen=True, slots=True)
class Screening:
    """A screening and its newest assessment; `stay` is where it was made, `versions` the older assessments."""

    id: str
    assessment: str
    stay: str | None = None
    at: datetime | None = None
    versions: tuple[str, ...] = ()
    second: bool = False
    unjudged: bool = False

    @property
    def every(self) -> tuple[str, ...]:
        """Return every assessment of it, the oldest first."""
        return (*self.versions, self.assessment)


def _screened_from() -> int:
    return int(THRESHOLDS[SCREENED_FROM_AGE.name].value)


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def routing(screenings: Sequence[Screening]) -> Screening | None:
    """Return the newest screening by a first rater who judged, else one that nobody judged, else a second rater's."""
    newest = tuple(reversed(screenings))
    of_people = (each for each in newest if not each.second and not each.unjudged)
    open_still = (each for each in newest if each.unjudged and not each.second)
    return next(chain(of_people, open_still, newest), None)


@dataclass(frozen=True, slots=True)
class PlanState:
    """A plan and whether it runs; `why` is why it does not, and `marks` the id that its steps are marked under.

    `since` is when it stopped running, `rests` the times it has waited before; `ending` is how someone closed it,
    and `closed` when. `before` are the stays it followed until it was resumed after a newer one, which is `stay` now.
    `at_home` is one that began at home from a score made there, `resumed_home` one resumed when that stay was over.
    """

    id: str
    assessment: str
    started: date
    stay: str | None = None
    rules: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    renews: str | None = None
    status: PlanStatus = "running"
    why: Why | None = None
    ending: Ending | None = None
    since: datetime | None = None
    rests: tuple[Rest, ...] = ()
    closed: datetime | None = None
    before: tuple[str, ...] = ()
    at_home: bool = False
    resumed_home: bool = False

    def closed_before(self, moment: datetime) -> bool:
        """Return whether someone closed it before that."""
        return self.closed is not None and oslo(self.closed) < oslo(moment)

    @property
    def marks(self) -> str:
        """Return the id its steps are marked under: the stay's, so that what was done before the plan still counts."""
        return self.id if self.from_its_start or self.stay is None else self.stay

    @property
    def from_its_start(self) -> bool:
        """Return whether it is counted from its own start: it began at home, and nobody was in hospital since."""
        return (self.renews is not None or self.at_home) and not self.before

    def followed(self, stay: str) -> bool:
        """Return whether it follows a stay, or did until a newer one."""
        return stay == self.stay or stay in self.before


@dataclass(frozen=True, slots=True)
class Course:
    """The whole of it, from the events that stand.

    What concerns a step has the key (`PlanState.marks` or the stay's id, step): `waits` is why its clock waits now,
    `since` from when, and `rests` the times it has waited before. `signed` is who signed each assessment.
    """

    stays: tuple[Stay, ...] = ()
    screenings: tuple[Screening, ...] = ()
    plans: tuple[PlanState, ...] = ()
    decisions: tuple[Decided, ...] = ()
    choices: tuple[ChoiceRecorded, ...] = ()
    marks: Mapping[tuple[str, str], StepDone | StepNotDone] = field(default_factory=dict)
    waits: Mapping[tuple[str, str], str] = field(default_factory=dict)
    since: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    rests: Mapping[tuple[str, str], tuple[Rest, ...]] = field(default_factory=dict)
    owners: Mapping[tuple[str, str], str] = field(default_factory=dict)
    who: Described = field(default_factory=Described)
    municipality: str | None = None
    practice: str | None = None
    died: date | None = None
    blocked: bool = False
    protected: bool = False
    signed: Mapping[str, Written] = field(default_factory=dict)

    @property
    def stay(self) -> Stay | None:
        """Return the newest stay, open or ended."""
        return self.stays[-1] if self.stays else None

    @property
    def in_hospital(self) -> bool:
        """Return whether the patient is alive and the newest stay has not ended."""
        return self.died is None and self.stay is not None and self.stay.discharged is None

    @property
    def is_home(self) -> bool:
        """Return whether the patient is alive and the newest stay has ended."""
        return self.died is None and self.stay is not None and self.stay.discharged is not None

    @property
    def running(self) -> PlanState | None:
        """Return the one plan that runs."""
        return next((plan for plan in reversed(self.plans) if plan.status == "running"), None)

    @property
    def waiting(self) -> PlanState | None:
        """Return the plan that runs, else the newest that is paused."""
        return self.running or next((plan for plan in reversed(self.plans) if plan.status == "paused"), None)

    @property
    def screening(self) -> Screening | None:
        """Return the newest screening that routes."""
        return routing(self.screenings)

    @property
    def shared(self) -> bool:
        """Return whether the municipality has been told, or has a plan to follow at home: else it sees nothing."""
        told = any(isinstance(mark, StepDone) and key[1] in TELLS_THE_MUNICIPALITY for key, mark in self.marks.items())
        return told or any(self._came_home(plan) for plan in self.plans)

    def _came_home(self, plan: PlanState) -> bool:
        return plan.stay is None or any(stay.discharged and plan.followed(stay.id) for stay in self.stays)

    @property
    def notified(self) -> datetime | None:
        """Return when the municipality was told of the newest stay's patient, the last time."""
        marks = (self.marks.get((self.stay.id, step)) for step in TELLS_THE_MUNICIPALITY) if self.stay else ()
        return max((oslo(mark.at) for mark in marks if isinstance(mark, StepDone)), default=None)

    @property
    def received(self) -> datetime | None:
        """Return when the municipality said it has received the newest stay's patient; a later notice asks anew."""
        if self.stay is None:
            return None
        mark, notice = (self.marks.get((self.stay.id, step)) for step in (RECEIPT, NOTICE))
        anew = isinstance(mark, StepDone) and isinstance(notice, StepDone) and oslo(notice.at) > oslo(mark.at)
        return mark.at if isinstance(mark, StepDone) and not anew else None

    @property
    def empty(self) -> bool:
        """Return whether nothing stands: such a record is seen by nobody."""
        return not (self.stays or self.screenings or self.plans)

    @property
    def owed(self) -> tuple[Stay, ...]:
        """Return the stays that ended without an epikrise that is sent or given up, and that no plan has as a step.

        Of an admission that was told twice, the last one told owes it: the patient never went home from the first.
        A plan that was closed in hospital owes nothing after it; with one closed at home its clocks were let go.
        """
        return tuple(stay for stay in self.stays if stay.discharged is not None and self._owes(stay, stay.discharged))

    def _owes(self, stay: Stay, left: datetime) -> bool:
        if stay.told_twice or (stay.id, EPIKRISE) in self.marks or not self.concerns(stay):
            return False
        followed = (plan for plan in self.plans if plan.followed(stay.id))
        let_go = any(plan.status == "closed" and not plan.closed_before(left) for plan in followed)
        return not let_go and (self.waiting is None or self.waiting.marks != stay.id)

    def concerns(self, stay: Stay) -> bool:
        """Return whether a stay is ours to follow: someone was screened in it, or is of the age that is."""
        screened = any(each.stay == stay.id and not each.unjudged for each in self.screenings)
        return screened or self.who.born is None or _years(self.who.born, oslo_day(stay.admitted)) >= _screened_from()

    @property
    def owes_epikrise(self) -> bool:
        """Return whether a stay ended and its epikrise is still owed, outside any plan."""
        return bool(self.owed)

    @property
    def in_pathway(self) -> bool:
        """Return whether somebody owes this patient a next step."""
        waiting = any(plan.status != "closed" for plan in self.plans)
        return self.died is None and not self.empty and (self.in_hospital or waiting or self.owes_epikrise)


@dataclass(frozen=True, slots=True)
class StepClock:
    """A step with its date: `due` is the last moment in time, None where the day is not yet known.

    `expected` is a day counted from a discharge that has not taken place: nobody can be late for it yet.
    """

    course: str
    step: str
    owner: str
    due: datetime | None
    state: ClockState = "open"
    done: datetime | None = None
    expected: bool = False


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next and who has it; `what` is a step's id or a task's, `about` the item or plan it concerns."""

    what: str
    owner: str
    due: datetime | None = None
    about: str | None = None
