"""Each life of the demo's patients who are at home: visits done, late and not done, plans renewed or closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from api.demo.telling import Telling
from api.demo.ward import written
from api.demo.ways import NOON, admitted_and_screened, decided, doctor, home_nurse, planned, went_home
from careplans.course.choices import offered_here
from careplans.course.events import (
    AddressProtected,
    ClockPaused,
    Decided,
    Died,
    Discharged,
    OwnerSet,
    PlanClosed,
    StepNotDone,
)

EVALUATED = 28


def home(life: Telling) -> None:
    """Someone at home with a running plan."""
    went_home(life, life.patient.days)


def not_at_home(life: Telling) -> None:
    """Someone who was out when the nurse came."""
    went_home(life, life.patient.days)
    note = str(written("words")["notes"]["not_at_home"])
    at = life.on(life.patient.days - 3, NOON)
    life.tell(home_nurse(life), at, StepNotDone(life.stay, "HPH2", "not_at_home", note))


def waiting(life: Telling) -> None:
    """Someone whose visit waits, for a reason."""
    went_home(life, life.patient.days)
    reason = str(written("words")["reasons"]["clock"])
    life.tell(home_nurse(life), life.on(life.patient.days - 2, NOON), ClockPaused(life.stay, "HPH2", reason))


def handed_over(life: Telling) -> None:
    """Someone whose visit to the GP the team has taken over."""
    went_home(life, life.patient.days)
    life.tell(home_nurse(life), life.on(1, NOON), OwnerSet(life.stay, "HPH3", "geriatric_team"))


def renewed(life: Telling) -> None:
    """Someone scored again at the four-week evaluation, whose plan goes on."""
    plan = went_home(life, life.patient.days)
    at = life.on(life.patient.days - EVALUATED, NOON)
    life.screen(home_nurse(life), at, scored_by="primary_nurse")
    for offer in offered_here(life.course, life.assessment, life.basis.assessment):
        life.tell(doctor(life), at, Decided(life.assessment, offer.rule, "accepted"))
    planned(life, at, renews=plan)


def closed(life: Telling) -> None:
    """Someone whose plan was completed."""
    plan = went_home(life, life.patient.days)
    life.tell(home_nurse(life), life.on(life.patient.days - EVALUATED, 13), PlanClosed(plan, "completed"))


def declined(life: Telling) -> None:
    """Someone who wanted no more visits."""
    plan = went_home(life, life.patient.days)
    reason = str(written("words")["reasons"]["declined"])
    life.tell(home_nurse(life), life.on(life.patient.days - 15, NOON), PlanClosed(plan, "declined", reason))


def owed(life: Telling) -> None:
    """Someone who went home without a plan, and whose epikrise is not sent."""
    admitted_and_screened(life, life.patient.days + 2)
    decided(life, life.on(life.patient.days + 1, NOON))
    left = life.on(life.patient.days, 11)
    life.tell(doctor(life), left, Discharged(life.stay, left, "home"))


def protected(life: Telling) -> None:
    """Someone whose address is protected."""
    went_home(life, life.patient.days)
    life.tell(home_nurse(life), life.on(1, NOON), AddressProtected(protected=True))


def died(life: Telling) -> None:
    """Someone who died at home, as wished."""
    went_home(life, life.patient.days)
    life.tell(home_nurse(life), life.on(2, NOON), Died(life.today - timedelta(days=2)))


LIVES: Mapping[str, Callable[[Telling], None]] = {
    each.__name__: each
    for each in (home, not_at_home, waiting, handed_over, renewed, closed, declined, owed, protected, died)
}
