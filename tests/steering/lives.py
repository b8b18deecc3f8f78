"""A random hospital: lives of which anything may be undone, retracted, merged or told late, written as raw rows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from api.record.codec import event_to_text
from api.record.screenings import Prepared, prepare
from api.record.streams import new_id
from api.storage.tables import assessment, event, person
from careplans.acceptance import contested
from careplans.course import events as told
from careplans.course.events import Event
from tests.record.hospital import case

BEGINS, NOW = datetime(2026, 1, 2, 6, tzinfo=UTC), datetime(2026, 11, 25, 12, tzinfo=UTC)
WARDS = ("GER2", "MED1", "ORT")
STEPS = (
    "municipal_notice",
    "admission_report",
    "control_appointments",
    "HPH0",
    "epikrise",
    "HPH1",
    "HPH2",
    "HPH3",
    "HPH4",
)
AFTER = {"municipal_notice": 1, "admission_report": 2, "HPH2": 3, "HPH3": 14, "HPH4": 28}
REASONS = (None, "later", "not_suitable", "Sagt på gangen")


@dataclass
class Life:
    """One record's rows, as they are told."""

    number: int
    dice: random.Random
    pool: tuple[Prepared, ...]
    rule_set: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    assessments: list[dict[str, Any]] = field(default_factory=list)
    at: datetime = BEGINS

    @property
    def id(self) -> str:
        """Return the record's id."""
        return f"p{self.number:05d}"

    def tell(self, said: Event, at: datetime | None = None) -> str:
        """Write an event at a moment, never before the last one."""
        step = timedelta(microseconds=self.dice.randint(1, 999_999))
        self.at = max(self.at, at or self.at) + step
        row = {"id": new_id(), "person": self.id, "seq": len(self.rows) + 1, "kind": said.kind}
        self.rows.append(row | {"body": event_to_text(said), "at": self.at, "by": "b", "role": "nurse"})
        return str(row["id"])

    def later(self, hours: float) -> datetime:
        """Return a moment within so many hours."""
        return self.at + timedelta(hours=hours * self.dice.random())

    def happens(self, share: float) -> bool:
        """Return whether something does that happens to such a share."""
        return self.dice.random() < share

    def live(self) -> None:
        """Tell the life."""
        self.at = BEGINS + timedelta(hours=self.dice.randint(0, 24 * 250))
        born = date(self.dice.choice((1930, 1940, 1950, 1956, 1956, 1957, 1970)), self.dice.randint(1, 12), 5)
        self.tell(
            told.Described(None, born if self.happens(0.95) else None, self.dice.choice(("female", "male", None)))
        )
        plan = None
        for number in range(self.dice.choice((1, 1, 1, 2, 3))):
            plan = self._stay(f"S{self.number}-{number}", plan)
            if self.happens(0.06):
                break
            self.at = self.later(24 * 60)
        if self.happens(0.08):
            self.tell(told.Died((self.at - timedelta(days=self.dice.randint(0, 5))).date()))
        if self.happens(0.02):
            self.tell(told.RecordBlocked(blocked=True))
        self._mistakes()

    def _stay(self, stay: str, plan: str | None) -> str | None:
        place = (self.dice.choice(("STO", "STO", "STO", "ORK")), self.dice.choice(WARDS))
        came = self.at
        home = self.dice.choice((None, "5001", "5001", "5031"))
        how: told.Urgency | None = self.dice.choice(("acute", "acute", "elective", None))
        assumed = self.happens(0.03)
        self.tell(told.Admitted(stay, came, *place, municipality=home, urgency=how, assumed=assumed))
        self._in_hospital(stay, place, came)
        screened = self._screenings(stay) if self.happens(0.75) else None
        if screened and self.happens(0.6):
            plan = self._plan(screened)
        if self.happens(0.4):
            self.tell(told.ReadyForDischarge(stay, self.later(24)), self.later(30))
        self.at = self.later(24 * 8)
        left = self.at
        if self.happens(0.9):
            follows = self.dice.choice((None, None, "5035"))
            self.tell(told.Discharged(stay, left, "home", municipality=follows))
        if plan and self.happens(0.3):
            self.tell(told.PlanResumed(plan))
        self._marks(stay, came, left)
        self._afterwards(stay, plan)
        return plan

    def _in_hospital(self, stay: str, place: tuple[str, str], came: datetime) -> None:
        if self.happens(0.2):
            self.tell(told.Transferred(stay, place[0], self.dice.choice(WARDS)), self.later(20))
        if self.happens(0.05):
            self.tell(told.Admitted(stay, came - timedelta(hours=self.dice.randint(1, 30)), *place))
        if self.happens(0.6):
            self.tell(told.DischargeExpected(stay, (came + timedelta(days=4)).date()), self.later(30))

    def _screenings(self, stay: str) -> tuple[str, Prepared]:
        screening, found = new_id(), self._screen(new_id(), stay, second=True) if self.happens(0.15) else None
        unjudged = self.happens(0.15)
        found = self._screen(screening, stay, unjudged=unjudged)
        if self.happens(0.5 if unjudged else 0.1):
            found = self._screen(screening, stay, version=2)
        if self.happens(0.1):
            self._screen(new_id(), stay, second=True)
        if self.happens(0.05):
            found = self._screen(new_id(), stay)
        for offer in found[1].assessment.offers:
            if self.happens(0.5):
                verdict: told.Verdict = "accepted" if self.happens(0.7) else "overridden"
                self.tell(told.Decided(found[0], offer.rule, verdict, self.dice.choice(REASONS)))
        return found

    def _screen(
        self, screening: str, stay: str, *, version: int = 1, second: bool = False, unjudged: bool = False
    ) -> tuple[str, Prepared]:
        made, ready = new_id(), self.dice.choice(self.pool)
        self.tell(told.Screened(screening, made, stay, second=second, unjudged=unjudged), self.later(40))
        of = {"id": made, "person": self.id, "screening": screening, "version": version, "at": self.at}
        made_with = {"index_date": ready.assessment.index_date, "language": "nb", "rule_set": self.rule_set}
        self.assessments.append(of | made_with | {"inputs": ready.inputs, "outcome": ready.outcome})
        return made, ready

    def _plan(self, screened: tuple[str, Prepared]) -> str:
        plan, (of, ready) = new_id(), screened
        rules = tuple(each.rule for each in ready.assessment.offers if not contested(each))
        self.tell(told.PlanStarted(plan, of, self.at.date(), rules=rules), self.later(10))
        return plan

    def _marks(self, stay: str, came: datetime, left: datetime) -> None:
        for step in STEPS:
            counted = came if step in {"municipal_notice", "admission_report"} else left
            at = counted + timedelta(days=AFTER.get(step, 0), hours=self.dice.randint(-30, 30))
            if self.happens(0.7):
                self.tell(told.StepDone(stay, step, max(at, came)))
            elif self.happens(0.3):
                self.tell(told.StepNotDone(stay, step, "declined"))

    def _afterwards(self, stay: str, plan: str | None) -> None:
        if self.happens(0.1):
            self.tell(told.Moved("5059"))
        if self.happens(0.1):
            self.tell(told.ClockPaused(stay, "HPH2", "bortreist"))
        if plan and self.happens(0.15):
            self.tell(told.PlanClosed(plan, "declined"), self.later(24 * 20))
        elif plan and self.happens(0.1):
            self.tell(told.PlanPaused(plan, "reise"), self.later(24 * 20))

    def _mistakes(self) -> None:
        while self.happens(0.25):
            undone = self.tell(told.Undone(self.dice.choice(self.rows[1:])["id"], "feil"))
            if self.happens(0.3):
                self.tell(told.Undone(undone, "likevel ikke"))
        if self.happens(0.05):
            self.tell(told.Retracted("stay", f"S{self.number}-0", "feil pasient"))
        if self.assessments and self.happens(0.05):
            self.tell(told.Retracted("screening", self.dice.choice(self.assessments)["screening"], "feil pasient"))


