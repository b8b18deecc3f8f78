"""What cannot be recorded: something about a stay, plan, assessment or event that the patient does not have."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from api.record.catalogued import refuse_uncatalogued
from api.record.streams import Stream, read_stream, survivor
from careplans.catalogue import steps, task_of
from careplans.course.due import EXPECTED_SET
from careplans.course.events import (
    Admitted,
    ChoiceRecorded,
    ClockPaused,
    ClockResumed,
    Decided,
    Died,
    Discharged,
    DischargeExpected,
    Event,
    Merged,
    OwnerSet,
    PlanClosed,
    PlanPaused,
    PlanResumed,
    PlanStarted,
    ReadyForDischarge,
    Retracted,
    Screened,
    StepDone,
    StepNotDone,
    Transferred,
    Undone,
)
from careplans.course.left import LEFT
from careplans.course.state import RECEIPT, Course
from engine.errors import InputError
from rules.times import oslo, oslo_day

AHEAD = timedelta(minutes=10)  # how far a sender's clock may be before ours
AFTER_DEATH = frozenset({"undone", "described", "merged", "retracted", "record_blocked", "address_protected"})
AT_HOME = frozenset(step.id for step in steps() if step.due.anchor == "discharge" and step.due.days > 0)
"""The visits, which are days after the patient went home."""

OF_STAY = (Transferred, DischargeExpected, ReadyForDischarge, Discharged)
OF_PLAN = (PlanPaused, PlanResumed, PlanClosed)
OF_STEP = (StepDone, StepNotDone, ClockPaused, ClockResumed, OwnerSet)
OF_ASSESSMENT = (Decided, ChoiceRecorded, PlanStarted)


def refuse_impossible(event: Event, stream: Stream, *, now: datetime, connection: Connection) -> None:
    """Raise `InputError` where the event cannot be about this patient, or cannot have taken place yet."""
    course = stream.course
    if course.died is not None and event.kind not in AFTER_DEATH:
        raise InputError("kind", "patient_has_died")
    if isinstance(event, Screened):
        raise InputError("kind", "screened_by_screening")
    refuse_uncatalogued(event)
    _refuse_future(event, now)
    _refuse_unknown(event, stream)
    if isinstance(event, StepDone):
        _refuse_untimely(event, course)
    if isinstance(event, StepDone | StepNotDone) and event.step == LEFT:
        _refuse_unexplained(event)
    if isinstance(event, Decided) and event.verdict == "overridden" and not (event.reason or "").strip():
        raise InputError("reason", "override_needs_reason")
    if isinstance(event, Merged):
        _refuse_merging(event, stream, connection)


def _refuse_future(event: Event, now: datetime) -> None:
    at = getattr(event, "at", None)
    if at is not None and at.tzinfo is None:
        raise InputError("at", "time_without_zone")
    if at is not None and at > now + AHEAD:
        raise InputError("at", "not_yet")
    if isinstance(event, Died) and event.on > oslo_day(now):
        raise InputError("on", "not_yet")


def _refuse_untimely(event: StepDone, course: Course) -> None:
    """Refuse a visit at home of someone in bed, and a day of discharge that is said to be set without a date."""
    of_plan = next((plan.stay for plan in course.plans if plan.id == event.course), None)
    stay = next((each for each in course.stays if each.id == (of_plan or event.course)), None)
    if stay is None:
        return
    if event.step == RECEIPT and course.notified is None:
        raise InputError("step", "not_notified")
    if stay.discharged is None and task_of(event.step) in AT_HOME:
        raise InputError("step", "not_home_yet")
    if event.step == EXPECTED_SET:
        raise InputError("step", "set_by_its_date")


def refuse_second_bed(event: Event, course: Course, *, role: str) -> None:
    """Ask a person whether it is a transfer or a new stay, where the patient is in hospital already.

    What the record sends is another stay, and the open one ended where it begins (docs/decisions/0008).
    """
    if role == "system" or not isinstance(event, Admitted) or course.stay is None or not course.in_hospital:
        return
    new = event.stay not in {each.id for each in course.stays}
    if new and oslo(event.at) >= oslo(course.stay.admitted):
        raise InputError("stay", "stay_or_transfer")


def _refuse_unexplained(event: StepDone | StepNotDone) -> None:
    """Let go of whoever left undecided only with a reason: what is decided settles it by itself."""
    if isinstance(event, StepDone) or not (event.note or "").strip():
        raise InputError("note", "left_needs_reason")


def _refuse_unknown(event: Event, stream: Stream) -> None:
    course = stream.course
    stays, plans = {each.id for each in course.stays}, {each.id for each in course.plans}
    assessments = {each.assessment for each in course.screenings}
    known: dict[str, tuple[object, set[str]]] = {}
    if isinstance(event, OF_STAY):
        known["stay"] = event.stay, stays
    elif isinstance(event, OF_PLAN):
        known["plan"] = event.plan, plans
    elif isinstance(event, OF_STEP):
        known["course"] = event.course, stays | plans
    elif isinstance(event, OF_ASSESSMENT):
        known["assessment"] = event.assessment, assessments
    elif isinstance(event, Retracted):
        known["id"] = event.id, stays if event.of == "stay" else {each.id for each in course.screenings}
    elif isinstance(event, Undone):
        known["event"] = event.event, {each.id for each in stream.recorded}
    for where, (id, ids) in known.items():
        if id not in ids:
            raise InputError(where, "not_of_this_patient")
    if isinstance(event, Admitted) and event.stay in stays and not _mends_time(event, stream.course):
        raise InputError("stay", "stay_there_already")


def _mends_time(event: Admitted, course: Course) -> bool:
    """Return whether a known stay gets another beginning; where the patient lies is changed by moving the patient."""
    stay = next(each for each in course.stays if each.id == event.stay)
    same_place = (event.hospital, event.ward) == (stay.hospital, stay.ward)
    return stay.assumed or (same_place and oslo(event.at) != oslo(stay.admitted))


def _refuse_merging(event: Merged, stream: Stream, connection: Connection) -> None:
    other = read_stream(connection, event.other)
    if other is None or survivor(connection, event.other) != event.other or event.other == stream.person:
        raise InputError("other", "cannot_be_merged")
