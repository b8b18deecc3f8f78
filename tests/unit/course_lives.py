"""Random lives: rows of events of every kind that mostly name what exists, and undoing in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import get_args

from hypothesis import strategies as st

from careplans.catalogue import modules, steps
from careplans.course.due import SCREENING, Basis
from careplans.course.events import (
    KINDS,
    AddressProtected,
    Admitted,
    By,
    ChoiceRecorded,
    ClockPaused,
    ClockResumed,
    Decided,
    Described,
    Died,
    Discharged,
    DischargeExpected,
    Ending,
    Event,
    Merged,
    Moved,
    NotDone,
    OwnerSet,
    Place,
    PlanClosed,
    PlanPaused,
    PlanResumed,
    PlanStarted,
    PracticeSet,
    ReadyForDischarge,
    RecordBlocked,
    Recorded,
    Retracted,
    Screened,
    StepDone,
    StepNotDone,
    Transferred,
    Undone,
)
from rules.assess import assess
from rules.ruleset import national
from tests.spec.people import ON
from tests.unit.profiles import cases

BY = By("noen", "nurse")
RUBBISH = "finst-ikke"
STAYS, SCREENINGS, PLANS = ("S1", "S2", "S3"), ("K1", "K2"), ("P1", "P2", "P3")
ASSESSMENTS = {"K1": ("A1", "A2"), "K2": ("B1", "B2")}
STEPS = (*(step.id for step in steps()), SCREENING, RUBBISH)
OFTEN = (
    Admitted, Screened, Discharged, DischargeExpected, Decided, Decided, ChoiceRecorded, Undone,
    PlanStarted, PlanPaused, PlanResumed, PlanResumed, StepDone, StepNotDone, ClockPaused, ClockResumed, ClockResumed,
) * 2  # fmt: skip
"""What is drawn more often than the rest, so that most lives get somewhere."""


@dataclass(frozen=True)
class Life:
    """A row of events and the facts behind its assessments."""

    events: tuple[Recorded, ...]
    basis: Mapping[str, Basis] = field(repr=False)


@st.composite
def lives(draw: st.DrawFn, *, assessed: bool = True) -> Life:
    """Return the life of someone, alive or dead, in hospital, on a plan, or nowhere yet.

    Without `assessed` there are no facts behind it, which is quicker where the events alone matter.
    """
    basis = _basis(draw) if assessed else {}
    now = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
    told: list[Recorded] = []
    for event in _begun(draw, basis):
        told.append(Recorded(f"e{len(told)}", event, now, BY))
    for _ in range(draw(st.sampled_from((0, 2, 5, 10, 15, 20)))):
        now += timedelta(hours=draw(st.sampled_from((-1, 0, 1, 3, 26, 75, 400))))
        told.append(Recorded(f"e{len(told)}", draw(events(basis, len(told), now)), now, BY))
    return Life(tuple(told), basis)


@st.composite
def events(draw: st.DrawFn, basis: Mapping[str, Basis], so_far: int, now: datetime) -> Event:
    """Return an event of any kind, about what the life may hold."""
    kind = draw(st.sampled_from((*KINDS, *OFTEN)))
    return MADE[kind](draw, _Ground(basis, so_far, now))


@dataclass(frozen=True)
class _Ground:
    basis: Mapping[str, Basis]
    so_far: int
    now: datetime


def _basis(draw: st.DrawFn) -> dict[str, Basis]:
    """Assess one or two patients; now and then the facts behind an assessment are not to be had."""
    made = [_assessed(draw) for _ in range(draw(st.integers(1, 2)))]
    ids = [each for versions in ASSESSMENTS.values() for each in versions]
    missing = draw(st.sampled_from((*(None,) * 9, *ids, "A1", "A1")))
    return {each: made[place % len(made)] for place, each in enumerate(ids) if each != missing}


def _assessed(draw: st.DrawFn) -> Basis:
    case = draw(cases())
    return Basis(case, assess(case, ON, national()))


def _begun(draw: st.DrawFn, basis: Mapping[str, Basis]) -> list[Event]:
    """Begin most lives in hospital, many screened, and some with a plan or two."""
    ground = _Ground(basis, 0, datetime(2026, 11, 16, 12, 0, tzinfo=UTC))
    row: list[Event] = [
        Admitted("S1", ground.now, "St. Olavs", "GER2"),
        Screened("K1", "A1", "S1"),
        PlanStarted("P1", "A1", ON, rules=_rules(draw, "A1", ground)),
        PlanStarted("P2", "A1", ON, rules=_rules(draw, "A1", ground)),
    ]
    return row[: draw(st.sampled_from((0, 1, 2, 3, 3, 4)))]


def _one(draw: st.DrawFn, known: tuple[str, ...]) -> str:
    return str(draw(st.sampled_from((*known[:1] * 8, *known * 2, RUBBISH))))


def _step(draw: st.DrawFn) -> str:
    return str(draw(st.sampled_from(("HPH2",) * 6 + STEPS)))


def _stay(draw: st.DrawFn) -> str:
    return _one(draw, STAYS)


def _course(draw: st.DrawFn) -> str:
    return _one(draw, (draw(st.sampled_from(("S1", "P1"))), *STAYS, *PLANS))


def _assessment(draw: st.DrawFn) -> str:
    return _one(draw, tuple(each for versions in ASSESSMENTS.values() for each in versions))


def _day(draw: st.DrawFn, ground: _Ground) -> date:
    return ground.now.date() + timedelta(days=draw(st.integers(-3, 9)))


def _at(draw: st.DrawFn, ground: _Ground) -> datetime:
    return ground.now + timedelta(hours=draw(st.sampled_from((-90, -2, 0, 5, 60))))


def _rules(draw: st.DrawFn, assessment: str, ground: _Ground) -> tuple[str, ...]:
    found = ground.basis.get(assessment)
    offered = [each.rule for each in found.assessment.offers] if found else []
    if draw(st.booleans()):
        return tuple(offered)
    return tuple(draw(st.lists(st.sampled_from([*offered, RUBBISH]), max_size=5, unique=True)))


def _screened(draw: st.DrawFn, _: _Ground) -> Event:
    screening = draw(st.sampled_from(SCREENINGS))
    return Screened(screening, draw(st.sampled_from(ASSESSMENTS[screening])), draw(st.none() | st.just(_stay(draw))))


def _decided(draw: st.DrawFn, ground: _Ground) -> Event:
    assessment = _assessment(draw)
    rules = _rules(draw, assessment, ground) or (RUBBISH,)
    verdict = draw(st.sampled_from(("accepted", "overridden")))
    return Decided(assessment, draw(st.sampled_from(rules)), verdict)  # type: ignore[arg-type] # one of its own


def _chosen(draw: st.DrawFn, _: _Ground) -> Event:
    track = draw(st.sampled_from(("cga_team", "palliative_focus", RUBBISH)))
    return ChoiceRecorded(_assessment(draw), track, ("patient", "treating_doctor"))


def _plan_started(draw: st.DrawFn, ground: _Ground) -> Event:
    assessment = _assessment(draw)
    return PlanStarted(
        draw(st.sampled_from(PLANS)),
        assessment,
        _day(draw, ground),
        rules=_rules(draw, assessment, ground),
        modules=tuple(draw(st.lists(st.sampled_from([*(each.id for each in modules()), RUBBISH]), max_size=2))),
        renews=draw(st.sampled_from((None, None, None, *PLANS, RUBBISH))),
    )


def _retracted(draw: st.DrawFn, _: _Ground) -> Event:
    if draw(st.booleans()):
        return Retracted("screening", _one(draw, SCREENINGS), "Feil pasient")
    return Retracted("stay", _stay(draw), "Feil pasient")


def _discharged(draw: st.DrawFn, ground: _Ground) -> Event:
    to = draw(st.sampled_from((None, *get_args(Place))))
    return Discharged(_stay(draw), _at(draw, ground), to, draw(st.sampled_from((None, "5007"))))


def _step_done(draw: st.DrawFn, ground: _Ground) -> Event:
    return StepDone(_course(draw), _step(draw), _at(draw, ground))


def _step_not_done(draw: st.DrawFn, _: _Ground) -> Event:
    return StepNotDone(_course(draw), _step(draw), draw(st.sampled_from(get_args(NotDone))))


def _undone(draw: st.DrawFn, ground: _Ground) -> Event:
    """Undo anything, now and then what has not taken place yet."""
    return Undone(f"e{draw(st.integers(0, ground.so_far + 1))}", "Feil")


def _closed(draw: st.DrawFn, _: _Ground) -> Event:
    return PlanClosed(_one(draw, PLANS), draw(st.sampled_from(get_args(Ending))))


def _ready(draw: st.DrawFn, ground: _Ground) -> Event:
    return ReadyForDischarge(_stay(draw), draw(st.sampled_from((None, ground.now))))


def _expected(draw: st.DrawFn, ground: _Ground) -> Event:
    return DischargeExpected(_stay(draw), draw(st.sampled_from((None, _day(draw, ground)))))


MADE: Mapping[type[Event], Callable[[st.DrawFn, _Ground], Event]] = {
    Described: lambda draw, _: Described(draw(st.sampled_from((None, "Kari Eksempel")))),
    Admitted: lambda draw, ground: Admitted(draw(st.sampled_from(STAYS)), _at(draw, ground), "St. Olavs"),
    Transferred: lambda draw, _: Transferred(_stay(draw), "Namsos", draw(st.sampled_from((None, "MED1")))),
    DischargeExpected: _expected,
    ReadyForDischarge: _ready,
    Discharged: _discharged,
    Screened: _screened,
    Retracted: _retracted,
    Decided: _decided,
    ChoiceRecorded: _chosen,
    PlanStarted: _plan_started,
    PlanPaused: lambda draw, _: PlanPaused(_one(draw, PLANS), "Venter"),
    PlanResumed: lambda draw, _: PlanResumed(_one(draw, PLANS)),
    PlanClosed: _closed,
    StepDone: _step_done,
    StepNotDone: _step_not_done,
    ClockPaused: lambda draw, _: ClockPaused(_course(draw), _step(draw), "Venter"),
    ClockResumed: lambda draw, _: ClockResumed(_course(draw), _step(draw)),
    OwnerSet: lambda draw, _: OwnerSet(_course(draw), _step(draw), "coordinator"),
    Moved: lambda draw, _: Moved(draw(st.sampled_from(("5001", "5007")))),
    PracticeSet: lambda draw, _: PracticeSet(draw(st.sampled_from((None, "Legesenteret")))),
    Died: lambda _, ground: Died(ground.now.date()),
    RecordBlocked: lambda draw, _: RecordBlocked(draw(st.booleans())),
    AddressProtected: lambda draw, _: AddressProtected(draw(st.booleans())),
    Merged: lambda _, __: Merged(RUBBISH),
    Undone: _undone,
}
