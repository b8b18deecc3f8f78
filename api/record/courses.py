"""A patient's course is read and added to; every change says which version it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from api.people.access import DECISIONS, decides_here, may_write
from api.people.user import User
from api.record.merging import move_drafts, project_parted, refuse_merged
from api.record.offers import refuse_unoffered
from api.record.own_stays import refuse_others_stay
from api.record.possible import refuse_impossible, refuse_second_bed
from api.record.projection import project
from api.record.record import Record, by
from api.record.renewals import refuse_renewal, renewal_of
from api.record.streams import (
    Naming,
    Stream,
    append,
    find,
    open_record,
    read_stream,
    standing_merges,
    survivor,
)
from api.record.taking_back import is_own, may_take_back
from api.record.told_events import root_of
from api.record.who_sees import administers, may_see
from api.storage.writer import Change
from careplans.course.choices import accepted_of
from careplans.course.due import Basis, assessments_behind, clocks_of, waiting_plan
from careplans.course.events import ChoiceRecorded, Decided, Event, Merged, PlanStarted, Undone
from careplans.course.next_step import next_step
from careplans.course.renewing import basis_of
from careplans.course.state import Course, NextStep, StepClock
from engine.errors import InputError


class NotYours(Exception):
    """The role may not do this; what it is about is not said."""


class NoSuchPatient(Exception):
    """No record with this id, or none that the user may see: the answer is the same."""


class Changed(Exception):
    """Someone else was first; the record is now at `version`."""

    def __init__(self, version: int) -> None:
        super().__init__("changed")
        self.version = version


@dataclass(frozen=True, slots=True)
class Seen:
    """A patient's course with what is due and what comes next."""

    stream: Stream
    basis: Mapping[str, Basis]
    clocks: tuple[StepClock, ...]
    next_step: NextStep | None


def read(record: Record, connection: Connection, person: str) -> Seen:
    """Return a patient's course; whether the user may see it was asked before."""
    stream = read_stream(connection, survivor(connection, person))
    if stream is None:
        raise NoSuchPatient
    course = stream.course
    behind = {each.assessment for each in course.plans} | {of for each in course.screenings for of in each.every}
    ids = assessments_behind(course) | behind
    basis = record.bases.of(connection, ids)
    clocks = clocks_of(course, basis, record.offsets)
    return Seen(stream, basis, clocks, next_step(course, clocks, basis))


def visible(connection: Connection, user: User, person: str, *, now: datetime) -> str:
    """Return the id of the record that the user may see under this id; raise `NoSuchPatient` for any other."""
    leads_to = survivor(connection, person)
    if user.role == "administrator":  # who blocks, merges and hands out logs, and is never shown what is in a record
        stream = read_stream(connection, leads_to)
        seen = stream is not None and administers(user, stream)
    else:
        seen = may_see(connection, user, leads_to, now=now)
    if not seen:
        raise NoSuchPatient
    return leads_to


def add(record: Record, user: User, event: Event, *, change: Change, person: str, expected: int | None) -> Stream:
    """Write an event of a patient that the user may see; raise `Changed` where another came first."""
    here = _reached(user, event, person, change)
    stream = read_stream(change.connection, here)
    if stream is None:
        raise NoSuchPatient
    if expected is not None and stream.version != expected:
        raise Changed(stream.version)
    _refuse_role(user, event, stream, now=change.now)
    refuse_impossible(event, stream, now=change.now, connection=change.connection)
    refuse_second_bed(event, stream.course, role=user.role)
    if isinstance(event, Merged):
        _refuse_unseen(user, event, change)
    if isinstance(event, Decided | ChoiceRecorded | PlanStarted):
        _refuse_unoffered(record, event, stream.course, change.connection)
    return write(record, user, event, change=change, stream=stream)


def write(record: Record, user: User, event: Event, *, change: Change, stream: Stream) -> Stream:
    """Write an event, the patient's rows in the lists, and the line in the access log."""
    before = standing_merges(stream.recorded)
    stream = append(change.connection, stream, [event], by=by(user), at=change.now)
    after = standing_merges(stream.recorded)
    merged, parted = set(after) - set(before), set(before) - set(after)
    refuse_merged(change.connection, stream, merged)  # also where an undoing makes a merging stand again
    project(change.connection, stream, record.bases, record.offsets)
    move_drafts(change.connection, stream, merged)
    project_parted(record, change, parted)
    for each in (stream.person, *sorted(parted)):
        change.saw(each, event.kind, by(user))
    return stream


def open_course(record: Record, user: User, events: list[Event], *, change: Change, naming: Naming) -> Stream:
    """Return the record with that number or local id, opened where there is none, after the events were written."""
    found = find(change.connection, naming)
    stream = read_stream(change.connection, found) if found else open_record(naming)
    if stream is None:
        raise NoSuchPatient
    if found and user.role != "system" and not may_see(change.connection, user, found, now=change.now):
        raise InputError("patient", "patient_elsewhere")
    refuse_others_stay(events, stream.course, user, hospital=record.hospital_of(user))
    for event in events:
        refuse_impossible(event, stream, now=change.now, connection=change.connection)
        refuse_second_bed(event, stream.course, role=user.role)
        stream = write(record, user, event, change=change, stream=stream)
    return stream


def _reached(user: User, event: Event, person: str, change: Change) -> str:
    """Return the record that the user may see, or that holds what the user wrote lately and now takes back."""
    try:
        return visible(change.connection, user, person, now=change.now)
    except NoSuchPatient:
        here = survivor(change.connection, person)
        stream = read_stream(change.connection, here)
        if stream is None or not isinstance(event, Undone) or not is_own(user, event, stream.recorded, now=change.now):
            raise
        return here


def _refuse_unoffered(
    record: Record, event: Decided | ChoiceRecorded | PlanStarted, course: Course, connection: Connection
) -> None:
    """Hold the event against what was suggested, and against the plan that runs or is renewed."""
    renewed = event.renews if isinstance(event, PlanStarted) else None
    plan = next((each for each in course.plans if each.id == renewed), None) or waiting_plan(course)
    basis = record.bases.of(connection, {event.assessment, *(each.assessment for each in course.plans)})
    before = basis_of(course, plan, basis) if plan else None
    held = accepted_of(course, plan, before.assessment).rules if plan and before else None
    refuse_unoffered(event, course, basis[event.assessment].assessment, held or frozenset())
    if isinstance(event, PlanStarted) and event.renews and plan:
        refuse_renewal(event, renewal_of(record, connection, course, plan))


def _refuse_role(user: User, event: Event, stream: Stream, *, now: datetime) -> None:
    """Ask by the kind and where the patient is; for an undoing, by what it is about in the end and who wrote it."""
    if isinstance(event, Undone) and root_of(event, stream.recorded):
        allowed = may_take_back(user, event, stream.recorded, now=now)
    else:
        here = event.kind not in DECISIONS or decides_here(user.role, in_hospital=stream.course.in_hospital)
        allowed = here and may_write(user.role, event)
    if not allowed:
        raise NotYours


def _refuse_unseen(user: User, event: Merged, change: Change) -> None:
    """Let nobody take over a record that they could not have read."""
    try:
        visible(change.connection, user, event.other, now=change.now)
    except NoSuchPatient:
        raise InputError("other", "cannot_be_merged") from None
