"""A plan and the answers of today: facts that ground no rule are read at once, and grounds never change silently.

What matters, treatment limits, next of kin and the lists of medicines and diagnoses are what was said last. The
suggestions a plan was started from stay; where answers behind them have been corrected since, the plan says which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from careplans.course.fold import aware
from careplans.course.renewing import basis_of, plan_before
from careplans.course.state import Course, PlanState, Screening, routing
from careplans.parts import Corrected
from rules.case import Case, Patient
from rules.items import cfs_clinician
from rules.knowledge import ITEMS, in_form_order

if TYPE_CHECKING:
    from careplans.course.due import Basis

CFS = cfs_clinician.id
NO_GROUNDS = frozenset(item.id for item in ITEMS.values() if item.kind == "text")
"""Words that people write, which no rule reads."""


def known_now(course: Course, plan: PlanState, basis: Mapping[str, Basis]) -> Basis | None:
    """Return what a plan rests on, with the facts as they were said last and what of its grounds was corrected."""
    found = basis_of(course, plan, basis)
    if found is None:
        return None
    cases = [basis[each].case for each in facts_behind(course, plan) if each in basis]
    case = _with_facts(found.case, cases or [found.case])
    return replace(found, case=case, corrected=corrected_since(course, plan, basis))


def corrected_since(course: Course, plan: PlanState, basis: Mapping[str, Basis]) -> Corrected | None:
    """Return which answers behind the suggestions are others by now, and since when; of nobody who is dead."""
    newest, own = newest_behind(course, plan), basis.get(plan.assessment)
    now = basis.get(newest.assessment) if newest else None
    if newest is None or newest.at is None or own is None or now is None or newest.assessment == plan.assessment:
        return None
    items = _differing(own.case, now.case, whole=plan.assessment in newest.versions)
    cfs = (_cfs(own.case), _cfs(now.case)) if CFS in items else None
    return Corrected(newest.at, items, cfs) if items and course.died is None else None


def _cfs(case: Case) -> int | None:
    level = case.answers.get(CFS)
    return level if isinstance(level, int) else None


def newest_behind(course: Course, plan: PlanState) -> Screening | None:
    """Return the screening whose answers the plan would rest on today: its own as corrected, or a newer of its stay."""
    own = _screening_of(course, plan)
    here = routing([each for each in course.screenings if plan.stay and each.stay == plan.stay])
    if own is None or here is None or here.second or (here.unjudged and not own.unjudged):
        return own
    return here if course.screenings.index(here) > course.screenings.index(own) else own


def facts_behind(course: Course, plan: PlanState) -> tuple[str, ...]:
    """Return the assessments that tell the facts of a plan, the one whose words count most last.

    They are those of the plan and of the plans it renews, as corrected, and what first raters have told since.
    """
    own = set(_own(course, plan))
    first = min((place for place, each in enumerate(course.screenings) if each.id in own), default=0)
    told = [
        each
        for place, each in enumerate(course.screenings)
        if each.id in own or (place > first and not each.second and not each.unjudged)
    ]
    return tuple(each.assessment for each in sorted(told, key=lambda each: (each.at is not None, _at(each))))


def _own(course: Course, plan: PlanState) -> Iterator[str]:
    """Give the screenings that a plan and those it renews were started from."""
    at: PlanState | None = plan
    while at is not None:
        screening = _screening_of(course, at)
        if screening:
            yield screening.id
        at = plan_before(course, at)


def _screening_of(course: Course, plan: PlanState) -> Screening | None:
    return next((each for each in course.screenings if plan.assessment in (each.assessment, *each.versions)), None)


def _at(screening: Screening) -> float:
    return aware(screening.at).timestamp() if screening.at else 0.0


def _with_facts(case: Case, told: list[Case]) -> Case:
    """Return the case with what was said last; an answer that a correction takes away was never said."""
    said = {item: each.answers[item] for each in told for item in NO_GROUNDS & each.answers.keys()}
    sources = {item: each.sources[item] for each in told for item in NO_GROUNDS & each.sources.keys() if item in said}
    return replace(
        case,
        answers={item: answer for item, answer in case.answers.items() if item not in NO_GROUNDS} | said,
        sources={item: source for item, source in case.sources.items() if item not in NO_GROUNDS} | sources,
        diagnoses=next((each.diagnoses for each in reversed(told) if each.diagnoses is not None), None),
        medicines=next((each.medicines for each in reversed(told) if each.medicines is not None), None),
    )


def _differing(before: Case, now: Case, *, whole: bool) -> tuple[str, ...]:
    """Return the items that ground rules and are answered otherwise, in the order of the form.

    Without `whole` the newer is a screening of its own, in which what is not answered says nothing.
    """
    old, new = _grounds(before), _grounds(now)
    items = {item for item in old.keys() | new.keys() if old.get(item) != new.get(item)}
    return in_form_order(items if whole else items & new.keys())


def _grounds(case: Case) -> dict[str, object]:
    facts: dict[str, object] = {item: answer for item, answer in case.answers.items() if item not in NO_GROUNDS}
    facts |= {"conditions": case.diagnoses, "medicines": case.medicines, **_person(case.patient)}
    return {item: fact for item, fact in facts.items() if fact is not None}


def _person(patient: Patient) -> dict[str, object]:
    return {"age": patient.birth_date, "sex": patient.sex} if patient.birth_date else {"sex": patient.sex}
