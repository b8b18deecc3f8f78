"""Parts that many lives have: admitted and screened, suggestions decided on, a plan started, the way home, a visit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from api.demo.staff import gp_of, in_municipality, on_ward, team
from api.demo.telling import Telling
from api.demo.ward import written
from api.people.user import User
from api.record.plans import planned as plan_of
from careplans.acceptance import contested
from careplans.catalogue import step as template_of
from careplans.catalogue import task_of
from careplans.course.choices import to_start
from careplans.course.due import clocks_in, clocks_of
from careplans.course.events import Decided, Discharged, DischargeExpected, PlanStarted, PracticeSet, StepDone
from careplans.course.state import StepClock
from rules.times import oslo

MORNING, NOON, AFTERNOON = 9, 12, 14
EPIKRISE, CONTROLS, NOTICE, REPORT = "epikrise", "control_appointments", "municipal_notice", "admission_report"
BEFORE_HOME = "HPH0"
DAYS_IN = 6
LONGER = 3
FORGOTTEN = 17  # of so many actions, one is still to be done
FORGETFUL = 4  # of so many notices, one does not say what is expected
LATE = timedelta(days=2)
REPORTS = 3  # of so many reports from home care, one comes as a message
SOON = timedelta(minutes=5)
Mark = tuple[User, StepDone]


def nurse(life: Telling) -> User:
    """Return the ward's nurse."""
    return on_ward("nurse", life.patient.ward)


def doctor(life: Telling) -> User:
    """Return the ward's doctor."""
    return on_ward("doctor", life.patient.ward)


def home_nurse(life: Telling) -> User:
    """Return the nurse of the patient's municipality."""
    return in_municipality("municipal_nurse", life.patient.municipality)


def coordinator(life: Telling) -> User:
    """Return the coordinator of the patient's municipality."""
    return in_municipality("coordinator", life.patient.municipality)


def admitted_and_screened(life: Telling, days: int, *, leaves: int | None = None) -> None:
    """Admit so many days ago, screen the same afternoon, and say when the stay is to end unless it is left open."""
    life.admit(life.on(days, 8 + life.patient.number % 5))
    life.screen(nurse(life), life.on(days, AFTERNOON))
    if not life.patient.undated:
        in_days = life.patient.expected if leaves is None else leaves
        expected(life, life.on(days, 15), LONGER if in_days is None else in_days)


def told_municipality(life: Telling, days: int, *, answered: bool = True) -> None:
    """Send the notice, and let the municipality answer it."""
    life.tell(nurse(life), life.on(days, 15), StepDone(life.stay, NOTICE, life.on(days, 15)))
    notice(life, life.on(days, 15))
    if answered:
        when = life.on(max(0, days - 1), MORNING)
        life.tell(coordinator(life), when, StepDone(life.stay, REPORT, when))
        if life.patient.number % REPORTS == 0:
            life.receives_report(when)


def notice(life: Telling, at: datetime) -> None:
    """Write the notice to the municipality; now and then someone forgets what is expected to happen."""
    said = written("words")["messages"]
    words = {"course_words": str(said["course"])} if life.patient.number % FORGETFUL else {}
    if life.patient.undated:
        words["why_unknown"] = str(said["why_unknown"])
    life.sent(life.write(nurse(life), at, "helseopplysninger", **words), at + SOON)


def decided(life: Telling, at: datetime) -> None:
    """Accept what was suggested, or override it with a reason; a choice between two tracks is left."""
    assessment = life.basis.assessment
    for offer in assessment.offers:
        if contested(offer) and assessment.fired("shared_decision"):
            continue
        if offer.rule == "shared_decision":
            continue
        reason = _overriding(offer.rule, life.patient.number)
        verdict = Decided(life.assessment, offer.rule, "overridden" if reason else "accepted", reason)
        life.tell(team() if offer.suggests == "track:cga_team" else doctor(life), at, verdict)


def planned(life: Telling, at: datetime, *, renews: str | None = None) -> str:
    """Start a plan from what was accepted, and return its id."""
    name = f"{life.stay}-plan{'-renewed' if renews else ''}"
    rules = to_start(life.course, life.assessment, life.basis.assessment)
    started = PlanStarted(name, life.assessment, oslo(at).date(), rules=rules, renews=renews)
    life.tell(doctor(life), at, started)
    return name


