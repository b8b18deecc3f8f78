"""What can happen to a patient, one frozen value a kind; times are when it took place, not when it was written down.

There is one way back for all of them: `Undone` names an event, and the course is told again as if it had not been.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

Place = Literal["home", "adapted_housing", "short_term_care", "care_home"]
Sex = Literal["female", "male", "unknown"]
Urgency = Literal["acute", "elective"]
Verdict = Literal["accepted", "overridden"]
Participant = Literal["patient", "next_of_kin", "treating_doctor", "nurse", "geriatric_team", "gp", "interpreter"]
Ending = Literal["completed", "declined", "moved", "other"]
NotDone = Literal["declined", "not_at_home", "admitted", "no_capacity", "not_needed", "other"]


@dataclass(frozen=True, slots=True)
class Described:
    """Who the patient is, as the sender says it; None is not said and changes nothing."""

    name: str | None = None
    born: date | None = None
    sex: Sex | None = None
    kind: Literal["described"] = "described"


@dataclass(frozen=True, slots=True)
class Admitted:
    """A stay begins; a running plan pauses, and its steps wait for a new screening.

    `assumed` is where nobody has said when: `at` is then the moment we first heard of the patient.
    """

    stay: str
    at: datetime
    hospital: str
    ward: str | None = None
    expected: date | None = None
    municipality: str | None = None
    room: str | None = None
    assumed: bool = False
    urgency: Urgency | None = None
    kind: Literal["admitted"] = "admitted"


@dataclass(frozen=True, slots=True)
class Transferred:
    """The patient is moved: to another room, another ward, or a ward of another hospital."""

    stay: str
    hospital: str
    ward: str | None = None
    room: str | None = None
    kind: Literal["transferred"] = "transferred"


@dataclass(frozen=True, slots=True)
class DischargeExpected:
    """The expected day of discharge is set or moved; `on` None cancels it."""

    stay: str
    on: date | None = None
    kind: Literal["discharge_expected"] = "discharge_expected"


@dataclass(frozen=True, slots=True)
class ReadyForDischarge:
    """The patient is reported ready; `at` None withdraws the report."""

    stay: str
    at: datetime | None = None
    kind: Literal["ready_for_discharge"] = "ready_for_discharge"


@dataclass(frozen=True, slots=True)
class Discharged:
    """The stay ends; `municipality` is the one that follows up, where it is not the patient's own."""

    stay: str
    at: datetime
    to: Place | None = None
    municipality: str | None = None
    kind: Literal["discharged"] = "discharged"


@dataclass(frozen=True, slots=True)
class Screened:
    """An assessment was stored; a later one of the same `screening` corrects it, and the older is kept.

    `second` is a second rater's, who did not see the first: it is for comparing, and routes nothing. `unjudged` is one
    in which no person has judged the CFS, neither as a level nor by answers that give the way: somebody is still to
    screen. So is what the hospital's record sent by itself, and a form that someone signed without.
    """

    screening: str
    assessment: str
    stay: str | None = None
    second: bool = False
    unjudged: bool = False
    kind: Literal["screened"] = "screened"


@dataclass(frozen=True, slots=True)
class Retracted:
    """A screening or a stay was recorded on the wrong patient: nobody sees it any more but the log."""

    of: Literal["screening", "stay"]
    id: str
    reason: str
    kind: Literal["retracted"] = "retracted"


@dataclass(frozen=True, slots=True)
class Decided:
    """A clinician accepted or overrode a suggestion; an override gives its reason."""

    assessment: str
    rule: str
    verdict: Verdict
    reason: str | None = None
    kind: Literal["decided"] = "decided"


@dataclass(frozen=True, slots=True)
class ChoiceRecorded:
    """The shared decision between two tracks: what was chosen, and who took part; without the patient, why."""

    assessment: str
    track: str
    participants: tuple[Participant, ...]
    note: str | None = None
    without_patient: str | None = None
    kind: Literal["choice_recorded"] = "choice_recorded"


