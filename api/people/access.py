"""Who may do what: tables by action, by kind of event and by kind of message; visibility narrows all to one's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, get_args

from api.people.user import ROLES, Role, User, organisation
from careplans.course.events import By, Event, PlanStarted, Recorded, StepDone
from careplans.course.state import RECEIPT

Action = Literal[
    "me",
    "screen",
    "form",
    "read",
    "decide",
    "plan",
    "renew",
    "step",
    "life_event",
    "correct",
    "retract",
    "restore",
    "identify",
    "open",
    "drafts",
    "deliver",
    "message",
    "outbox",
    "team_list",
    "unscreened_list",
    "ready_list",
    "municipality_list",
    "practice_list",
    "board",
    "figures",
    "population",
    "devices",
    "access_log",
]
ACTIONS: tuple[Action, ...] = get_args(Action)
Roles = frozenset[Role]

EVERYONE: Roles = frozenset(ROLES)
READER: Roles = frozenset({"reader"})
ANALYST: Roles = frozenset({"analyst"})
ADMINISTRATOR: Roles = frozenset({"administrator"})
SYSTEM: Roles = frozenset({"system"})
GP: Roles = frozenset({"gp"})
MUNICIPALITY: Roles = frozenset({"coordinator", "municipal_nurse"})
DOCTORS: Roles = frozenset({"doctor", "geriatric_team"})
HOSPITAL: Roles = DOCTORS | {"nurse"}
AT_HOSPITAL: Roles = HOSPITAL | SYSTEM
CLINICIANS: Roles = HOSPITAL | MUNICIPALITY | GP

MAY: Mapping[Action, Roles] = {
    "me": EVERYONE,
    # One patient
    "screen": AT_HOSPITAL | MUNICIPALITY,  # who follows up scores again at the four-week evaluation
    "read": CLINICIANS | READER | SYSTEM,
    "decide": DOCTORS | GP,  # the GP of a patient at home: `decides_here`
    "plan": DOCTORS | GP,
    "renew": DOCTORS | MUNICIPALITY | GP,  # who evaluates a plan after four weeks closes or renews it
    "step": CLINICIANS,
    "life_event": CLINICIANS | SYSTEM | ADMINISTRATOR,  # which of them: `RECORDS`
    "form": HOSPITAL | MUNICIPALITY,  # the pages to screen on, which the hospital's record itself has no use for
    "correct": AT_HOSPITAL | MUNICIPALITY,
    "retract": DOCTORS,
    "restore": ADMINISTRATOR,  # the only one who can bring back what nobody sees any more
    "identify": CLINICIANS | SYSTEM | ADMINISTRATOR,  # an administrator finds a patient to hand out the access log
    "open": CLINICIANS,
    "drafts": CLINICIANS,
    "deliver": SYSTEM,  # handing over a message that came for the hospital
    "message": HOSPITAL | MUNICIPALITY,  # which kinds of message: `FINISHES`
    "outbox": SYSTEM,  # fetching what is finished, and telling that it was sent
    # Many patients
    "team_list": HOSPITAL | READER,
    "unscreened_list": HOSPITAL | READER,
    "ready_list": HOSPITAL | MUNICIPALITY | READER,
    "municipality_list": MUNICIPALITY | READER,
    "practice_list": GP | READER,
    "board": HOSPITAL | READER,
    # No patient
    "figures": ANALYST,
    "population": ANALYST | {"geriatric_team"},
    "devices": ADMINISTRATOR,
    "access_log": ADMINISTRATOR,
}

RECORDS: Mapping[str, Roles] = {
    # The stay
    "admitted": HOSPITAL | SYSTEM,
    "transferred": HOSPITAL | SYSTEM,
    "discharge_expected": HOSPITAL | SYSTEM,
    "ready_for_discharge": HOSPITAL | SYSTEM,
    "discharged": HOSPITAL | SYSTEM,
    # Screening, decisions, plan
    "screened": MAY["screen"],
    "retracted": MAY["retract"],
    "decided": MAY["decide"],
    "choice_recorded": MAY["decide"],
    "plan_started": MAY["plan"],
    "plan_paused": DOCTORS | MUNICIPALITY,
    "plan_resumed": DOCTORS | MUNICIPALITY,
    "plan_closed": DOCTORS | MUNICIPALITY,
    # Steps
    "step_done": MAY["step"],
    "step_not_done": MAY["step"],
    "clock_paused": HOSPITAL | MUNICIPALITY,
    "clock_resumed": HOSPITAL | MUNICIPALITY,
    "owner_set": HOSPITAL | MUNICIPALITY,
    # The person
    "described": HOSPITAL | SYSTEM,
    "moved": CLINICIANS | SYSTEM,
    "practice_set": CLINICIANS | SYSTEM,
    "died": DOCTORS | MUNICIPALITY | GP | SYSTEM,
    "record_blocked": DOCTORS | SYSTEM | ADMINISTRATOR,
    "address_protected": CLINICIANS | SYSTEM | ADMINISTRATOR,
    "merged": SYSTEM | ADMINISTRATOR,
    # The way back: `may_undo` asks by what is undone and whose it is, and whoever wrote it may for a day
    "undone": CLINICIANS | SYSTEM | ADMINISTRATOR,
}
UNDOES: Mapping[str, Roles] = {
    "retracted": MAY["restore"],
    "screened": DOCTORS | MUNICIPALITY,  # decisions and the plan fall away with it; theirs is one made at home
    # A wrong ward or hospital takes the patient from everyone who could put it right there.
    "admitted": RECORDS["admitted"] | ADMINISTRATOR,
    "transferred": RECORDS["transferred"] | ADMINISTRATOR,
}
"""Where others may take an event back than those who may record it."""

OF_THE_RECORD: Roles = DOCTORS | SYSTEM | ADMINISTRATOR
"""Who takes back what the hospital's record itself has sent: a nurse asks a doctor."""

