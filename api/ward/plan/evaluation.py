"""The four-week evaluation: CFS is scored anew or it is said why not, and then the plan is closed or renewed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time

from sqlalchemy import Connection
from starlette.datastructures import FormData

from api.record.record import Record
from api.record.streams import new_id
from api.ward.event_forms import Blank, text_in
from careplans.acceptance import contested
from careplans.course.choices import chosen_track
from careplans.course.due import Basis
from careplans.course.events import PlanStarted, StepDone
from careplans.course.state import Course, PlanState, Screening
from engine.texts import Texts
from rules.assessment import Finding
from rules.times import OSLO, oslo_day

NOT_RESCORED = "not_rescored"


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a plan would be renewed from: an assessment, what it suggests, and what of it goes on."""

    assessment: str
    offers: tuple[Finding, ...]
    kept: frozenset[str]
    modules: tuple[str, ...]


def scored_since(course: Course, plan: PlanState, basis: Mapping[str, Basis]) -> Screening | None:
    """Return the newest screening after the stay, or after the start of a plan without one, that has a CFS."""
    stay = next((each for each in course.stays if each.id == plan.stay), None)
    since = datetime.combine(plan.started, time.min, OSLO)
    if stay and not plan.renews:
        if stay.discharged is None:
            return None
        since = stay.discharged
    newest = course.screening
    if newest is None or newest.at is None or newest.at <= since or plan.assessment in _assessments(newest):
        return None
    found = basis.get(newest.assessment)
    score = found.assessment.scores.get("cfs") if found else None
    return newest if score and score.value is not None else None


def renewal_of(record: Record, connection: Connection, course: Course, plan: PlanState) -> Renewal | None:
    """Return what the plan can be renewed from: a new screening, else its own as it was corrected since."""
    own = next((each for each in course.screenings if plan.assessment in _assessments(each)), None)
    basis = record.bases.of(connection, [each.assessment for each in (own, course.screening) if each])
    screening = scored_since(course, plan, basis) or own
    found = basis.get(screening.assessment) if screening else None
    if screening is None or found is None:
        return None
    chosen = chosen_track(course, screening.assessment)
    offers = tuple(each for each in found.assessment.offers if _may_start(each, chosen))
    verdicts = {each.rule: each.verdict for each in course.decisions if each.assessment == screening.assessment}
    kept = frozenset(each.rule for each in offers if _goes_on(each.rule, verdicts, plan))
    return Renewal(screening.assessment, offers, kept, plan.modules)


def renewed(plan: PlanState, renewal: Renewal, sent: FormData, *, now: datetime) -> PlanStarted:
    """Return the plan that goes on with what was ticked."""
    ticked = {each for each in sent.getlist("rules") if isinstance(each, str)}
    rules = tuple(each.rule for each in renewal.offers if each.rule in ticked)
    if not rules:
        raise Blank("rules")
    return PlanStarted(
        new_id(), renewal.assessment, oslo_day(now), rules=rules, modules=renewal.modules, renews=plan.id
    )


def with_cfs_accounted(event: StepDone, sent: FormData, texts: Texts, *, scored: bool) -> StepDone:
    """Return the evaluation with why CFS was not scored anew; raise `Blank` where neither was done."""
    if scored:
        return event
    why = text_in(sent, NOT_RESCORED)
    if not why:
        raise Blank(NOT_RESCORED)
    said = texts("plan_page.evaluation.not_rescored_note", why=why)
    return replace(event, note=" ".join(part for part in (event.note, said) if part))


def _goes_on(rule: str, verdicts: Mapping[str, str], plan: PlanState) -> bool:
    """What was decided in the newest assessment goes first, then what the plan holds."""
    return verdicts[rule] == "accepted" if rule in verdicts else rule in plan.rules


def _may_start(offer: Finding, chosen: str | None) -> bool:
    """A contested track goes on only where it is the one that was chosen."""
    return not contested(offer) or offer.suggests == f"track:{chosen}"


def _assessments(screening: Screening) -> tuple[str, ...]:
    return (screening.assessment, *screening.versions)
