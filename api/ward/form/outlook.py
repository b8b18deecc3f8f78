"""What the answers give so far: nothing is stored, and what cannot be read yet counts as unknown."""

from __future__ import annotations

from dataclasses import dataclass

from api.ward.form.form import Form
from api.ward.form.questions import CFS
from api.ward.form.saving import Screener, provisional
from careplans.course.state import Course
from engine.errors import InputError
from forms.model import read_case
from rules.assessment import Assessment
from rules.knowledge import ITEMS
from rules.scores.cfs import cfs_tree

GUARDS = ("cfs_disagreement", "cfs_dementia_mismatch", "cfs_terminal_mismatch")
"""Rules that ask for a second look at the clinician's score."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The assessment as it would be now; which question comes next, and which can change nothing any more."""

    assessment: Assessment
    next: str | None
    idle: frozenset[str]

    @property
    def guards(self) -> tuple[str, ...]:
        """Return the second looks that are asked for."""
        return tuple(each.rule for each in self.assessment.findings if each.rule in GUARDS)


def outlook_of(screener: Screener, form: Form, course: Course) -> Outlook:
    """Return what the answers give so far."""
    assessment = _assessed(screener, form, course)
    tree = cfs_tree(form.said.answers)
    wanted = {item for each in assessment.undecided for item in each.missing}
    if CFS in wanted:
        wanted |= tree.open
    unanswered = [item for item in ITEMS if item not in form.said.answers and item not in form.said.wrong]
    idle = frozenset(item for item in unanswered if item not in wanted and ITEMS[item].kind not in ("text", "list"))
    next_item = tree.next_question if CFS in wanted else None
    if form.known.again and CFS not in form.said.answers:
        next_item = CFS  # who evaluates has followed the patient, and asks the tree only in doubt
    return Outlook(assessment, next_item or assessment.ask_next, idle - {CFS, "age"})


def _assessed(screener: Screener, form: Form, course: Course) -> Assessment:
    screening = screener.record.screening
    try:
        return screening.assess(read_case(provisional(screener, form, course)), None, screener.now)
    except InputError:
        # A line that someone is still writing, or a text that is too long, waits; the answers do not.
        bare = form.answers_alone()
        return screening.assess(read_case(provisional(screener, bare, course)), None, screener.now)
