"""What the plan page shows of a patient, in words and rows; the template lays it out and decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.record.catalogued import owners
from api.record.courses import Seen
from api.record.plans import Planned, plan_in, planned
from api.record.record import Record
from api.record.renewals import scored_since
from api.ward.plan.origins import Origins, origins
from api.ward.plan.rows import Ground, Row, action_rows, joined, step_rows
from careplans.burden_words import burden_rows
from careplans.completeness import completeness
from careplans.conflict_words import conflict_words
from careplans.course.due import clocks_in
from careplans.course.events import Recorded
from careplans.course.fold import EVALUATION
from careplans.course.next_step import REVIEW
from careplans.course.state import RECEIPT, Course, PlanState, Screening
from careplans.epikrise import plan_section
from careplans.epikrise_text import epikrise_text
from careplans.print.sections import contingency_section, questions_section
from careplans.words import corrected_words, label
from engine.texts import Texts

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Epikrise:
    """The section to paste into the discharge summary, and how each element of it stands."""

    text: str
    elements: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """The plan on the page: its rows, and what a reader must know beside them."""

    state: PlanState
    paused_or_closed: Recorded | None
    matters: View
    corrected: str | None
    to_review: bool
    steps: tuple[Row, ...]
    blocks: Mapping[str, list[Row]]
    conflicts: tuple[View, ...]
    contingency: View
    burden: list[Any]
    questions: View | None
    tracks: tuple[str, ...]
    pathway: str | None
    epikrise: Epikrise
    scored: Screening | None
    earlier: tuple[PlanState, ...]

    @property
    def finished(self) -> tuple[Row, ...]:
        """Return the steps that nobody has to think of any more."""
        return tuple(row for row in self.steps if row.clock.state in {"done", "not_done"})

    @property
    def ahead(self) -> tuple[Row, ...]:
        """Return the steps that are still to come, or wait."""
        return tuple(row for row in self.steps if row.clock.state in {"open", "paused"})

    @property
    def evaluation(self) -> Row | None:
        """Return the four-week evaluation, if the plan has one."""
        return next((row for row in self.steps if row.clock.step == EVALUATION), None)


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole page: the plan where there is one, and the hospital's own clocks of a stay without one.

    `receipt` is where the municipality said that it has received the patient of the newest stay.
    """

    plan: PlanView | None
    of_stay: tuple[Row, ...]
    owners: tuple[tuple[str, str], ...]
    receipt: Recorded | None

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return every row on the page."""
        of_plan = (*self.plan.steps, *(row for rows in self.plan.blocks.values() for row in rows)) if self.plan else ()
        return (*self.of_stay, *of_plan)


def shown(record: Record, seen: Seen, texts: Texts, *, now: datetime) -> Shown:
    """Return what the page shows."""
    course = seen.stream.course
    ground = Ground(origins(course, seen.stream.recorded), texts, now)
    state = plan_in(course)
    plan = _plan_view(record, seen, state, ground) if state else None
    marks = state.marks if state else None
    of_stay = step_rows([each for each in seen.clocks if each.course != marks], {}, ground, place="stay")
    known = sorted(((each, texts(f"who.{each}")) for each in owners()), key=lambda pair: pair[1])
    receipt = ground.origins.of_step(course.stay.id, RECEIPT, "mark") if course.stay else None
    return Shown(plan, of_stay, tuple(known), receipt)


def _plan_view(record: Record, seen: Seen, state: PlanState, ground: Ground) -> PlanView:
    course, texts = seen.stream.course, ground.texts
    found = planned(course, state, seen.basis, record.screening.overlay)
    plan = found.plan
    steps, blocks = joined(
        _steps(seen, found, ground), action_rows(plan, clocks_in(course, state, plan.actions), ground)
    )
    return PlanView(
        state=state,
        paused_or_closed=_ending(state, ground.origins),
        matters={"state": plan.what_matters.state, "words": plan.what_matters.words},
        corrected=corrected_words(plan.corrected, texts, say=label),
        to_review=seen.next_step is not None and seen.next_step.what == REVIEW,
        steps=steps,
        blocks=blocks,
        conflicts=tuple(conflict_words(each, plan, texts)._asdict() for each in plan.conflicts),
        contingency=contingency_section(plan.contingency, texts),
        burden=burden_rows(plan.burden, texts),
        questions=questions_section(plan, texts, staff_only=True),
        tracks=tuple(texts(f"plan.track.{each.track}") for each in plan.tracks),
        pathway=plan.pathway and texts(f"plan.pathway.{plan.pathway}"),
        epikrise=_epikrise(found, texts),
        scored=scored_since(course, state, seen.basis),
        earlier=_earlier(course, state),
    )


def _steps(seen: Seen, found: Planned, ground: Ground) -> tuple[Row, ...]:
    """Return the way home: the clocks that run or wait, and of a plan that is closed those it had."""
    made = {each.id: each for each in found.plan.timeline}
    clocks = tuple(each for each in seen.clocks if each.course == found.state.marks and each.step in made)
    if not clocks:
        clocks = clocks_in(seen.stream.course, found.state, found.plan.timeline)
    return step_rows(clocks, made, ground, place="step")


def _ending(state: PlanState, known: Origins) -> Recorded | None:
    """Return the event that paused the plan by hand, or closed it."""
    found = known.plans.get(state.id)
    return found if found and found.event.kind != "plan_resumed" else None


def _epikrise(found: Planned, texts: Texts) -> Epikrise:
    section = plan_section(found.case, found.plan)
    said = tuple(
        (texts(f"completeness.{each.id}"), each.state, texts(f"completeness.state.{each.state}"))
        for each in completeness(section)
    )
    return Epikrise(epikrise_text(section, texts), said)


def _earlier(course: Course, state: PlanState) -> tuple[PlanState, ...]:
    return tuple(each for each in course.plans if each.id != state.id)
