"""What whoever has just signed is told: that it is signed, and what is theirs to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from api.ward.assessment.shown import Shown
from api.ward.desk import Desk
from api.ward.form.content import RATERS
from api.ward.patient import Patient
from careplans.course.due import standing

JUST_NOW = timedelta(minutes=10)
OPEN = ("late", "due_soon", "waiting")
ON_ASSESSMENT = {"decide": "suggestions", "shared_decision": "choice", "start_plan": "start"}
"""Where on the assessment page a task is done; a step is done on the plan page."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """When it was signed; what comes next for the reader, by when, and where it is done."""

    at: datetime
    what: str | None = None
    due: datetime | None = None
    where: str | None = None


def receipt_of(desk: Desk, patient: Patient, shown: Shown) -> Receipt | None:
    """Return the receipt for what the reader signed just now, a second rating too."""
    mine = [each.at for each in shown.told.values() if each.by.id == desk.user.id]
    if not mine or desk.now - max(mine) > JUST_NOW:
        return None
    return _with_next(Receipt(max(mine)), desk, patient)


def _with_next(receipt: Receipt, desk: Desk, patient: Patient) -> Receipt:
    """Add the task that is the reader's: the patient's next step, else the first of the clocks."""
    owner, coming = RATERS.get(desk.user.role, desk.user.role), patient.seen.next_step
    if coming and coming.owner == owner:
        return Receipt(receipt.at, coming.what, coming.due, _where(patient, coming.what, coming.about))
    clocks = [each for each in patient.seen.clocks if each.owner == owner and not each.expected]
    waits = [each for each in clocks if each.due and standing(each, desk.now) in OPEN]
    dated = sorted(waits, key=lambda each: str(each.due))
    if not dated:
        return receipt
    return Receipt(receipt.at, dated[0].step, dated[0].due, _where(patient, dated[0].step, None))


def _where(patient: Patient, what: str, about: str | None) -> str:
    if what in ON_ASSESSMENT:
        return f"#{ON_ASSESSMENT[what]}"
    return f"{patient.path}/screen#q-{about}" if what == "ask" else f"{patient.path}/plan"
