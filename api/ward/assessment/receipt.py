"""What whoever has just signed is told: that it is signed, and what is theirs to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from api.ward.assessment.shown import Shown
from api.ward.desk import Desk
from api.ward.form.content import RATERS
from api.ward.patient import Patient
from careplans.course.due import standing
from careplans.course.state import StepClock

JUST_NOW = timedelta(minutes=10)
OPEN = ("late", "due_soon", "waiting")
ON_ASSESSMENT = {"decide": "suggestions", "shared_decision": "choice", "start_plan": "start"}
"""Where on the assessment page a task is done; a step is done on the plan page."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """When it was signed; what comes next for the reader, by when, and where it is done.

    With nothing for the reader, `what` is what comes next for the patient, and `owner` is whose it is.
    """

    at: datetime
    what: str | None = None
    due: datetime | None = None
    where: str | None = None
    owner: str | None = None


def receipt_of(desk: Desk, patient: Patient, shown: Shown) -> Receipt | None:
    """Return the receipt for what the reader signed just now, a second rating too."""
    mine = [each.at for each in shown.told.values() if each.by.id == desk.user.id]
    if not mine or desk.now - max(mine) > JUST_NOW:
        return None
    return _with_next(Receipt(max(mine)), desk, patient)


def _with_next(receipt: Receipt, desk: Desk, patient: Patient) -> Receipt:
    """Add the task that is the reader's: the patient's next step, else the first of the clocks, the dated ones before.

    A day that is only expected is said without it; with no task of the reader's, the patient's next step is told.
    """
    owners, coming = _owners(desk), patient.seen.next_step
    if coming and coming.owner in owners:
        return Receipt(receipt.at, coming.what, coming.due, _where(patient, coming.what, coming.about))
    waits = [each for each in patient.seen.clocks if each.owner in owners and standing(each, desk.now) in OPEN]
    first = min(waits, key=_by_date, default=None)
    if first:
        due = None if first.expected else first.due
        return Receipt(receipt.at, first.step, due, _where(patient, first.step, None))
    if coming is None:
        return receipt
    return Receipt(receipt.at, coming.what, coming.due, _where(patient, coming.what, coming.about), owner=coming.owner)


def _owners(desk: Desk) -> frozenset[str]:
    """Return what a plan calls the reader; a municipality's nurse does both the contact's and the service's tasks."""
    own = RATERS.get(desk.user.role, desk.user.role)
    return frozenset({own, "home_care"}) if own == "primary_nurse" else frozenset({own})


def _by_date(clock: StepClock) -> tuple[bool, str]:
    return clock.expected or clock.due is None, str(clock.due)


def _where(patient: Patient, what: str, about: str | None) -> str:
    if what in ON_ASSESSMENT:
        return f"#{ON_ASSESSMENT[what]}"
    return f"{patient.path}/screen#q-{about}" if what == "ask" else f"{patient.path}/plan"
