"""What can be decided, chosen and started: what the assessment suggests, and a contested track once it is chosen."""

from __future__ import annotations

from careplans.acceptance import contested, shared_decision_rule
from careplans.catalogue import modules
from careplans.course.choices import chosen_track, offered_here, renewed_at_home
from careplans.course.events import ChoiceRecorded, Decided, Event, PlanStarted
from careplans.course.state import Course
from engine.errors import InputError
from rules.assessment import Assessment


def refuse_unoffered(event: Event, course: Course, assessment: Assessment, held: frozenset[str] = frozenset()) -> None:
    """Raise `InputError` where a decision, a choice or a plan is about what nobody suggested for this patient.

    `held` are the rules of the plan that runs: they can be ended, and go on in a renewal, whatever is suggested now.
    """
    match event:
        case Decided():
            here = {each.rule for each in offered_here(course, event.assessment, assessment)}
            if event.rule not in here | held:
                raise InputError("rule", "rule_not_offered")
        case ChoiceRecorded():
            _refuse_choice(event, assessment)
        case PlanStarted():
            _refuse_plan(event, course, assessment, held if event.renews else frozenset())


THE_PATIENTS_SIDE = frozenset({"patient", "next_of_kin"})
THE_DOCTORS_SIDE = frozenset({"treating_doctor", "geriatric_team", "gp"})
"""A shared decision is the treating doctor's and the patient's, with the next of kin (SPEC section 3)."""


def _refuse_choice(event: ChoiceRecorded, assessment: Assessment) -> None:
    tracks = {each.suggests for each in assessment.offers if contested(each)}
    if not assessment.fired(shared_decision_rule()) or f"track:{event.track}" not in tracks:
        raise InputError("track", "no_choice_to_make")
    took_part = set(event.participants)
    if not (took_part & THE_PATIENTS_SIDE and took_part & THE_DOCTORS_SIDE):
        raise InputError("participants", "not_shared")
    if "patient" not in took_part and not (event.without_patient or "").strip():
        raise InputError("without_patient", "patient_left_out")


def _refuse_plan(event: PlanStarted, course: Course, assessment: Assessment, held: frozenset[str]) -> None:
    """The rules are suggested, the modules are ours, and two tracks never start where one is to be chosen."""
    if set(event.rules) - _offered(assessment) - held:
        raise InputError("rules", "rule_not_offered")
    if set(event.modules) - {module.id for module in modules()}:
        raise InputError("modules", "module_unknown")
    plans = {plan.id for plan in course.plans}
    if event.plan in plans:
        raise InputError("plan", "plan_there_already")
    if event.renews is not None and event.renews not in plans:
        raise InputError("renews", "not_of_this_patient")
    if event.renews is None and renewed_at_home(course, event.assessment):
        raise InputError("renews", "renewed_at_home")
    if assessment.fired(shared_decision_rule()):
        _refuse_unchosen(event, course, assessment)


def _refuse_unchosen(event: PlanStarted, course: Course, assessment: Assessment) -> None:
    named = {each.suggests for each in assessment.offers if contested(each) and each.rule in event.rules}
    chosen = chosen_track(course, event.assessment)
    if named and chosen is None:
        raise InputError("rules", "choice_not_recorded")
    if named - {f"track:{chosen}"}:
        raise InputError("rules", "not_the_chosen_track")


def _offered(assessment: Assessment) -> set[str]:
    return {each.rule for each in assessment.offers}
