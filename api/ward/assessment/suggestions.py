"""The suggestions in words: each with its grounds, what was said to it, and what the reader may say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from api.page_view import View, finding_view
from api.people.access import decides_here
from api.ward.assessment.answers import Answers, answers_to, word_of
from api.ward.assessment.shown import Shown
from api.ward.desk import Desk
from api.ward.patient import Patient
from careplans.acceptance import contested, shared_decision_rule
from careplans.course.choices import chosen_track, offered_here, undecided_offers, waits_for_choice
from careplans.course.events import Decided
from careplans.words import answer_words, label
from rules.assessment import Finding
from rules.case import Case

MEDICINES = "medicines"

SECOND_LOOKS = ("cfs_disagreement", "cfs_dementia_mismatch", "cfs_terminal_mismatch")
"""The guardrails of CFS, which ask for a second look by themselves, and are never accepted among many."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at which assessment of whom, and what was said to it."""

    desk: Desk
    patient: Patient
    shown: Shown
    answers: Answers

    @classmethod
    def of(cls, desk: Desk, patient: Patient, shown: Shown) -> Reader:
        """Return the reader with the answers that stand."""
        return cls(desk, patient, shown, answers_to(patient, shown))

    @property
    def open(self) -> bool:
        """Return whether anything can still be said: the patient lives, and no plan began from the suggestions."""
        course = self.patient.course
        return self.shown.kind == "current" and self.shown.plan(course) is None and course.died is None

    @property
    def decides(self) -> bool:
        """Return whether the reader may decide now."""
        return self.open and self.desk.may("decide") and self.may_here

    @property
    def may_here(self) -> bool:
        """Return whether someone of the reader's role decides where the patient is."""
        return decides_here(self.desk.user.role, in_hospital=self.patient.course.in_hospital)

    @property
    def choice_to_make(self) -> bool:
        """Return whether both tracks are suggested, so that they are chosen between together."""
        return self.shown.assessment.fired(shared_decision_rule())


def suggestions(reader: Reader) -> list[View]:
    """Return every suggestion, in the order of the rules."""
    shown = reader.shown
    here = offered_here(reader.patient.course, shown.id, shown.assessment)
    return [_suggestion(reader, place, each) for place, each in enumerate(shown.assessment.offers, 1) if each in here]


def recommended(reader: Reader) -> tuple[Finding, ...]:
    """Return what can be accepted in one go: recommended, not answered, and not said no to last time."""
    return tuple(
        each
        for each in _waiting_alone(reader)
        if each.strength == "recommend" and each.rule not in SECOND_LOOKS and not _declined_before(reader, each)
    )


def one_by_one(reader: Reader) -> int:
    """Return how many suggestions are left to be answered each for itself."""
    return len(_waiting_alone(reader)) - len(recommended(reader))


def _waiting_alone(reader: Reader) -> list[Finding]:
    """Return what nobody has answered and that is no part of a shared decision."""
    shown = reader.shown
    waiting = undecided_offers(reader.patient.course, shown.id, shown.assessment)
    return [each for each in waiting if not waits_for_choice(each, shown.assessment)]


def _declined_before(reader: Reader, offer: Finding) -> bool:
    before = reader.answers.before
    said = before.verdicts.get(offer.rule) if before else None
    return said is not None and isinstance(said.event, Decided) and said.event.verdict == "overridden"


def _suggestion(reader: Reader, place: int, offer: Finding) -> View:
    desk, shown = reader.desk, reader.shown
    recorded = reader.answers.verdicts.get(offer.rule)
    event = recorded.event if recorded else None
    waits = reader.choice_to_make and waits_for_choice(offer, shown.assessment)
    verdict = event.verdict if isinstance(event, Decided) else None
    said = {
        "place": place,
        "verdict": verdict,
        "reason": event.reason if isinstance(event, Decided) else None,
        "word": word_of(recorded, desk, may_change=reader.open) if recorded else None,
        "last": None if verdict else _last(reader, offer),
        "waits": waits and _state_of_choice(reader, offer),
        "accepts": reader.decides and verdict is None and not waits,
        "overrides": reader.decides and verdict is None and (not waits or _track_waits(reader, offer)),
    }
    facts = {"facts": list(_facts(reader, offer))}
    return finding_view(offer, texts=desk.t, ruleset=shown.ruleset) | facts | said


def _last(reader: Reader, offer: Finding) -> View | None:
    """Return what was said to the suggestion last time, in words."""
    said = reader.answers.before.verdicts.get(offer.rule) if reader.answers.before else None
    if said is None or not isinstance(said.event, Decided):
        return None
    word = word_of(said, reader.desk, may_change=False)
    words = reader.desk.t(f"assessment.last.{said.event.verdict}", who=word.who, when=word.when)
    return {"words": words, "reason": said.event.reason}


def _facts(reader: Reader, offer: Finding) -> Iterator[tuple[str, str]]:
    """Yield the answers behind a suggestion; medicines are called what the list calls them."""
    t = reader.desk.t
    for item, value in offer.because.items():
        names = ", ".join(medicine_names(value, reader.shown.case)) if item == MEDICINES else ""
        yield label(item, t), names or answer_words(item, value, t)


def _track_waits(reader: Reader, offer: Finding) -> bool:
    return contested(offer) and reader.answers.choice is None


def _state_of_choice(reader: Reader, offer: Finding) -> str:
    """Return how it goes with a suggestion that is chosen together: `waits`, `chosen` or `not_chosen`."""
    track = chosen_track(reader.patient.course, reader.shown.id)
    if track is None:
        return "waits"
    return "chosen" if not contested(offer) or offer.suggests == f"track:{track}" else "not_chosen"


def medicine_names(told: object, case: Case) -> list[str]:
    """Return medicines as a list of facts has them, by the names in the case; one without a name is its code."""
    names = {each.atc: each.name for each in case.medicines or () if each.atc and each.name}
    found = []
    for each in told if isinstance(told, list) else ():
        code = str((each.get("atc") or each.get("name")) if isinstance(each, Mapping) else each)
        found.append(names.get(code) or code)
    return found


def tracks_to_choose(reader: Reader) -> Iterator[str]:
    """Yield the tracks that the shared decision is between."""
    found = (each.suggests.removeprefix("track:") for each in reader.shown.assessment.offers if contested(each))
    yield from dict.fromkeys(found)
