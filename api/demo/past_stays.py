"""The stays of the demo's past: admitted, screened or not, told of or not, home again, and the visits after."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from api.demo.past_life import Life
from api.demo.staff import epj, in_municipality, on_ward, team
from api.people.user import User
from api.record.screenings import Prepared
from api.record.streams import new_id
from careplans.acceptance import contested
from careplans.course.due import Basis
from careplans.course.events import (
    Admitted,
    Decided,
    Died,
    Discharged,
    DischargeExpected,
    Event,
    PlanClosed,
    PlanStarted,
    ReadyForDischarge,
    Screened,
    StepDone,
    StepNotDone,
    Urgency,
)
from careplans.course.left import LEFT
from forms.model import read_case
from rules.times import OSLO

VISITS = {"HPH1": 0, "HPH2": 3, "HPH3": 13, "HPH4": 28}
"""When each visit is made, in days after the discharge."""


@dataclass(frozen=True, slots=True)
class PastStay:
    """A stay that ended: where, for whom, and from when until when."""

    life: Life
    ready: Prepared
    ward: str
    home: str
    came: datetime
    left: datetime
    since: datetime

    def tell(self, name: str) -> None:
        """Tell the stay and what came after it."""
        stay = f"past-{self.life.number}-{name}"
        self._says(epj(), self.came, self._admitted(stay))
        screened = self._screened(stay) if self._happens("screened") else None
        self._in_hospital(stay, told=self._happens("told"))
        plan = self._plan(screened) if screened and self._happens("planned") else None
        if self._happens("died"):
            self._says(epj(), self.left, Died(self.left.date()))
            return
        self._goes(stay)
        if plan:
            self._visits(stay, plan)
        else:
            self._says(team(), self.left + timedelta(days=2), StepNotDone(stay, LEFT, "not_needed"))

    def _admitted(self, stay: str) -> Admitted:
        how: Urgency = self.life.dice.choice(("acute", "acute", "acute", "acute", "elective"))
        return Admitted(stay, self.came, self.life.record.hospital, self.ward, municipality=self.home, urgency=how)

    def _screened(self, stay: str) -> str:
        """Tell of a screening, now and then of a second rater's too, and of what was said to the suggestions."""
        life = self.life
        at = self.came + timedelta(hours=life.dice.choice((3, 5, 8, 14, 20, 22, 30, 50)))
        if self._happens("second_rater"):
            self._assessed(stay, at, second=True)
        made = self._assessed(stay, at)
        for offer in self.ready.assessment.offers:
            if contested(offer) or offer.rule == "shared_decision":
                continue
            refused = self._happens("overridden")
            said = Decided(made, offer.rule, "overridden" if refused else "accepted", "Avklart." if refused else None)
            self._says(self._doctor, at + timedelta(hours=2), said)
        return made

    def _assessed(self, stay: str, at: datetime, *, second: bool = False) -> str:
        life, ready, made, screening = self.life, self.ready, new_id(), new_id()
        if second:
            ready = life.dice.choice([each for each in life.pool if _is_like(each, ready)])
        day = at.astimezone(OSLO).date()
        case = json.loads(ready.inputs)
        case["patient"] |= {"local_id": f"past-{life.number}", "birth_date": str(life.born)}
        basis = Basis(read_case(case), replace(ready.assessment, index_date=day))
        outcome = json.dumps(ready.result | {"index_date": day.isoformat()}, ensure_ascii=False, separators=(",", ":"))
        life.assessments.append(
            {
                "id": made,
                "person": life.id,
                "screening": screening,
                "version": 1,
                "at": at,
                "index_date": day,
                "language": ready.language,
                "inputs": json.dumps(case, ensure_ascii=False, separators=(",", ":")),
                "rule_set": life.record.rule_set,
                "outcome": outcome,
            }
        )
        life.record.bases.remember(made, basis)
        self._says(self._nurse, at, Screened(screening, made, stay, second=second))
        return made

    def _plan(self, assessed: str) -> str:
        plan, at = new_id(), self.life.told[-1].at + timedelta(hours=1)
        said = (each.event for each in self.life.told if isinstance(each.event, Decided))
        rules = tuple(each.rule for each in said if each.assessment == assessed and each.verdict == "accepted")
        self._says(self._doctor, at, PlanStarted(plan, assessed, at.astimezone(OSLO).date(), rules=rules))
        return plan

    def _in_hospital(self, stay: str, *, told: bool) -> None:
        """Tell of the notice, of the report that answers it, and of when the patient was ready."""
        dice = self.life.dice
        if told:
            noticed = self.came + timedelta(hours=dice.choice((4, 9, 16, 20, 23, 40)))
            self._says(self._nurse, noticed, StepDone(stay, "municipal_notice", noticed))
            answered = self.came + timedelta(hours=dice.choice((20, 30, 44, 47, 60)))
            self._says(self._coordinator, answered, StepDone(stay, "admission_report", answered))
        self._says(self._doctor, self.came + timedelta(hours=20), DischargeExpected(stay, self.left.date()))
        if self._happens("ready"):
            ready = self.left - timedelta(days=dice.choice((0, 1, 1, 2, 3, 5, 9)), hours=3)
            self._says(self._nurse, max(ready, self.came), ReadyForDischarge(stay, max(ready, self.came)))

    def _goes(self, stay: str) -> None:
        dice, before = self.life.dice, self.left - timedelta(hours=3)
        for step, often in (("control_appointments", "controls"), ("HPH0", "HPH0")):
            if self._happens(often):
                self._says(self._nurse, before, StepDone(stay, step, before))
        self._says(self._doctor, self.left, Discharged(stay, self.left, "home"))
        sent = self.left + timedelta(days=dice.choice((0, 0, 0, 1, 2, 5, 9)))
        self._says(self._doctor, sent, StepDone(stay, "epikrise", sent))

    def _visits(self, stay: str, plan: str) -> None:
        """Tell which visits were made, and close the plan, so that nobody is still waited for."""
        for step, days in VISITS.items():
            at = self.left + timedelta(days=days)
            late = timedelta(days=self.life.dice.choice((0, 0, 0, 2)))
            if self._happens("visited"):
                self._says(self._home_nurse, at + late, StepDone(stay, step, at + late))
            else:
                self._says(self._home_nurse, at, StepNotDone(stay, step, "no_capacity"))
        self._says(self._home_nurse, self.left + timedelta(days=33), PlanClosed(plan, "completed"))

    def _happens(self, what: str) -> bool:
        """Return whether something was done, as often as it was then."""
        return self.life.happens(what, lately=self.left >= self.since)

    def _says(self, who: User, at: datetime, *events: Event) -> None:
        self.life.tell(who, at, *events)

    @property
    def _nurse(self) -> User:
        return on_ward("nurse", self.ward)

    @property
    def _doctor(self) -> User:
        return on_ward("doctor", self.ward)

    @property
    def _coordinator(self) -> User:
        return in_municipality("coordinator", self.home)

    @property
    def _home_nurse(self) -> User:
        return in_municipality("municipal_nurse", self.home)


def _is_like(one: Prepared, other: Prepared) -> bool:
    """Return whether two may be of the same person, who differs in nothing that is not asked."""
    mine, theirs = one.case.patient, other.case.patient
    return (mine.birth_date, mine.sex) == (theirs.birth_date, theirs.sex)
