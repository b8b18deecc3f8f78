"""The home pathway HPH0-HPH5 and the clocks beside it, with Norwegian holidays (SPEC section 4; Røsstad 2017)."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import holidays

from careplans.catalogue import DueRule, Replacement, StepTemplate, read, step, steps
from careplans.parts import Added, Due, Step
from rules.assessment import Assessment
from rules.times import oslo, oslo_day

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Clock:
    """The days a plan counts from, and the municipality's own offsets; None is not known."""

    index: date
    admitted: datetime | None = None
    discharge: date | None = None
    expected: bool = False
    offsets: Mapping[str, int] = field(default_factory=dict)


def timeline(assessment: Assessment, clock: Clock, *, pathway: str | None, instead: Replacement) -> tuple[Step, ...]:
    """Return the steps and clocks of a patient on an accepted discharge pathway, in order; None keeps every step."""
    here = (each for each in instead.pathway if pathway is None or pathway in each.pathways)
    return tuple(
        _dated(template, clock, adds=_adds(template, pathway)) for template in here if _needed(template, assessment)
    )


def due(rule: DueRule, clock: Clock, *, owner: str) -> Due:
    """Return when something is due for that owner; after discharge, some owners' dates are working days."""
    rule = _with_offsets(rule, clock.offsets)
    found = _count(rule, clock)
    after_discharge = found.anchor == "discharge" and not found.before
    keeps_hours = owner in read("pathway")["calendar"]["office_hours"]
    return _to_office_hours(found, clock) if after_discharge and keeps_hours else found


def pathway_kept(done: Set[str]) -> bool:
    """Return whether the pathway was kept: at least three of HPH1-HPH4 were done (Røsstad 2017)."""
    kept = read("pathway")["kept"]
    return len(done & set(kept["of"])) >= int(kept["least"])


def is_working_day(day: date) -> bool:
    """Return whether Norwegian offices are open that day: no weekend, public holiday, or eve when they are closed."""
    eve = f"{day:%m-%d}" in read("pathway")["calendar"]["closed"]
    return day.weekday() < SATURDAY and not eve and day not in _public_holidays()


def working_days_after(day: date, days: int) -> date:
    """Return the day that is so many working days later."""
    for _ in range(days):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


@cache
def _public_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays(read("pathway")["calendar"]["public_holidays"])


def _needed(template: StepTemplate, assessment: Assessment) -> bool:
    """Leave a step out only where the facts say so: an open need keeps it."""
    open_rules = {undecided.rule for undecided in assessment.undecided} | {error.rule for error in assessment.errors}
    return not template.needs or any(assessment.fired(rule) or rule in open_rules for rule in template.needs)


def _dated(template: StepTemplate, clock: Clock, *, adds: tuple[Added, ...]) -> Step:
    when = due(template.due, clock, owner=template.owners[0])
    return Step(
        template.id,
        template.kind,
        template.owners,
        due=when,
        checklist=template.checklist,
        adds=adds,
        name=template.name,
    )


def _adds(template: StepTemplate, pathway: str | None) -> tuple[Added, ...]:
    """Return what a step adds; while no pathway is settled, a step that not every pathway has may add nothing."""
    every = {name for each in steps() for name in each.pathways}
    if pathway or every == set(template.pathways):
        return template.adds
    return tuple(replace(added, low=0) for added in template.adds)


def _with_offsets(rule: DueRule, offsets: Mapping[str, int]) -> DueRule:
    """Fill in a step's own rule and the municipality's number for it."""
    if rule.step is None:
        return rule
    own = step(rule.step).due
    earlier = own.after
    if earlier is None and rule.step not in offsets:
        return own
    number = offsets.get(rule.step, own.hours or own.days)
    hours = number if own.hours else 0
    if earlier is not None:
        hours += _with_offsets(DueRule(step=earlier), offsets).hours
    return replace(own, days=0 if own.hours else number, hours=hours)


def _count(rule: DueRule, clock: Clock) -> Due:
    found = Due(anchor=rule.anchor, days=rule.days, hours=rule.hours, before=rule.before, event=rule.event)
    if rule.anchor == "admission" and clock.admitted is not None:
        return _from_admission(found, clock.admitted)
    if rule.anchor == "discharge" and clock.discharge is not None:
        days = -rule.days if rule.before else rule.days
        return replace(found, on=clock.discharge + timedelta(days=days), expected=clock.expected)
    if rule.anchor == "index":
        on = clock.index + timedelta(days=rule.days)
        return replace(found, on=max(clock.index, min(on, clock.discharge or on)))
    return found


def _from_admission(found: Due, admitted: datetime) -> Due:
    if not found.hours:
        return replace(found, on=oslo_day(admitted) + timedelta(days=found.days))
    at = oslo((oslo(admitted).astimezone(UTC)) + timedelta(hours=found.hours))
    return replace(found, on=at.date(), at=at)


def _to_office_hours(found: Due, clock: Clock) -> Due:
    """Move a date to the working day before, but never before the discharge."""
    if found.on is None or is_working_day(found.on):
        return found
    day = found.on
    while not is_working_day(day):
        day -= timedelta(days=1)
    day = max(day, clock.discharge or day)
    return replace(found, on=day, moved_from=found.on) if day != found.on else found
