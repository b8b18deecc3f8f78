"""What a plan is renewed from: every measure that it has, how each stands with the answers of today, and what is new.

A measure goes on until someone takes it out: what nobody has answered settles nothing. The page and the HTTP API both
ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Literal

from sqlalchemy import Connection

from api.record.record import Record
from careplans.acceptance import contested, shared_decision_rule
from careplans.course.choices import accepted_of, choice_open, chosen_track, verdicts_on
from careplans.course.due import Basis, clocks_in, comes_after_discharge, plan_as_it_stands
from careplans.course.events import PlanStarted
from careplans.course.renewing import basis_of, came_home_from, keeping
from careplans.course.state import Course, PlanState, Screening
from careplans.settings import PlanSettings
from engine.errors import InputError
from rules.assessment import Assessment, Finding
from rules.case import Case
from rules.times import OSLO

Stands = Literal["still", "undecided", "ended", "not_chosen", "new"]
WITHOUT_ACTIONS = ("track:", "pathway:")
"""What is a measure by itself, also where it brings no action."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that was accepted, or is suggested now: how it stands, and whether it goes on unless someone says else.

    `missing` are the questions that would settle it; `changed` the facts that it no longer rests on, as they are now.
    """

    rule: str
    stands: Stands
    goes_on: bool
    is_track: bool = False
    missing: tuple[str, ...] = ()
    changed: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a plan would be renewed from; `over` are measures that belonged to the stay in hospital.

    `waits` is where the new score gives another track than the plan has: whoever evaluates does not choose it.
    """

    assessment: str
    measures: tuple[Measure, ...]
    over: tuple[str, ...]
    modules: tuple[str, ...]
    waits: bool = False

    @property
    def rules(self) -> tuple[str, ...]:
        """Return the rules that can go on."""
        return tuple(each.rule for each in self.measures)


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
    """Return what the plan can be renewed from: a new screening, else its own as it was corrected since.

    None before the patient has come home.
    """
    own = next((each for each in course.screenings if plan.assessment in _assessments(each)), None)
    ids = {each.assessment for each in (*course.plans, own, course.screening) if each}
    basis = record.bases.of(connection, ids)
    screening = scored_since(course, plan, basis) or own
    found, before = basis.get(screening.assessment) if screening else None, basis_of(course, plan, basis)
    if screening is None or found is None or before is None or _in_bed(course, plan):
        return None
    accepted = accepted_of(course, plan, before.assessment).rules or frozenset()
    held = tuple(each for each in before.assessment.offers if each.rule in accepted - {shared_decision_rule()})
    asked = _Asked(course, plan, screening.assessment, found=found, held=held)
    every = (*_held(asked), *_new(asked))
    at_home = _at_home(asked, before.assessment, every) | _undone_at_home(asked, before)
    measures = tuple(each for each in every if each.rule in at_home or each.stands == "not_chosen")
    return Renewal(
        screening.assessment,
        measures,
        tuple(each.rule for each in every if each not in measures and each.stands != "new"),
        plan.modules,
        waits=_waits(asked),
    )


def refuse_renewal(event: PlanStarted, renewal: Renewal | None) -> None:
    """Raise `InputError` where a renewal comes too soon, chooses a track, or ends one that nobody has overridden."""
    if renewal is None:
        raise InputError("renews", "not_home_yet")
    if renewal.waits:
        raise InputError("rules", "track_to_be_decided")
    if ended_tracks(renewal, event.rules):
        raise InputError("rules", "track_not_ended")


