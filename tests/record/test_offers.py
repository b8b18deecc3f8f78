"""What can be decided, chosen and started: what was suggested, and a contested track once it is chosen."""

from __future__ import annotations

from datetime import date

import pytest

from api.record.offers import refuse_unoffered
from careplans.course.events import ChoiceRecorded, Decided, Event, PlanStarted
from careplans.course.state import Course, PlanState
from engine.errors import InputError
from rules.assessment import Assessment, Finding, RuleSetInForce

DAY = date(2026, 11, 17)


def finding(rule: str, suggests: str) -> Finding:
    """Return something that was suggested."""
    return Finding(rule, suggests, "recommend", {}, ())


TEAM, PALLIATIVE = finding("cga_team", "track:cga_team"), finding("palliative_indicators", "track:palliative_focus")
SHARED, FALLS = finding("shared_decision", "action:shared_decision"), finding("fall_prevention", "module:falls")


def assessed(*findings: Finding) -> Assessment:
    """Return an assessment that suggests these."""
    return Assessment(DAY, RuleSetInForce("1", "sha256:0"), {}, findings=findings)


def refused(event: Event, course: Course, assessment: Assessment) -> str | None:
    """Return why an event is refused, or None where it is not."""
    try:
        refuse_unoffered(event, course, assessment)
    except InputError as error:
        return f"{error.where}: {error.code}"
    return None


def plan(*rules: str, **more: object) -> PlanStarted:
    """Return the start of a plan."""
    return PlanStarted("P2", "A1", DAY, rules, **more)  # type: ignore[arg-type] # fields of the plan


CONTESTED = assessed(SHARED, TEAM, PALLIATIVE, FALLS)
WITHOUT = ChoiceRecorded("A1", "cga_team", ("next_of_kin", "treating_doctor"))
CHOSEN = Course(choices=(ChoiceRecorded("A1", "cga_team", ("patient",)),))
ELSEWHERE = Course(choices=(ChoiceRecorded("A0", "cga_team", ("patient",)),))
WITH_PLAN = Course(plans=(PlanState("P1", "A1", DAY), PlanState("P2", "A1", DAY)))


@pytest.mark.parametrize(
    ("event", "course", "assessment", "why"),
    [
        (plan("fall_prevention"), Course(), assessed(FALLS), None),
        (plan(), Course(), assessed(), None),
        (plan("no_such_rule"), Course(), assessed(FALLS), "rules: rule_not_offered"),
        (plan(modules=("no_such_module",)), Course(), assessed(), "modules: module_unknown"),
        (plan(), WITH_PLAN, assessed(), "plan: plan_there_already"),
        (plan(renews="P0"), Course(), assessed(), "renews: not_of_this_patient"),
        (plan("cga_team"), Course(), assessed(TEAM), None),
        (plan("cga_team"), Course(), CONTESTED, "rules: choice_not_recorded"),
        (plan("shared_decision", "cga_team"), Course(), CONTESTED, "rules: choice_not_recorded"),
        (plan("fall_prevention"), Course(), CONTESTED, None),
        (plan("cga_team"), ELSEWHERE, CONTESTED, "rules: choice_not_recorded"),
        (plan("cga_team", "fall_prevention"), CHOSEN, CONTESTED, None),
        (plan("palliative_indicators"), CHOSEN, CONTESTED, "rules: not_the_chosen_track"),
        (plan("cga_team", "palliative_indicators"), CHOSEN, CONTESTED, "rules: not_the_chosen_track"),
        (Decided("A1", "fall_prevention", "accepted"), Course(), assessed(FALLS), None),
        (Decided("A1", "cga_team", "accepted"), Course(), assessed(FALLS), "rule: rule_not_offered"),
        (ChoiceRecorded("A1", "cga_team", ("patient", "treating_doctor")), Course(), CONTESTED, None),
        (WITHOUT, Course(), CONTESTED, "without_patient: patient_left_out"),
        (ChoiceRecorded("A1", "cga_team", WITHOUT.participants, without_patient="Delirium"), Course(), CONTESTED, None),
        (ChoiceRecorded("A1", "prevention", ("patient",)), Course(), CONTESTED, "track: no_choice_to_make"),
        (ChoiceRecorded("A1", "cga_team", ("patient",)), Course(), assessed(TEAM), "track: no_choice_to_make"),
        (ChoiceRecorded("A1", "cga_team", ()), Course(), CONTESTED, "participants: not_shared"),
        (ChoiceRecorded("A1", "cga_team", ("nurse", "interpreter")), Course(), CONTESTED, "participants: not_shared"),
    ],
)
def test_only_what_was_suggested_and_chosen_can_begin(event, course, assessment, why):
    assert refused(event, course, assessment) == why