@dataclass(frozen=True, slots=True)
class PlanStarted:
    """A plan begins from accepted suggestions; one that ran gives way, and `renews` names one it continues."""

    plan: str
    assessment: str
    on: date
    rules: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    renews: str | None = None
    kind: Literal["plan_started"] = "plan_started"


@dataclass(frozen=True, slots=True)
class PlanPaused:
    """The plan waits, for a reason that someone gave."""

    plan: str
    reason: str
    kind: Literal["plan_paused"] = "plan_paused"


@dataclass(frozen=True, slots=True)
class PlanResumed:
    """The plan goes on, also one that a readmission paused."""

    plan: str
    kind: Literal["plan_resumed"] = "plan_resumed"


@dataclass(frozen=True, slots=True)
class PlanClosed:
    """The plan ends; it is not deleted."""

    plan: str
    ending: Ending
    reason: str | None = None
    kind: Literal["plan_closed"] = "plan_closed"


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step, clock or action was done; it can always be marked, however late. `course` is the plan's or stay's id."""

    course: str
    step: str
    at: datetime
    checked: tuple[str, ...] = ()
    note: str | None = None
    kind: Literal["step_done"] = "step_done"


@dataclass(frozen=True, slots=True)
class StepNotDone:
    """A step will not be done, and why."""

    course: str
    step: str
    because: NotDone
    note: str | None = None
    kind: Literal["step_not_done"] = "step_not_done"


@dataclass(frozen=True, slots=True)
class ClockPaused:
    """A clock waits, for a reason that someone gave."""

    course: str
    step: str
    reason: str
    kind: Literal["clock_paused"] = "clock_paused"


@dataclass(frozen=True, slots=True)
class ClockResumed:
    """A clock goes on; the time it waited is not counted against anyone."""

    course: str
    step: str
    kind: Literal["clock_resumed"] = "clock_resumed"


@dataclass(frozen=True, slots=True)
class OwnerSet:
    """Someone else takes a step over."""

    course: str
    step: str
    owner: str
    kind: Literal["owner_set"] = "owner_set"


@dataclass(frozen=True, slots=True)
class Moved:
    """The patient belongs to another municipality."""

    municipality: str
    kind: Literal["moved"] = "moved"


@dataclass(frozen=True, slots=True)
class PracticeSet:
    """The GP's practice that follows the patient; None is not known."""

    practice: str | None
    kind: Literal["practice_set"] = "practice_set"


@dataclass(frozen=True, slots=True)
class Died:
    """Every clock, letter and list stops at once."""

    on: date
    kind: Literal["died"] = "died"


@dataclass(frozen=True, slots=True)
class RecordBlocked:
    """The patient has the record blocked (sperring), or lifts it."""

    blocked: bool
    kind: Literal["record_blocked"] = "record_blocked"


@dataclass(frozen=True, slots=True)
class AddressProtected:
    """The address is protected (adressesperre), or no longer."""

    protected: bool
    kind: Literal["address_protected"] = "address_protected"


@dataclass(frozen=True, slots=True)
class Merged:
    """Another record turned out to be the same person's; its events are told together with this one's."""

    other: str
    kind: Literal["merged"] = "merged"


@dataclass(frozen=True, slots=True)
class Undone:
    """The event with this id did not take place, or was a slip; undoing an undoing brings it back."""

    event: str
    reason: str
    kind: Literal["undone"] = "undone"


Event = (
    Described
    | Admitted
    | Transferred
    | DischargeExpected
    | ReadyForDischarge
    | Discharged
    | Screened
    | Retracted
    | Decided
    | ChoiceRecorded
    | PlanStarted
    | PlanPaused
    | PlanResumed
    | PlanClosed
    | StepDone
    | StepNotDone
    | ClockPaused
    | ClockResumed
    | OwnerSet
    | Moved
    | PracticeSet
    | Died
    | RecordBlocked
    | AddressProtected
    | Merged
    | Undone
)
KINDS: tuple[type[Event], ...] = get_args(Event)


@dataclass(frozen=True, slots=True)
class By:
    """Who did it, in which role and for which unit."""

    id: str
    role: str
    unit: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it was written down: its id, when, and by whom."""

    id: str
    event: Event
    at: datetime
    by: By