SIDES: tuple[Roles, ...] = (AT_HOSPITAL | ADMINISTRATOR, MUNICIPALITY, GP)

FINISHES: Mapping[str, Roles] = {
    # National messages, by kind: who makes one final, corrects it and withdraws it
    "helseopplysninger": HOSPITAL,
    "utskrivningsrapport": HOSPITAL,
    "epikrise": DOCTORS,
    "helseopplysninger_til_lege": MUNICIPALITY,
}

OWN_FOR = timedelta(hours=24)
"""How long whoever wrote an event may take it back, whatever the role and whoever has the patient by then."""


def may(role: Role, action: Action) -> bool:
    """Return whether a role may do this at all; whose patient it is, is asked elsewhere."""
    return role in MAY[action]


def may_record(role: Role, kind: str) -> bool:
    """Return whether a role may record an event of this kind."""
    return role in RECORDS[kind]


def may_write(role: Role, event: Event) -> bool:
    """Return whether a role may record this event; renewing a plan and taking receipt are things of their own."""
    if isinstance(event, PlanStarted) and event.renews:
        return may(role, "renew")
    if isinstance(event, StepDone) and event.step == RECEIPT:
        return role in MUNICIPALITY
    return may_record(role, event.kind)


def may_finish(role: Role, kind: str) -> bool:
    """Return whether a role may make a message of this kind final."""
    return role in FINISHES.get(kind, frozenset())


DECISIONS = frozenset({"decided", "choice_recorded", "plan_started"})


def decides_here(role: Role, *, in_hospital: bool) -> bool:
    """Return whether a role that may decide may do so where the patient is: a GP decides on nobody in hospital."""
    return not (in_hospital and role in GP)


def may_undo(user: User, recorded: Recorded) -> bool:
    """Return whether the user may take back this event of a colleague's: work is undone where it was done."""
    event, role = recorded.event, user.role
    if not (may_record(role, "undone") and same_house(user, recorded.by)):
        return False
    if recorded.by.role in SYSTEM and role not in OF_THE_RECORD:
        return False
    others = UNDOES.get(event.kind)
    return role in others if others else may_write(role, event)


def same_house(user: User, by: By) -> bool:
    """Return whether the user works where it was written; where that is not said, on the same side of the door."""
    if wrote_at := organisation(by.unit):
        return wrote_at in user.organisations
    return any(user.role in side and by.role in side for side in SIDES)


def wrote_lately(user: User, recorded: Recorded, *, now: datetime) -> bool:
    """Return whether the user wrote this so lately that it can be a slip of one's own."""
    own = recorded.by.id == user.id and may_record(user.role, "undone")
    return own and now - recorded.at <= OWN_FOR