def pool(record: Any, texts: Any, *, now: datetime) -> tuple[Prepared, ...]:
    """Return cases to screen with, each assessed once."""
    answers: list[dict[str, Any]] = [
        {"cfs_clinician": cfs, "municipal_services": services, "need_after_discharge": need}
        for cfs, services, need in (
            (2, [], "none"),
            (3, ["safety_alarm"], "unchanged"),
            (4, [], "increased"),
            (5, ["home_nursing"], "increased"),
            (6, ["home_nursing"], "unchanged"),
            (7, [], None),
            (8, ["home_nursing"], "increased"),
            (None, [], "increased"),
        )
    ]
    answers += [{"cfs_clinician": 5, "lifelong_disability": True}, {"cfs_clinician": 6, "terminal_illness": True}]
    how = ("acute", "elective", None)
    cases = (case(encounter={"urgency": how[n % 3]}, answers=each) for n, each in enumerate(answers))
    return tuple(prepare(record, each, texts, now=now) for each in cases)


def hospital(connection: Connection, lives: int, *, seed: int, pool: tuple[Prepared, ...], rule_set: str) -> None:
    """Write so many lives, some of them merged into another."""
    dice = random.Random(seed)
    every = [Life(number, dice, pool, rule_set) for number in range(lives)]
    for each in every:
        each.live()
    for one, other in _pairs(every, dice):
        one.at = max(one.at, other.at)
        merged = one.tell(told.Merged(other.id))
        if dice.random() < 0.3:
            one.tell(told.Undone(merged, "to personer"))
    for each in every:
        row = {"id": each.id, "local_id": f"STO/{each.number}", "version": len(each.rows)}
        connection.execute(insert(person), row)
    connection.execute(insert(assessment), [row for each in every for row in each.assessments])
    connection.execute(insert(event), [row for each in every for row in each.rows])


def _pairs(every: list[Life], dice: random.Random) -> Iterator[tuple[Life, Life]]:
    some = dice.sample(every, k=len(every) // 8 * 2)
    return zip(some[::2], some[1::2], strict=True)