def ended_tracks(renewal: Renewal, rules: Iterable[str]) -> tuple[str, ...]:
    """Return the rules of a running track that would end with a renewal, and that nobody has overridden."""
    named = frozenset(rules)
    tracks = (each for each in renewal.measures if each.is_track and each.goes_on and each.stands != "new")
    return tuple(each.rule for each in tracks if each.rule not in named)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The plan that is renewed, what it holds, and the assessment that it is held against."""

    course: Course
    plan: PlanState
    of: str
    found: Basis
    held: tuple[Finding, ...]

    @property
    def offers(self) -> tuple[Finding, ...]:
        """Return what is suggested now, without the shared decision itself."""
        return tuple(each for each in self.found.assessment.offers if each.rule != shared_decision_rule())

    @property
    def verdicts(self) -> Mapping[str, str]:
        """Return what was said to each suggestion since the score."""
        return verdicts_on(self.course, self.of)

    @property
    def decided(self) -> frozenset[str]:
        """Return the tracks that a doctor has accepted, or that were chosen together, after the new score."""
        if self.of == self.plan.assessment:
            return frozenset()
        accepted = {each.suggests for each in self.offers if contested(each) and self._accepted(each)}
        chosen = chosen_track(self.course, self.of)
        shared = self.found.assessment.fired(shared_decision_rule())
        return frozenset({f"track:{chosen}"} if shared and chosen else accepted)

    def _accepted(self, offer: Finding) -> bool:
        return self.verdicts.get(offer.rule) == "accepted"


def _held(asked: _Asked) -> tuple[Measure, ...]:
    """Return every measure of the plan; one that another rule suggests now stands under that rule."""
    now = {each.suggests: each.rule for each in reversed(asked.offers)}
    rules = {each.rule for each in asked.offers}
    found: dict[str, Measure] = {}
    for each in asked.held:
        rule = each.rule if each.rule in rules else now.get(each.suggests, each.rule)
        found.setdefault(rule, _measure(asked, each, rule, offered=rule in rules))
    return tuple(found.values())


def _measure(asked: _Asked, held: Finding, rule: str, *, offered: bool) -> Measure:
    """Return how something that the plan has stands now."""
    is_track, decided = contested(held), asked.decided
    overridden = asked.verdicts.get(rule) == "overridden"
    if overridden or (is_track and decided and held.suggests not in decided):
        return Measure(rule, "not_chosen", goes_on=False, is_track=is_track)
    if offered:
        return Measure(rule, "still", goes_on=True, is_track=is_track)
    assessment = asked.found.assessment
    undecided = next((each for each in assessment.undecided if each.rule == rule), None)
    if undecided or any(each.rule == rule for each in assessment.errors):
        return Measure(rule, "undecided", True, is_track, missing=undecided.missing if undecided else ())
    return Measure(rule, "ended", True, is_track, changed=_changed(held, asked.found))


def _changed(held: Finding, found: Basis) -> tuple[tuple[str, object], ...]:
    """Return the facts that a suggestion rested on and that are others now."""
    now = ((item, was, _now(item, found.case, found.assessment)) for item, was in held.because.items())
    return tuple((item, is_) for item, was, is_ in now if is_ is not None and is_ != was)


def _now(item: str, case: Case, assessment: Assessment) -> object:
    score = assessment.scores.get(item)
    return score.value if score else case.answers.get(item)


def _new(asked: _Asked) -> tuple[Measure, ...]:
    """Return what is suggested now and is no part of the plan; it begins only when someone says so."""
    held = {each.suggests for each in asked.held} | {each.rule for each in asked.held}
    new = (each for each in asked.offers if each.suggests not in held and each.rule not in held)
    stands = (each for each in new if not contested(each) or each.suggests in asked.decided)
    accepted = {rule for rule, verdict in asked.verdicts.items() if verdict == "accepted"}
    said = accepted | {each.rule for each in asked.offers if each.suggests in asked.decided}
    return tuple(Measure(each.rule, "new", each.rule in said, is_track=contested(each)) for each in stands)


def _at_home(asked: _Asked, before: Assessment, measures: tuple[Measure, ...]) -> frozenset[str]:
    """Return the rules that bring something to a plan that begins at home; the rest belonged to the hospital."""
    rules = tuple(each.rule for each in measures if each.stands != "not_chosen")
    every = keeping(asked.found.assessment, before, frozenset(rules))
    begun = PlanState("", asked.of, asked.plan.started, rules=rules, modules=asked.plan.modules, renews=asked.plan.id)
    plan = plan_as_it_stands(asked.course, begun, replace(asked.found, assessment=every), settings=PlanSettings())
    bring = {rule for action in plan.actions for rule in action.why}
    known = (*before.offers, *every.offers)
    return frozenset(bring | {each.rule for each in known if each.suggests.startswith(WITHOUT_ACTIONS)})


def _undone_at_home(asked: _Asked, before: Basis) -> frozenset[str]:
    """Return the rules with something that was to be done after the discharge, and that nobody has marked.

    It does not belong to the stay, whatever the answers of today bring anew.
    """
    plan = plan_as_it_stands(asked.course, asked.plan, before, settings=PlanSettings())
    at_home = tuple(each for each in plan.actions if comes_after_discharge(each.due))
    clocks = clocks_in(asked.course, asked.plan, at_home)
    undone = (each for each, clock in zip(at_home, clocks, strict=True) if clock.state in {"open", "paused"})
    now = {each.suggests: each.rule for each in reversed(asked.offers)}
    suggests = {each.rule: each.suggests for each in asked.held}
    rules = {rule for each in undone for rule in each.why}
    return frozenset(rules | {now[suggests[each]] for each in rules if suggests.get(each) in now})


def _waits(asked: _Asked) -> bool:
    """Return whether another track than the plan's is suggested, and nobody who may has said what becomes of it."""
    assessment = asked.found.assessment
    if asked.of == asked.plan.assessment:
        return False
    if assessment.fired(shared_decision_rule()):
        return choice_open(asked.course, asked.of, assessment)
    tracks = {each.suggests for each in asked.held}
    others = (each for each in asked.offers if contested(each) and each.suggests not in tracks)
    return any(each.rule not in asked.verdicts for each in others)


def _in_bed(course: Course, plan: PlanState) -> bool:
    return course.in_hospital and course.stay is not None and course.stay.id == came_home_from(course, plan)


def _assessments(screening: Screening) -> tuple[str, ...]:
    return (screening.assessment, *screening.versions)
