"""The shared decision and the start of the plan: what is left to decide, and what can be added or is kept out."""

from __future__ import annotations

from typing import get_args

from api.page_view import View
from api.ward.assessment.answers import word_of
from api.ward.assessment.suggestions import Reader, tracks_to_choose
from careplans.acceptance import Accepted
from careplans.additions import Addition, additions
from careplans.catalogue import read
from careplans.course.choices import choice_open, chosen_track, renewed_at_home, to_start, undecided_offers
from careplans.course.events import ChoiceRecorded, Participant, Recorded
from engine.texts import Texts

PARTICIPANTS: tuple[Participant, ...] = get_args(Participant)


def choice_view(reader: Reader) -> View | None:
    """Return the shared decision: as it was recorded, else as it can be recorded; None where there is none to make."""
    if not reader.choice_to_make:
        return None
    t, course, shown = reader.desk.t, reader.patient.course, reader.shown
    recorded = reader.answers.choice or _still_chosen(reader)
    waits = choice_open(course, shown.id, shown.assessment)
    made = recorded.event if recorded else None
    return {
        "made": _made(made, t) if isinstance(made, ChoiceRecorded) else None,
        "word": word_of(recorded, reader.desk, may_change=reader.open) if recorded else None,
        "last": _chosen_before(reader),
        "waits": waits,
        "form": reader.decides and waits,
        "tracks": [(track, t(f"track.{track}")) for track in tracks_to_choose(reader)],
        "participants": [(each, t(f"assessment.participant.{each}")) for each in PARTICIPANTS],
        "guide": [t(f"guide.{point}") for point in read("plan")["shared_decision"]["points"]],
    }


def start_view(reader: Reader) -> View:
    """Return the start of the plan: what it would start from, and what else can be in it."""
    t, course, shown = reader.desk.t, reader.patient.course, reader.shown
    begun, plan = reader.answers.start, shown.plan(course)
    renew = renewed_at_home(course, shown.id) if plan is None else None
    rules = to_start(course, shown.id, shown.assessment)
    left = len(undecided_offers(course, shown.id, shown.assessment))
    ready = left == 0 and not choice_open(course, shown.id, shown.assessment)
    accepted = Accepted(frozenset(plan.rules), frozenset(plan.modules)) if plan else Accepted(frozenset(rules))
    found = additions(shown.case, shown.assessment, accepted) if accepted.rules else ()
    return {
        "word": word_of(begun, reader.desk) if begun and plan else None,
        "left": left,
        "ready": ready,
        "rules": len(rules),
        "renew": renew is not None,
        "form": renew is None and reader.open and reader.may_here and reader.desk.may("plan") and ready and bool(rules),
        "gives_way": course.running is not None and plan is None,
        "can_add": [(each.module, t(f"module.{each.module}"), _less(each, t)) for each in found if can_add(each)],
        "kept_out": [
            (t(f"module.{each.module}"), _marks(each.kept_out_by, t), each.wanted) for each in found if each.kept_out_by
        ],
    }


def can_add(addition: Addition) -> bool:
    """Return whether the module would be in the plan if it were added."""
    return not addition.kept_out_by


def addable(reader: Reader) -> frozenset[str]:
    """Return the modules that can be added to what was accepted."""
    shown = reader.shown
    accepted = Accepted(frozenset(to_start(reader.patient.course, shown.id, shown.assessment)))
    return frozenset(each.module for each in additions(shown.case, shown.assessment, accepted) if can_add(each))


def _still_chosen(reader: Reader) -> Recorded | None:
    """Return the choice of an earlier screening where the course goes on from it."""
    goes_on = chosen_track(reader.patient.course, reader.shown.id) is not None
    return reader.answers.before.choice if goes_on and reader.answers.before else None


def _chosen_before(reader: Reader) -> str | None:
    """Say what was chosen together after an earlier screening, where nothing was chosen after this one."""
    before = reader.answers.before.choice if reader.answers.before and not reader.answers.choice else None
    if before is None or not isinstance(before.event, ChoiceRecorded):
        return None
    t, word = reader.desk.t, word_of(before, reader.desk, may_change=False)
    return t("assessment.last.chosen", track=t(f"track.{before.event.track}"), who=word.who, when=word.when)


def _made(choice: ChoiceRecorded, t: Texts) -> View:
    took_part = ", ".join(t(f"assessment.participant.{each}") for each in choice.participants)
    return {
        "track": t(f"track.{choice.track}"),
        "participants": took_part,
        "note": choice.note,
        "without_patient": choice.without_patient,
    }


def _less(addition: Addition, t: Texts) -> str | None:
    return _marks(addition.less, t, "in_part") if addition.less else None


def _marks(marks: tuple[str, ...], t: Texts, what: str = "kept_out") -> str:
    return " ".join(t(f"assessment.{what}.{mark.replace(':', '_')}") for mark in marks)
