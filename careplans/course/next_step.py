"""The one thing that comes next for a patient, and who has it; nobody alive and in the pathway is without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from careplans.actions import question_owner
from careplans.catalogue import read, steps
from careplans.course.choices import (
    choice_open,
    chosen_track,
    has_something_to_start,
    plans_from,
    undecided_offers,
)
from careplans.course.due import SCREENING, Basis, screening_in, waiting_plan
from careplans.course.state import Course, NextStep, PlanState, Screening, StepClock
from careplans.course.waits import end_of
from careplans.parts import Due
from rules.assessment import Assessment

END_OF_TIME = datetime.max.replace(tzinfo=UTC)


def next_step(course: Course, clocks: tuple[StepClock, ...], basis: Mapping[str, Basis]) -> NextStep | None:
    """Return what comes next; None only for someone dead, unknown, or out of the pathway.

    `clocks` and `basis` are those of `clocks_of`.
    """
    if not course.in_pathway:
        return None
    asked = _Asked(course, clocks, basis)
    found = (ask(asked) for ask in IN_ORDER)
    return next((step for step in found if step is not None), _discharge(asked))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the questions below are asked of."""

    course: Course
    clocks: tuple[StepClock, ...]
    basis: Mapping[str, Basis]


def _screen(asked: _Asked) -> NextStep | None:
    """Ask for a screening of a stay that has none, unless someone has marked that there will be none."""
    return _earliest([each for each in asked.clocks if each.step == SCREENING])


def _decide(asked: _Asked) -> NextStep | None:
    """Ask for the choice, the decisions, the start of the plan, and an answer, in that order."""
    screening = _in_question(asked.course)
    found = asked.basis.get(screening.assessment) if screening else None
    if screening is None or found is None:
        return None
    course, of, assessment = asked.course, screening.assessment, found.assessment
    if choice_open(course, of, assessment):
        return NextStep("shared_decision", _owner("shared_decision"), about=of)
    if plans_from(course, of):
        return None
    if undecided_offers(course, of, assessment):
        return NextStep("decide", _decider(course, of, assessment), about=of)
    if has_something_to_start(course, of, assessment):
        return NextStep("start_plan", _decider(course, of, assessment), about=of)
    if assessment.ask_next:
        return NextStep("ask", question_owner(assessment.ask_next), about=assessment.ask_next)
    return None


def _follow(asked: _Asked) -> NextStep | None:
    """Return the plan's next clock; of one that is done or waits, ask what becomes of it."""
    plan = waiting_plan(asked.course)
    if plan is None:
        return None
    if plan.status == "paused":
        owner = _owner("resume_or_close") if asked.course.in_hospital else _evaluator(asked, plan)
        return NextStep("resume_or_close", owner, about=plan.id)
    coming = _earliest([each for each in asked.clocks if each.course == plan.marks])
    return coming or NextStep("close_or_renew", _evaluator(asked, plan), about=plan.id)


def _leave(asked: _Asked) -> NextStep | None:
    """Return the hospital's own next clock."""
    return _earliest(asked.clocks)


def _discharge(asked: _Asked) -> NextStep:
    """Return the way out of the hospital, which is there when nothing else is."""
    expected = asked.course.stay.expected if asked.course.stay else None
    return NextStep("discharge", _owner("discharge"), end_of(Due("discharge", on=expected)))


IN_ORDER: tuple[Callable[[_Asked], NextStep | None], ...] = (_screen, _decide, _follow, _leave)


def _in_question(course: Course) -> Screening | None:
    """Return the screening whose suggestions are in question: this stay's, one made at home, or a corrected one."""
    if course.stay is not None and (course.in_hospital or course.owes_epikrise):
        return screening_in(course, course.stay)
    newest, plan = course.screening, waiting_plan(course)
    if newest is None or newest.stay is None:
        return newest
    corrected = plan is not None and plan.assessment in newest.versions
    return newest if corrected else None


def _earliest(clocks: Iterable[StepClock]) -> NextStep | None:
    """Return the first clock: open before paused, dated before waiting; never one that no day is set for."""
    left = [each for each in clocks if each.state in {"open", "paused"} and each.step not in _on_an_event()]
    first = min(left, key=lambda c: (c.state == "paused", c.due is None, c.due or END_OF_TIME), default=None)
    if first is None:
        return None
    return NextStep(first.step, first.owner, None if first.expected else first.due)


def _decider(course: Course, of: str, assessment: Assessment) -> str:
    """Return who decides: by the chosen track, else by the first suggested track that someone has."""
    table, chosen = read("next_step")["decides"], chosen_track(course, of)
    tracks = [chosen] if chosen else [track.track for track in assessment.tracks]
    return next((str(table["tracks"][track]) for track in tracks if track in table["tracks"]), str(table["owner"]))


def _evaluator(asked: _Asked, plan: PlanState) -> str:
    """Return who evaluates the plan where the patient is."""
    owners = {each.step: each.owner for each in asked.clocks if each.course == plan.marks}
    there = (owners[step] for step in read("next_step")["evaluates"]["steps"] if step in owners)
    return next(there, _owner("close_or_renew"))


def _owner(what: str) -> str:
    return str(read("next_step")["owners"][what])


@cache
def _on_an_event() -> frozenset[str]:
    """The steps that come only if something happens."""
    return frozenset(step.id for step in steps() if step.due.anchor == "event")
