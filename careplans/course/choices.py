"""What was accepted and chosen, and what still waits for someone's word."""

from __future__ import annotations

from careplans.acceptance import Accepted, accept, contested, shared_decision_rule
from careplans.catalogue import modules, read
from careplans.course.state import Course, PlanState
from rules.assessment import Assessment, Finding


def accepted_of(course: Course, plan: PlanState, assessment: Assessment) -> Accepted:
    """Return what a plan was started from, for `build_plan`; what was not suggested is left out."""
    rules = _after_choice(course, plan.assessment, assessment, named=frozenset(plan.rules))
    return Accepted(rules, frozenset(plan.modules) & {module.id for module in modules()})


def choice_open(course: Course, of: str, assessment: Assessment) -> bool:
    """Return whether two tracks wait for a choice that nobody has recorded; overriding both leaves none."""
    verdicts = verdicts_on(course, of)
    declined = all(verdicts.get(each.rule) == "overridden" for each in assessment.offers if contested(each))
    if declined or chosen_track(course, of):
        return False
    by_hand = frozenset(rule for rule, verdict in verdicts.items() if verdict == "accepted")
    named = by_hand.union(*(plan.rules for plan in plans_from(course, of)))
    return accept(assessment, Accepted(_after_choice(course, of, assessment, named=named))).choice_open


def undecided_offers(course: Course, of: str, assessment: Assessment) -> tuple[Finding, ...]:
    """Return the suggestions that nobody has accepted or overridden; a recorded choice decides both its tracks."""
    if plans_from(course, of):
        return ()
    verdicts, chosen = verdicts_on(course, of), chosen_track(course, of)
    waiting = (each for each in offered_here(course, of, assessment) if each.rule not in verdicts)
    shared = shared_decision_rule()
    return tuple(each for each in waiting if chosen is None or not (contested(each) or each.rule == shared))


def offered_here(course: Course, of: str, assessment: Assessment) -> tuple[Finding, ...]:
    """Return what is suggested where the patient is: of a score made at home, nothing that belongs to a stay."""
    if not (course.is_home and scored_at_home(course, of)):
        return assessment.offers
    of_stay = frozenset(read("pathway")["of_a_stay"]["rules"])
    return tuple(each for each in assessment.offers if each.rule not in of_stay)


def scored_at_home(course: Course, of: str) -> bool:
    """Return whether an assessment was made outside any stay."""
    return any(of in each.every and each.stay is None for each in course.screenings)


def renewed_at_home(course: Course, of: str) -> PlanState | None:
    """Return the plan that is renewed rather than another begun: at home there is one way.

    A plan that a readmission paused gives way to one of that stay, and to no other.
    """
    plan = course.waiting
    if plan is None or not course.is_home:
        return None
    return plan if plan.status == "running" or scored_at_home(course, of) else None


def has_something_to_start(course: Course, of: str, assessment: Assessment) -> bool:
    """Return whether a suggestion was accepted or chosen that no plan has been started from."""
    return bool(to_start(course, of, assessment)) and not plans_from(course, of)


def to_start(course: Course, of: str, assessment: Assessment) -> tuple[str, ...]:
    """Return the rules that a plan would start from, in the order they are suggested: accepted, and chosen together."""
    accepted = frozenset(rule for rule, verdict in verdicts_on(course, of).items() if verdict == "accepted")
    starting = _after_choice(course, of, assessment, named=accepted)
    return tuple(each.rule for each in offered_here(course, of, assessment) if each.rule in starting)


def waits_for_choice(offer: Finding, assessment: Assessment) -> bool:
    """Return whether a suggestion is part of the shared decision: the decision itself, or a track that may need it."""
    shared = shared_decision_rule()
    may_be = assessment.fired(shared) or any(each.rule == shared for each in assessment.undecided)
    return may_be and (offer.rule == shared or contested(offer))


def chosen_track(course: Course, of: str) -> str | None:
    """Return the track that was chosen together after this assessment, else after the one it goes on from."""
    asked: set[str] = set()
    before: str | None = of
    while before is not None and before not in asked:
        asked.add(before)
        versions = versions_until(course, before)
        for choice in reversed(course.choices):
            if choice.assessment in versions:
                return choice.track
        before = _goes_on_from(course, before)
    return None


def plans_from(course: Course, of: str) -> tuple[PlanState, ...]:
    """Return the plans that an assessment led to, ended or not."""
    return tuple(plan for plan in course.plans if plan.assessment == of)


def _goes_on_from(course: Course, of: str) -> str | None:
    """Return the assessment before: of the plan that was renewed, or that runs where CFS was scored again at home."""
    started = plans_from(course, of)
    if started:
        return next((plan.assessment for plan in course.plans if plan.id == started[0].renews), None)
    at_home = any(each.assessment == of and each.stay is None for each in course.screenings)
    return course.running.assessment if at_home and course.running else None


def _after_choice(course: Course, of: str, assessment: Assessment, *, named: frozenset[str]) -> frozenset[str]:
    """Return the named rules that were suggested: after a choice with the chosen track, and without the other."""
    chosen = chosen_track(course, of)
    if chosen is None or not assessment.fired(shared_decision_rule()):
        return frozenset(each.rule for each in assessment.offers if each.rule in named)
    kept = {each.rule for each in assessment.offers if each.rule in named and not contested(each)}
    chosen_rules = (each.rule for each in assessment.offers if _of_track(each, chosen))
    return frozenset({*kept, shared_decision_rule(), *chosen_rules})


def _of_track(offer: Finding, track: str) -> bool:
    return contested(offer) and offer.suggests == f"track:{track}"


def verdicts_on(course: Course, of: str) -> dict[str, str]:
    """Return what was said to each rule, newest last: a correction keeps what was said to the versions before it."""
    versions = versions_until(course, of)
    return {each.rule: each.verdict for each in course.decisions if each.assessment in versions}


def versions_until(course: Course, of: str) -> frozenset[str]:
    """Return an assessment with those it corrects, but none that corrects it."""
    for each in course.screenings:
        every = (*each.versions, each.assessment)
        if of in every:
            return frozenset(every[: every.index(of) + 1])
    return frozenset({of})
