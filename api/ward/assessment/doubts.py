"""What does not agree: CFS against tree, dementia, earlier scores and a second rater, and lists that cannot be trusted.

Nothing here changes a score. Each line says what was found and what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from api.ward.assessment.answers import who_words
from api.ward.assessment.shown import Shown
from api.ward.assessment.suggestions import SECOND_LOOKS
from api.ward.desk import Desk
from api.ward.patient import Patient
from careplans.course.events import Recorded
from careplans.course.state import Screening
from careplans.words import because_words, label, note_words, score_words
from rules.assessment import Finding
from rules.case import Case
from rules.items import cfs_clinician

REASON = "cfs_reason"
TREE = ("cfs_disagreement", "cfs_tree_differs_by_one")
NOTES = (
    "cfs_tree_differs_by_one",
    "cfs_not_validated",
    "diagnosis_not_icd10",
    "no_main_diagnosis",
    "medicine_without_atc",
    "same_substance_twice",
    "norgep_list_by_default",
)
"""The notes that ask for a second look, each with a text of what to do."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that does not agree, what was seen, and what to do."""

    title: str
    seen: str
    to_do: str


def doubts(desk: Desk, patient: Patient, shown: Shown) -> tuple[Doubt, ...]:
    """Return what does not agree, the CFS first."""
    others = tuple(_other_scores(desk, patient, shown))
    return (*_of_rules(desk, shown), *others, *_of_notes(desk, shown))


def _of_rules(desk: Desk, shown: Shown) -> Iterator[Doubt]:
    t = desk.t
    for finding in shown.assessment.findings:
        if finding.rule in SECOND_LOOKS:
            yield Doubt(t(f"rule.{finding.rule}"), _facts(desk, shown, finding), t(f"suggest.{finding.rule}"))


def _facts(desk: Desk, shown: Shown, finding: Finding) -> str:
    if finding.rule in TREE:
        return _tree_words(desk, shown)
    return ". ".join(f"{name}: {answer}" for name, answer in because_words(finding, desk.t)) + "."


def _tree_words(desk: Desk, shown: Shown) -> str:
    scores = shown.assessment.scores
    cfs, tree = (score_words(scores[name], desk.t) for name in ("cfs", "cfs_tree"))
    given = (note_words(note, desk.t) for note in shown.case.notes if note.code == REASON)
    return " ".join((desk.t("assessment.doubt.tree_seen", cfs=cfs, tree=tree), *given))


def _other_scores(desk: Desk, patient: Patient, shown: Shown) -> Iterator[Doubt]:
    """Yield what other screenings say: of the same stay by someone else, and of earlier ones."""
    now = _level(shown.case)
    for other in reversed(patient.course.screenings):
        then = _level(shown.bases[other.assessment].case)
        told = shown.told.get(other.assessment)
        if other.id == shown.screening.id or then is None or now is None or told is None:
            continue
        if _second_rater(shown, other, told):
            yield _raters(desk, shown, told, (now, then))
        elif then != now and told.at < shown.told[shown.id].at:
            day = shown.bases[other.assessment].assessment.index_date
            values = {"now": now, "then": then, "when": desk.words.date(day), "who": who_words(told, desk)}
            said = desk.t("assessment.doubt.previous_seen", **values)
            do = "previous_do" if shown.screening.stay or other.stay is None else "previous_at_home_do"
            yield Doubt(desk.t("assessment.doubt.previous"), said, desk.t(f"assessment.doubt.{do}"))


def _level(case: Case) -> int | None:
    level = case.answers.get(cfs_clinician.id)
    return level if isinstance(level, int) else None


def _second_rater(shown: Shown, other: Screening, told: Recorded) -> bool:
    same_stay = other.stay is not None and other.stay == shown.screening.stay
    return same_stay and told.by.id != shown.by.id


def _raters(desk: Desk, shown: Shown, told: Recorded, levels: tuple[int, int]) -> Doubt:
    """Return the two raters' levels side by side, whether they agree or not."""
    t = desk.t
    here, other = levels
    who, also = who_words(shown.told[shown.id], desk), who_words(told, desk)
    said = t("assessment.doubt.raters_seen", one=here, who_one=who, two=other, who_two=also)
    agree = "agree" if here == other else "differ"
    return Doubt(t(f"assessment.doubt.raters_{agree}"), said, t(f"assessment.doubt.raters_{agree}_do"))


def _of_notes(desk: Desk, shown: Shown) -> Iterator[Doubt]:
    said = dict.fromkeys((note.code, note_words(note, desk.t)) for note in shown.assessment.notes)
    for code, words in said:
        if code in NOTES:
            seen = _tree_words(desk, shown) if code in TREE else ""
            yield Doubt(words, seen, desk.t(f"assessment.doubt.{code}_do"))


def missing_words(desk: Desk, items: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return each missing item with its name."""
    return [(item, label(item, desk.t)) for item in items]
