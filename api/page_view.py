"""What a page shows of an assessment, in words; the template lays it out and decides nothing."""

from __future__ import annotations

from typing import Any

from api.result import SCORE_ORDER
from careplans.parts import Plan, Step
from careplans.words import (
    answer_words,
    date_words,
    due_words,
    label,
    note_words,
    score_words,
    step_words,
    strength_words,
)
from engine.rules import RuleSet, short_digest
from engine.texts import Texts
from engine.words import in_words, number
from rules.assessment import Assessment, Finding, Track
from rules.case import Case
from rules.knowledge import REVIEWS
from rules.rule_words import review_in_words

View = dict[str, Any]
CFS_LEVELS = tuple(range(1, 10))


def page_view(case: Case, assessment: Assessment, plan: Plan, *, texts: Texts, ruleset: RuleSet) -> View:
    """Return the page's content: who, scores, suggestions with their grounds, what is missing, the timeline."""
    return {
        "person": _person(case, texts),
        "day": date_words(assessment.index_date, texts),
        "cfs": cfs_view(assessment, texts),
        "tracks": [track_view(track, texts) for track in assessment.tracks],
        "pathway": texts(f"pathway.{assessment.pathway}") if assessment.pathway else None,
        "team_list": texts(f"team_list.{assessment.on_team_list.reason}") if assessment.on_team_list else None,
        "ask_next": question_words(assessment.ask_next, texts),
        "scores": [(texts(f"score.{name}"), score_words(assessment.scores[name], texts)) for name in SCORE_ORDER[2:]],
        "findings": [finding_view(finding, texts=texts, ruleset=ruleset) for finding in assessment.offers],
        "errors": [(label(each.rule, texts), texts(f"error.{each.code}")) for each in assessment.errors],
        "undecided": [
            (texts(f"rule.{each.rule}"), ", ".join(label(item, texts) for item in each.missing))
            for each in assessment.undecided
        ],
        "steps": [_step(step, texts) for step in plan.timeline],
        "notes": list(dict.fromkeys(note_words(note, texts) for note in assessment.notes)),
        "ruleset": f"{assessment.ruleset.version} · {short_digest(assessment.ruleset.digest)}",
    }


def _person(case: Case, texts: Texts) -> View:
    patient, stay = case.patient, case.encounter
    return {
        "name": patient.name or texts("page.no_name"),
        "born": date_words(patient.birth_date, texts) if patient.birth_date else texts("page.unknown"),
        "ward": " · ".join(part for part in (stay.ward, stay.room and texts("page.room", room=stay.room)) if part),
        "admitted": date_words(stay.admitted.date(), texts) if stay.admitted else texts("page.unknown"),
    }


def cfs_view(assessment: Assessment, texts: Texts) -> View:
    """Return the CFS with its interval, whose judgement it is, and the question that would narrow it most."""
    score, tree = assessment.scores["cfs"], assessment.scores["cfs_tree"]
    return {
        "words": score_words(score, texts),
        "label": texts(f"cfs.{score.value:g}") if score.value else texts("page.cfs_interval"),
        "levels": [(level, level in score.levels) for level in CFS_LEVELS],
        "by": texts("page.by_clinician" if "cfs_clinician" in score.because else "page.by_tree"),
        "tree": score_words(tree, texts) if "cfs_clinician" in score.because else None,
        "next_question": None if score.value else question_words(tree.next_question, texts),
    }


def track_view(track: Track, texts: Texts) -> View:
    """Return a track with its strength and whether it is preliminary."""
    return {
        "name": texts(f"track.{track.track}"),
        "how": strength_words(track, texts),
        "preliminary": track.status == "preliminary",
    }


def finding_view(finding: Finding, *, texts: Texts, ruleset: RuleSet) -> View:
    """Return a suggestion with the answers behind it, its rule in words, the limits in force, sources and review."""
    return {
        "rule": finding.rule,
        "text": texts(f"suggest.{finding.rule}"),
        "strength": texts(f"strength.{finding.strength}"),
        "consider": finding.strength == "consider",
        "confirm": finding.confirm,
        "facts": [(label(item, texts), answer_words(item, value, texts)) for item, value in finding.because.items()],
        "when": in_words(ruleset.written[finding.rule], ruleset, texts),
        "limits": [texts(f"threshold.{name}", limit=number(value, texts)) for name, value in finding.limits.items()],
        "sources": [texts(f"source.{source}") for source in finding.sources],
        "review": review_in_words(REVIEWS.get(finding.rule), texts),
    }


def _step(step: Step, texts: Texts) -> View:
    owners = ", ".join(texts(f"owner.{owner}") for owner in step.owners)
    return {"id": step.id, "what": step_words(step, texts), "who": owners, "when": due_words(step.due, texts)}


def question_words(item: str | None, texts: Texts) -> str | None:
    """Return how an item is asked for."""
    return None if item is None else texts(f"question.{item}")