def expected(life: Telling, at: datetime, in_days: int) -> None:
    """Say on which day the patient is expected to go home, counted from today."""
    life.tell(doctor(life), at, DischargeExpected(life.stay, life.today + timedelta(days=in_days)))


def went_home(life: Telling, days: int) -> str:
    """Tell the whole stay of someone who went home so many days ago, and the visits since; return the plan's id."""
    admitted_and_screened(life, days + DAYS_IN, leaves=-days)
    told_municipality(life, days + DAYS_IN)
    decided(life, life.on(days + DAYS_IN - 1, NOON))
    plan = planned(life, life.on(days + DAYS_IN - 2, NOON))
    acted(life, until=days)
    for step in (CONTROLS, BEFORE_HOME):
        life.tell(nurse(life), life.on(days + 1, AFTERNOON), StepDone(life.stay, step, life.on(days + 1, AFTERNOON)))
    left = life.on(days, 11)
    life.sent(life.write(nurse(life), left, "utskrivningsrapport"), left + SOON)
    life.tell(doctor(life), left, Discharged(life.stay, left, "home"), StepDone(life.stay, EPIKRISE, left))
    life.sent(life.write(doctor(life), left, "epikrise"), left + SOON)
    if life.patient.practice:
        life.tell(home_nurse(life), left, PracticeSet(life.patient.practice))
    visits = (_visit(life, step) for step in (*life.patient.done, *life.patient.done_late))
    _mark(life, (*visits, *_actions(life, life.today)))
    if life.patient.done and life.patient.practice:
        life.write(home_nurse(life), life.on(0, MORNING), "helseopplysninger_til_lege")
    return plan


def acted(life: Telling, *, until: int = 0) -> None:
    """Mark what the plan has for the days before a day, so many before today, as done."""
    _mark(life, _actions(life, life.today - timedelta(days=until)))


def _mark(life: Telling, marks: Iterable[Mark]) -> None:
    """Record the marks in the order in which they were made."""
    for who, done in sorted(marks, key=lambda mark: mark[1].at):
        life.tell(who, done.at, done)


def _visit(life: Telling, step: str) -> Mark:
    """Return a visit as done on its day, or two days late."""
    late = step in life.patient.done_late
    due = next(each.due for each in _clocks(life) if each.step == step)
    at = _morning(life, oslo(due or life.now) + (LATE if late else timedelta()), minute=20)
    note = str(written("words")["notes"]["late_visit"]) if late else None
    who = gp_of(life.patient.practice) if step == "HPH3" else home_nurse(life)
    return who, StepDone(life.stay, step, at, checked=_checked(life, step), note=note)


def _actions(life: Telling, before: date) -> Iterator[Mark]:
    """Give the plan's actions that were due before a day as done, all but one here and there."""
    state, course = life.course.plans[-1], life.course
    made = plan_of(course, state, {state.assessment: life.basis}, life.record.screening.overlay).plan
    who = nurse(life) if course.in_hospital else home_nurse(life)
    for place, clock in enumerate(clocks_in(course, state, made.actions)):
        due = oslo(clock.due) if clock.due and clock.state == "open" else None
        own = task_of(clock.step) == clock.step  # an action that is a step of the pathway is marked as the step
        if due and own and due.date() < before and (life.patient.number + place) % FORGOTTEN:
            yield who, StepDone(life.stay, clock.step, _morning(life, due, minute=place))


def _morning(life: Telling, day: datetime, *, minute: int) -> datetime:
    return min(day.replace(hour=MORNING + 1, minute=minute % 60, second=0), life.now)


def _clocks(life: Telling) -> tuple[StepClock, ...]:
    basis = life.record.bases.of(life.change.connection, [life.assessment])
    return clocks_of(life.course, basis, life.record.offsets)


def _checked(life: Telling, step: str) -> tuple[str, ...]:
    """Return the step's checklist, ticked off but for its last line now and then."""
    every = template_of(step).checklist
    return every if life.patient.number % 3 else every[:-1]


def _overriding(rule: str, number: int) -> str | None:
    for row in written("words")["overrides"]:
        if row["rule"] == rule and number % row["every"] == 0:
            return str(row["reason"])
    return None
