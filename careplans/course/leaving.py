"""What is done before a patient leaves hospital, and is not: asked before it is written, and told after."""

from __future__ import annotations

from collections.abc import Iterable

from careplans.course.due import NEED, SCREENING
from careplans.course.state import EPIKRISE, NOTICE, NextStep, StepClock

BEFORE_LEAVING = frozenset({SCREENING, NEED, NOTICE, "HPH0", "HPH1", EPIKRISE, "control_appointments"})
UNSETTLED = frozenset({"decide", "shared_decision", "start_plan"})


def not_done(clocks: Iterable[StepClock], coming: NextStep | None) -> tuple[str, ...]:
    """Return what is not done of someone who leaves: the hospital's own steps, screening, and what is undecided."""
    open_steps = [each.step for each in clocks if each.state == "open" and each.step in BEFORE_LEAVING]
    undecided = [coming.what] if coming and coming.what in UNSETTLED else []
    return tuple(dict.fromkeys([*open_steps, *undecided]))
