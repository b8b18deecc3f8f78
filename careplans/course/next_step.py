"""The one thing that comes next for a patient, and who has it; nobody alive and in the pathway is without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from careplans.actions import question_owner
from careplans.catalogue import read, steps
from careplans.course.answers import corrected_since, newest_behind
from careplans.course.choices import (
    accepted_of,
    choice_open,
    has_something_to_start,
    plans_from,
    renewed_at_home,
    undecided_offers,
)
from careplans.course.deciders import to_ask_first, to_settle
from careplans.course.due import SCREENING, Basis, screening_in, waiting_plan
from careplans.course.events import StepDone
from careplans.course.fold import aware
from careplans.course.left import in_pathway
from careplans.course.renewing import basis_of
from careplans.course.state import Course, NextStep, PlanState, Screening, StepClock
from careplans.course.waits import end_of
from careplans.parts import Due
from careplans.pathway import working_days_after
from rules.assessment import Finding
from rules.times import oslo_day

REVIEW = "review_plan"
RENEW = "renew_plan"
END_OF_TIME = datetime.max.replace(tzinfo=UTC)


def next_step(course: Course, clocks: tuple[StepClock, ...], basis: Mapping[str, Basis]) -> NextStep | None:
    """Return what comes next; None only for someone dead, unknown, or out of the pathway.

    `clocks` and `basis` are those of `clocks_of`.
    """
    if not in_pathway(course, basis):
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
    """Ask for the choice, the decisions, the start of the plan, its review, and an answer, in that order."""
    found = (_asked_of(asked, each) for each in _in_question(asked.course))
    return next((step for step in found if step is not None), None)


def _asked_of(asked: _Asked, screening: Screening) -> NextStep | None:
    """Return what a screening asks of someone; nothing where the plan that runs rests on the same grounds."""
    course, of, found = asked.course, screening.assessment, asked.basis.get(screening.assessment)
    if found is None:
        return None
    assessment, plan = found.assessment, course.running
    behind = plan is not None and newest_behind(course, plan) == screening and plan.assessment != of
    corrected = corrected_since(course, plan, asked.basis) if plan and behind else None
    if behind and corrected is None:
        return None
    if choice_open(course, of, assessment):
        return to_settle(course, screening, found, what="shared_decision")
    if plans_from(course, of):
        return None
    held = plan.rules if plan and corrected else ()  # what the plan was started from was accepted
    waiting = tuple(each for each in undecided_offers(course, of, assessment) if each.rule not in held)
    if plan and screening.stay is None and corrected is None:
        return _rescored(asked, screening, plan, waiting=waiting)
    if waiting:
        first = None if plan else to_ask_first(course, screening, assessment)
        return first or to_settle(course, screening, found, what="decide")
    if corrected and plan:
        seen = _reviewed(course, plan, corrected.at)
        return None if seen else to_settle(course, screening, found, what=REVIEW, about=plan.id)
    if has_something_to_start(course, of, assessment):
        return _to_begin(asked, screening, found)
    if assessment.ask_next:
        return NextStep("ask", question_owner(assessment.ask_next), about=assessment.ask_next)
    return None


def _to_begin(asked: _Asked, screening: Screening, found: Basis) -> NextStep | None:
    """Ask for the start of the plan; at home the plan that runs is renewed, and one that waits is resumed first."""
    plan = renewed_at_home(asked.course, screening.assessment)
    if plan is None:
        return to_settle(asked.course, screening, found, what="start_plan")
    if plan.status == "paused":
        return None
    return to_settle(asked.course, screening, found, what=RENEW, about=plan.id)


def _rescored(asked: _Asked, screening: Screening, plan: PlanState, *, waiting: tuple[Finding, ...]) -> NextStep | None:
    """Ask whoever may decide at home only where a new score gives another track than the plan has.

    The rest is for whoever evaluates, who renews the plan or closes it.
    """
    course, of = asked.course, screening.assessment
    held, found = basis_of(course, plan, asked.basis), asked.basis[of]
    assessment = found.assessment
    now = _tracks(assessment.offers, frozenset(each.rule for each in assessment.offers))
    had = _tracks(held.assessment.offers, accepted_of(course, plan, held.assessment).rules) if held else frozenset()
    if any(each.suggests in now - had for each in waiting):
        return to_settle(course, screening, found, what="decide")
    if now - had and has_something_to_start(course, of, assessment):
        return _to_begin(asked, screening, found)
    given_up = had and not now and screening.at is not None and not _reviewed(course, plan, screening.at)
    return to_settle(course, screening, found, what=REVIEW, about=plan.id) if given_up else None


def _tracks(offers: Iterable[Finding], rules: frozenset[str] | None) -> frozenset[str]:
    """Return the tracks that these rules suggest."""
    of_track = (each for each in offers if each.suggests.startswith("track:"))
    return frozenset(each.suggests for each in of_track if rules is not None and each.rule in rules)


def _reviewed(course: Course, plan: PlanState, since: datetime) -> bool:
    """Return whether someone has looked through the plan after the answers were corrected."""
    mark = course.marks.get((plan.marks, REVIEW))
    return isinstance(mark, StepDone) and aware(mark.at) >= aware(since)


def _follow(asked: _Asked) -> NextStep | None:
    """Return the plan's next clock; of one that is done or waits, ask what becomes of it."""
    plan = waiting_plan(asked.course)
    if plan is None:
        return None
    if plan.status == "paused":
        owner = _owner("resume_or_close") if asked.course.in_hospital else _evaluator(asked, plan)
        return NextStep("resume_or_close", owner, _home_again(asked.course, plan), plan.id)
    coming = _earliest([each for each in asked.clocks if each.course == plan.marks])
    return coming or NextStep("close_or_renew", _evaluator(asked, plan), about=plan.id)


def _home_again(course: Course, plan: PlanState) -> datetime | None:
    """Return by when a plan that a readmission paused is taken up, once the patient is home again."""
    stay = course.stay
    if plan.why != "readmitted" or stay is None or stay.discharged is None:
        return None
    on = working_days_after(oslo_day(stay.discharged), read("pathway")["home_again"]["working_days"])
    return end_of(Due("discharge", on=on))


def _leave(asked: _Asked) -> NextStep | None:
    """Return the hospital's own next clock."""
    return _earliest(asked.clocks)


def _discharge(asked: _Asked) -> NextStep:
    """Return the way out of the hospital, which is there when nothing else is."""
    expected = asked.course.stay.expected if asked.course.stay else None
    return NextStep("discharge", _owner("discharge"), end_of(Due("discharge", on=expected)))


IN_ORDER: tuple[Callable[[_Asked], NextStep | None], ...] = (_screen, _decide, _follow, _leave)


def _in_question(course: Course) -> tuple[Screening, ...]:
    """Return the screenings whose suggestions are in question: the stay's, one made at home, what the plan rests on."""
    here = screening_in(course, course.stay) if course.stay and course.in_hospital else None
    newest = course.screening
    at_home = newest if newest and newest.stay is None and not course.in_hospital else None
    behind = newest_behind(course, course.running) if course.running else None
    return tuple(dict.fromkeys(each for each in (here, at_home, behind) if each))


def _earliest(clocks: Iterable[StepClock]) -> NextStep | None:
    """Return the first clock: open before paused, dated before waiting; never one that no day is set for."""
    left = [each for each in clocks if each.state in {"open", "paused"} and each.step not in _on_an_event()]
    first = min(left, key=lambda c: (c.state == "paused", c.due is None, c.due or END_OF_TIME), default=None)
    if first is None:
        return None
    return NextStep(first.step, first.owner, None if first.expected else first.due)


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
