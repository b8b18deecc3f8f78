"""What a plan is made of: frozen values that hold ids, dates and the patient's own words, but no wording of ours.

The words live in `texts/`, so one plan prints in every language and for every reader with the same action ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from rules.assessment import Finding, RuleError, RuleSetInForce, ScoreResult, TeamListEntry, Track
from rules.burden import Burden
from rules.case import Note, Patient, Rater

SAFETY = "safety"
CLINICIAN = "clinician"
PATHWAY = "home_pathway"

Anchor = Literal["admission", "discharge", "index", "event"]
DischargeStatus = Literal["set", "expected", "unknown"]
WhatMattersState = Literal["said", "declined", "unable", "unknown"]
Destination = Literal["home", "institution"]
CfsBasis = Literal["clinician", "proposed", "tree", "unknown"]
CallTier = Literal["now", "same_day"]


@dataclass(frozen=True, slots=True)
class Due:
    """When: `on` is the day and `at` the time where they are known; else anchor, days and hours say it in words."""

    anchor: Anchor
    days: int = 0
    hours: int = 0
    before: bool = False
    event: str | None = None
    on: date | None = None
    at: datetime | None = None
    expected: bool = False
    moved_from: date | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What an action or step adds to one part of the burden of treatment, in [low, high]; `high` None is open upwards.

    `of` is a part of `Burden`, `kind` the kind of appointment.
    """

    of: str
    low: float
    high: float | None
    source: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do; `why` is rule ids, `home_pathway` or `clinician`, and `about` the item a question asks for.

    `advice` is what it tells the patient, in codes of `conflicts.toml`; `medicine` is the ATC code or name it is about.
    """

    id: str
    block: str
    module: str
    owner: str
    due: Due
    why: tuple[str, ...]
    goal: str
    status: Literal["planned"] = "planned"
    about: str | None = None
    adds: tuple[Added, ...] = ()
    advice: tuple[str, ...] = ()
    medicine: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the plan, in the order a municipality works; it may be empty."""

    id: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the home pathway or a clock beside it, with the checklist it brings.

    `name` is its text: the step's id, or what it is called where the patient goes.
    """

    id: str
    kind: Literal["clock", "visit"]
    owners: tuple[str, ...]
    due: Due
    checklist: tuple[str, ...] = ()
    adds: tuple[Added, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class WhatMatters:
    """The answer to «Hva er viktig for deg?»; `words` are the patient's own, and only where something was said."""

    state: WhatMattersState
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of worsening and how fast to call; `first` is what is done before that."""

    id: str
    tier: CallTier
    first: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call; `phone` None is a blank line to write on, and `local` is a number that the overlay gives.

    `hours` is when someone answers: always, daytime or out_of_hours.
    """

    role: str
    phone: str | None = None
    name: str | None = None
    local: bool = False
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """Who wrote something, in which role, and when."""

    role: str
    at: datetime
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Contingency:
    """Beredskapsplan: signs, what to do, whom to call, and the level of treatment (`limits` None is not settled).

    `limits_by` wrote it, `limits_signed` is the doctor who has signed it. `focus` is usual or palliative_focus, where
    the list is called in its order before the patient is moved.
    """

    signs: tuple[Sign, ...]
    what_to_do: tuple[str, ...]
    contacts: tuple[Contact, ...]
    limits: str | None = None
    readmission: str | None = None
    focus: str = "usual"
    limits_by: Written | None = None
    limits_signed: Written | None = None


@dataclass(frozen=True, slots=True)
class ConversationGuide:
    """Points for a conversation that comes before anything starts; `held` are the tracks that wait for it."""

    points: tuple[str, ...]
    held: tuple[str, ...]
    owner: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An item nobody has answered, whose answer could settle `rules`; `owner` asks."""

    item: str
    rules: tuple[str, ...]
    owner: str


@dataclass(frozen=True, slots=True)
class MedicineChange:
    """A medicine started or stopped during the stay; why is not among the facts and stays to be written."""

    name: str
    on: date
    why: str | None = None


@dataclass(frozen=True, slots=True)
class MedicineChanges:
    """What changed on the medicine list, where the dates say so; nothing here never means that nothing changed."""

    started: tuple[MedicineChange, ...] = ()
    stopped: tuple[MedicineChange, ...] = ()


@dataclass(frozen=True, slots=True)
class CfsJudgement:
    """Whose the CFS is: a clinician's, one read elsewhere and not confirmed, or the tree's proposal.

    `valid` is whether CFS is meant for this patient.
    """

    basis: CfsBasis = "unknown"
    rater: Rater | None = None
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Function:
    """Function in the ward's own words; None is not said by anyone."""

    before: str | None = None
    now: str | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class PlanBurden:
    """The burden of treatment before the plan, what the plan adds, and after."""

    before: Burden = field(default_factory=Burden)
    added: Burden = field(default_factory=Burden)
    after: Burden = field(default_factory=Burden)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Parts of a plan that do not go together, for a person to settle: ids of its actions and steps, and the facts."""

    kind: str
    actions: tuple[str, ...]
    detail: Mapping[str, object] = field(default_factory=dict)
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Corrected:
    """Answers that a plan rests on and that were corrected after it began: when, and which items.

    `cfs` is the clinician's CFS as it was and as it is, where that was corrected; None is not said.
    """

    at: datetime
    items: tuple[str, ...]
    cfs: tuple[int | None, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Banner:
    """Who the plan is about and where it was made, for the top of every page."""

    patient: Patient
    ward: str | None = None
    room: str | None = None
    admitted: datetime | None = None
    next_of_kin: str | None = None
    interpreter: str | None = None
    encounter: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Accepted suggestions as actions with owners and dates, and all that a reader needs to trust them."""

    index_date: date
    ruleset: RuleSetInForce
    banner: Banner
    what_matters: WhatMatters
    scores: Mapping[str, ScoreResult]
    tracks: tuple[Track, ...]
    pathway: str | None
    accepted: tuple[Finding, ...]
    not_accepted: tuple[Finding, ...]
    blocks: tuple[Block, ...]
    timeline: tuple[Step, ...]
    contingency: Contingency
    discharge: date | None
    discharge_status: DischargeStatus
    destination: Destination = "home"
    cfs_judgement: CfsJudgement = CfsJudgement()
    conversation: ConversationGuide | None = None
    open_questions: tuple[OpenQuestion, ...] = ()
    ask_next: str | None = None
    team_list: TeamListEntry | None = None
    coordination_group: int | None = None
    modules: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    function: Function = Function()
    medicines: MedicineChanges = MedicineChanges()
    burden: PlanBurden = field(default_factory=PlanBurden)
    conflicts: tuple[Conflict, ...] = ()
    corrected: Corrected | None = None
    notes: tuple[Note, ...] = field(default_factory=tuple)
    errors: tuple[RuleError, ...] = ()

    @property
    def actions(self) -> tuple[Action, ...]:
        """Every action, in the order of the blocks."""
        return tuple(action for block in self.blocks for action in block.actions)
