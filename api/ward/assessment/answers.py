"""What clinicians have said to the suggestions: the verdicts and the choice that stand, by whom and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.people.access import may_undo, wrote_lately
from api.ward.assessment.shown import Shown
from api.ward.desk import Desk
from api.ward.patient import Patient
from careplans.course.choices import versions_until
from careplans.course.events import ChoiceRecorded, Decided, Event, PlanStarted, Recorded
from careplans.course.stands import standing
from careplans.words import inside

Said = Decided | ChoiceRecorded | PlanStarted


@dataclass(frozen=True, slots=True)
class Word:
    """What someone said: who, in which role, when, and the event to undo where the reader may."""

    who: str
    when: str
    undo: str | None


@dataclass(frozen=True, slots=True)
class Answers:
    """The newest event that stands about each suggestion, about the choice, and about the start of a plan.

    What was said to the versions that an assessment corrects stands for it too; `before` is what was said last time, to
    another screening, and decides nothing.
    """

    verdicts: Mapping[str, Recorded]
    choice: Recorded | None = None
    start: Recorded | None = None
    before: Answers | None = None


def answers_to(patient: Patient, shown: Shown) -> Answers:
    """Return what stands about an assessment, and what was said before it to other screenings."""
    here = versions_until(patient.course, shown.id)
    said = [each for each in standing(patient.seen.stream.recorded) if isinstance(each.event, Said)]
    mine = [each for each in said if _about(each) in here]
    others = [each for each in said if _about(each) not in here and each.at < shown.told[shown.id].at]
    start = _latest(PlanStarted, [each for each in mine if _about(each) == shown.id])
    before = Answers(_verdicts(others), _latest(ChoiceRecorded, others))
    return Answers(_verdicts(mine), _latest(ChoiceRecorded, mine), start, before)


def _about(each: Recorded) -> str:
    """Return the assessment that something was said to."""
    return each.event.assessment if isinstance(each.event, Said) else ""


def _verdicts(said: Iterable[Recorded]) -> dict[str, Recorded]:
    return {each.event.rule: each for each in said if isinstance(each.event, Decided)}


def _latest(kind: type[Event], said: Iterable[Recorded]) -> Recorded | None:
    return next((each for each in reversed(list(said)) if isinstance(each.event, kind)), None)


def word_of(recorded: Recorded, desk: Desk, *, may_change: bool = True) -> Word:
    """Return who said it and when, in words."""
    may = may_undo(desk.user, recorded) or wrote_lately(desk.user, recorded, now=desk.now)
    return Word(who_words(recorded, desk), desk.words.moment(recorded.at), recorded.id if may_change and may else None)


def who_words(recorded: Recorded, desk: Desk) -> str:
    """Return a person's name and role, or the role alone where there is no name."""
    role = desk.t(f"role.{recorded.by.role}")
    return f"{recorded.by.name}, {inside(role)}" if recorded.by.name else role
