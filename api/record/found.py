"""What a list shows of an assessment: the CFS and whose it is, and the track, with how settled that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from careplans.course.choices import accepted_of, choice_open, chosen_track, to_start, verdicts_on
from careplans.course.due import Basis, waiting_plan
from careplans.course.renewing import basis_of
from careplans.course.state import Course
from careplans.plan import cfs_judgement
from rules.assessment import Assessment

TrackIs = Literal["running", "chosen", "accepted", "suggested", "preliminary", "unchosen", "declined"]
"""Of a plan that runs or waits; chosen together; accepted; suggested, or so only by the tree; two, or none, of them."""

CfsIs = Literal["judged", "proposed", "tree", "not_valid"]
"""Whose a CFS is, or that it does not apply to this person and nothing may be sorted or routed by it."""

NOTHING = ("track", "track_is", "other_track", "pathway", "cfs_low", "cfs_high", "cfs_is", "team_list")


@dataclass(frozen=True, slots=True)
class _Track:
    """A track, how settled it is, and another that the newest answers speak for."""

    track: str | None
    how: TrackIs | None
    other: str | None = None


def found_of(course: Course, basis: Mapping[str, Basis]) -> dict[str, Any]:
    """Return what the newest assessment found; nothing where nobody has screened."""
    newest = basis.get(course.screening.assessment) if course.screening else None
    if newest is None or course.screening is None:
        return dict.fromkeys(NOTHING)
    assessment, cfs = newest.assessment, newest.assessment.scores["cfs"]
    track = _track(course, course.screening.assessment, assessment=assessment, basis=basis)
    return {
        "track": track.track,
        "track_is": track.how,
        "other_track": track.other,
        "pathway": assessment.pathway,
        "cfs_low": cfs.low,
        "cfs_high": cfs.high,
        "cfs_is": cfs_is(assessment),
        "team_list": assessment.on_team_list.reason if assessment.on_team_list else None,
    }


def cfs_is(assessment: Assessment) -> CfsIs | None:
    """Return whose the CFS is, or that it does not apply; None where nothing is known."""
    judgement = cfs_judgement(assessment)
    if judgement.basis == "unknown":
        return None
    if not judgement.valid:
        return "not_valid"
    return "judged" if judgement.basis == "clinician" else judgement.basis


def _track(course: Course, of: str, *, assessment: Assessment, basis: Mapping[str, Basis]) -> _Track:
    """Return the track of the plan that runs or waits, else what is chosen, accepted or suggested."""
    plan, newest = waiting_plan(course), _newest(course, of, assessment)
    found = basis_of(course, plan, basis) if plan else None
    if plan is None or found is None:
        return newest
    rules = accepted_of(course, plan, found.assessment).rules or frozenset()
    running = _first(found.assessment, rules)
    says_more = plan.assessment != of and newest.track != running
    return _Track(running, "running" if running else None, newest.track if says_more else None)


def _newest(course: Course, of: str, assessment: Assessment) -> _Track:
    """Return the track that follows from an assessment and from what people have said to it."""
    if chosen := chosen_track(course, of):
        return _Track(chosen, "chosen")
    if choice_open(course, of, assessment):
        return _Track(None, "unchosen")
    if accepted := _first(assessment, frozenset(to_start(course, of, assessment))):
        return _Track(accepted, "accepted")
    declined = {rule for rule, verdict in verdicts_on(course, of).items() if verdict == "overridden"}
    offered = {each.suggests for each in assessment.offers if each.rule not in declined}
    left = [each for each in assessment.tracks if f"track:{each.track}" in offered]
    if not left:
        return _Track(None, "declined" if assessment.tracks else None)
    how: TrackIs = "preliminary" if left[0].status == "preliminary" else "suggested"
    return _Track(left[0].track, how, left[1].track if len(left) > 1 else None)


def _first(assessment: Assessment, rules: frozenset[str]) -> str | None:
    """Return the first track that one of the rules suggests."""
    suggested = {each.suggests for each in assessment.offers if each.rule in rules}
    return next((each.track for each in assessment.tracks if f"track:{each.track}" in suggested), None)
