"""Who left hospital with nothing settled: unscreened, undecided, or with a choice between two tracks still open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from careplans.course.choices import choice_open, has_something_to_start, undecided_offers
from careplans.course.events import StepNotDone
from careplans.course.fold import aware
from careplans.course.state import Course, Screening, Stay, routing
from rules.assessment import Assessment

if TYPE_CHECKING:
    from careplans.course.due import Basis

SCREENING = "screening"
LEFT = "left_undecided"
UNDECIDED = "undecided"


def in_pathway(course: Course, basis: Mapping[str, Basis]) -> bool:
    """Return whether somebody owes this patient a next step, which whoever left undecided is owed until it is given."""
    return course.in_pathway or left_undecided(course, basis)


def left_undecided(course: Course, basis: Mapping[str, Basis]) -> bool:
    """Return whether the newest stay ended with nothing settled, and nobody has said since why it is let go."""
    stay = course.stay
    if course.died or stay is None or stay.discharged is None or (stay.id, LEFT) in course.marks:
        return False
    if any(plan.followed(stay.id) for plan in course.plans) or course.running:
        return False
    screening = _newest_since(course, stay)
    if screening is None or screening.unjudged:
        declined = isinstance(course.marks.get((stay.id, SCREENING)), StepNotDone)
        return course.concerns(stay) and not declined
    found = basis.get(screening.assessment)
    return found is not None and _open(course, screening.assessment, found.assessment)


def _newest_since(course: Course, stay: Stay) -> Screening | None:
    """Return the screening of the stay, else of home after it."""
    newest, left = course.screening, aware(stay.discharged) if stay.discharged else None
    if newest and newest.stay is None and not newest.unjudged and newest.at and left and aware(newest.at) > left:
        return newest
    return routing([each for each in course.screenings if each.stay == stay.id])


def _open(course: Course, of: str, assessment: Assessment) -> bool:
    """Return whether a choice, a decision, a start or the track itself waits."""
    waits = choice_open(course, of, assessment) or undecided_offers(course, of, assessment)
    no_track = assessment.on_team_list is not None and assessment.on_team_list.reason == UNDECIDED
    return bool(waits) or has_something_to_start(course, of, assessment) or no_track
