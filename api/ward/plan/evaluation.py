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
from careplans.course.choices import accepted_of, verdicts_on
from careplans.course.due import Basis
from careplans.course.events import PlanStarted, StepDone
from careplans.course.state import Course, PlanState, Screening
from engine.errors import InputError
from engine.texts import Texts
from rules.assessment import Finding
from rules.times import OSLO, oslo_day

NOT_RESCORED = "not_rescored"


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a plan would be renewed from: an assessment, what it suggests, and what of it goes on.

    `waits` is where the new score gives another track than the plan has: whoever evaluates does not choose it.
    """

    assessment: str
    offers: tuple[Finding, ...]
    kept: frozenset[str]
    modules: tuple[str, ...]
    waits: bool = False


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
    ids = {plan.assessment, *(each.assessment for each in (own, course.screening) if each)}
    basis = record.bases.of(connection, ids)
    screening = scored_since(course, plan, basis) or own
    found, before = basis.get(screening.assessment) if screening else None, basis.get(plan.assessment)
    if screening is None or found is None or before is None:
        return None
    every, tracks = found.assessment.offers, _tracks(course, plan, before)
    verdicts = verdicts_on(course, screening.assessment)
    accepted = {rule for rule, verdict in verdicts.items() if verdict == "accepted"}
    offers = tuple(each for each in every if not contested(each) or each.suggests in tracks or each.rule in accepted)
    kept = frozenset(each.rule for each in offers if _goes_on(each, verdicts, plan))
    waits = any(map(contested, every)) or bool(tracks)
    return Renewal(
        screening.assessment, offers, kept, plan.modules, waits=waits and not any(contested(each) for each in offers)
    )


def _tracks(course: Course, plan: PlanState, before: Basis) -> frozenset[str]:
    """Return the contested tracks that the plan has, which go on without being chosen anew."""
    rules = accepted_of(course, plan, before.assessment).rules or frozenset()
    return frozenset(each.suggests for each in before.assessment.offers if contested(each) and each.rule in rules)


def renewed(plan: PlanState, renewal: Renewal, sent: FormData, *, now: datetime) -> PlanStarted:
    """Return the plan that goes on with what was ticked."""
    if renewal.waits:
        raise InputError("rules", "track_to_be_decided")
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


def _goes_on(offer: Finding, verdicts: Mapping[str, str], plan: PlanState) -> bool:
    """What was decided in the newest assessment goes first, then what the plan holds, its track among it."""
    if offer.rule in verdicts:
        return verdicts[offer.rule] == "accepted"
    return offer.rule in plan.rules or contested(offer)


def _assessments(screening: Screening) -> tuple[str, ...]:
    return (screening.assessment, *screening.versions)
