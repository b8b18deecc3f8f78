"""What clinicians have said to the suggestions: the verdicts and the choice that stand, by whom and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.people.access import may_undo, wrote_lately
from api.ward.desk import Desk
from api.ward.patient import Patient
from careplans.course.events import ChoiceRecorded, Decided, PlanStarted, Recorded
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
    """The newest event that stands about each suggestion, about the choice, and about the start of a plan."""

    verdicts: Mapping[str, Recorded]
    choice: Recorded | None = None
    start: Recorded | None = None


def answers_to(patient: Patient, assessment: str) -> Answers:
    """Return what stands about an assessment."""
    verdicts: dict[str, Recorded] = {}
    latest: dict[type, Recorded] = {}
    for each in standing(patient.seen.stream.recorded):
        event = each.event
        if isinstance(event, Decided | ChoiceRecorded | PlanStarted) and event.assessment == assessment:
            latest[type(event)] = each
            if isinstance(event, Decided):
                verdicts[event.rule] = each
    return Answers(verdicts, latest.get(ChoiceRecorded), latest.get(PlanStarted))


def word_of(recorded: Recorded, desk: Desk, *, may_change: bool = True) -> Word:
    """Return who said it and when, in words."""
    may = may_undo(desk.user.role, recorded.event) or wrote_lately(desk.user, recorded, now=desk.now)
    return Word(who_words(recorded, desk), desk.words.moment(recorded.at), recorded.id if may_change and may else None)


def who_words(recorded: Recorded, desk: Desk) -> str:
    """Return a person's name and role, or the role alone where there is no name."""
    role = desk.t(f"role.{recorded.by.role}")
    return f"{recorded.by.name}, {inside(role)}" if recorded.by.name else role
